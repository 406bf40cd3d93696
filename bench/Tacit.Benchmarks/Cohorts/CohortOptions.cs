using Tacit.Aggregation.Encodings;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Rings;
using Tacit.Protocols;

namespace Tacit.Benchmarks.Cohorts;

/// <summary>What kind of SecAgg+ round is measured.</summary>
/// <param name="Participants">n.</param>
/// <param name="Length">d.</param>
/// <param name="Mode">Against whom.</param>
internal sealed record CohortOptions(int Participants, int Length, ProtectionMode Mode = ProtectionMode.SemiHonest)
{
    /// <summary>The largest absolute value of an input: 16 bits with the sign.</summary>
    public const int Magnitude = short.MaxValue;

    /// <summary>k, or null for the least that 5 % corrupt and 5 % drop-outs allow.</summary>
    public int? Neighbours { get; init; }

    /// <summary>t, or null for the least.</summary>
    public int? Threshold { get; init; }

    public ResidueRing Ring => new(ModulusSizing.SignedBits(Participants, Magnitude));

    /// <summary>Participants that share their keys and then send no input.</summary>
    public int Dropped => Participants / 20;

    public ProtectionChoice Choice => new("secagg-plus", Mode) { Corrupt = 0.05, Drop = 0.05, Neighbours = Neighbours, Threshold = Threshold };

    /// <summary>k = 100, t = 67: the setting of the targets.</summary>
    public CohortOptions OfHundred() => this with { Neighbours = 100, Threshold = 67 };
}
