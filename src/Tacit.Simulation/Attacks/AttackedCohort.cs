using System.Security.Cryptography;
using System.Text;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Rings;
using Tacit.Protocols.SecAgg;
using Tacit.Simulation.Rounds;

namespace Tacit.Simulation.Attacks;

/// <summary>Who is attacked: a cohort in a complete graph, some of whose members tell the coordinator everything.</summary>
/// <remarks>The terms are not validated, so that an attack can be shown to succeed where the protocol would have refused them.</remarks>
public sealed record AttackedCohort
{
    /// <summary>n, at least 2.</summary>
    public required int Participants { get; init; }

    /// <summary>t.</summary>
    public required int Threshold { get; init; }

    /// <summary>c: participants n − c + 1 … n collude.</summary>
    public int Corrupt { get; init; }

    /// <summary>Against whom the round means to protect; without the consistency check in semi-honest mode.</summary>
    public ProtectionMode Mode { get; init; } = ProtectionMode.Malicious;

    /// <summary>Whose input is wanted: an honest participant.</summary>
    public int Target { get; init; } = 1;

    /// <summary>All keys and inputs follow from it.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Long-term keys, to be shared by many plays because they are slow to make.</summary>
    public SimulatedIdentities Identities { get; init; } = new(0);

    /// <summary>Every threshold that the mode allows for this size and number of colluders, the least first.</summary>
    /// <param name="mode">Against whom.</param>
    /// <param name="participants">n.</param>
    /// <param name="corrupt">c.</param>
    public static IEnumerable<int> AllowedThresholds(ProtectionMode mode, int participants, int corrupt)
    {
        int least = Math.Max(2, SecAggThresholds.Least(mode, participants, corrupt));
        return Enumerable.Range(least, Math.Max(0, participants - least + 1));
    }

    internal PartyId TargetId => new(Target);

    internal IEnumerable<PartyId> Colluders => Enumerable.Range(Participants - Corrupt + 1, Corrupt).Select(i => new PartyId(i));

    internal IEnumerable<PartyId> Honest => Enumerable.Range(1, Participants - Corrupt).Select(i => new PartyId(i));

    internal RoundTerms Terms(long round) => new()
    {
        Protocol = SecAggProtocol.ProtocolName,
        Job = "attack",
        Round = round,
        ModelHash = [.. SHA256.HashData(Encoding.UTF8.GetBytes("no model"))],
        PlanHash = [.. SHA256.HashData(Encoding.UTF8.GetBytes("no plan"))],
        Cohort = [.. Enumerable.Range(1, Participants).Select(i =>
            new CohortMember(new PartyId(i), Mode == ProtectionMode.Malicious ? Identities.Get(i).VerificationKey : null))],
        Ring = new ResidueRing(32),
        Length = 8,
        MinimumCohort = 1,
        Protection = new ProtectionTerms
        {
            Mode = Mode,
            Threshold = Threshold,
            Neighbours = Participants - 1,
            MaximumCorrupt = Corrupt,
            MaximumDropouts = 0,
        },
    };
}

/// <summary>What an attack came to.</summary>
/// <param name="Plays">Games played to the end.</param>
/// <param name="InputsRecovered">Games in which an honest input was unmasked alone and equals the true one: must be 0.</param>
public readonly record struct AttackOutcome(long Plays, long InputsRecovered)
{
    /// <summary>Adds the games of two attacks.</summary>
    /// <param name="left">One attack.</param>
    /// <param name="right">Another.</param>
    public static AttackOutcome operator +(AttackOutcome left, AttackOutcome right) =>
        Add(left, right);

    /// <summary>Adds the games of two attacks.</summary>
    /// <param name="left">One attack.</param>
    /// <param name="right">Another.</param>
    public static AttackOutcome Add(AttackOutcome left, AttackOutcome right) =>
        new(left.Plays + right.Plays, left.InputsRecovered + right.InputsRecovered);
}
