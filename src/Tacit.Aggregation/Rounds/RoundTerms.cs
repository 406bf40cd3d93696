using System.Collections.Frozen;
using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Hashing;
using Tacit.Cryptography.Rings;

namespace Tacit.Aggregation.Rounds;

/// <summary>What all parties of a round agree on. Its hash is the round's identity, so nobody can be shown other terms unnoticed.</summary>
public sealed record RoundTerms
{
    /// <summary>The version of the wire format and of the key schedule.</summary>
    public const int WireVersion = 1;

    // A copy made by `with` carries the original's cache along: it is used only by the instance that filled it.
    private Cache? cache;

    /// <summary>Which protocol, such as <c>secagg-plus</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>Which job.</summary>
    public required string Job { get; init; }

    /// <summary>Which round of the job, from 1. A failed round is replaced by one with a new number.</summary>
    public required long Round { get; init; }

    /// <summary>SHA-256 of the model that the inputs were computed from; 32 bytes.</summary>
    public required ImmutableArray<byte> ModelHash { get; init; }

    /// <summary>SHA-256 of the contribution plan; 32 bytes.</summary>
    public required ImmutableArray<byte> PlanHash { get; init; }

    /// <summary>The participants, in ascending order of their ids.</summary>
    public required ImmutableArray<CohortMember> Cohort { get; init; }

    /// <summary>ℤ/2ᵇ.</summary>
    public required ResidueRing Ring { get; init; }

    /// <summary>Residues of one input.</summary>
    public required int Length { get; init; }

    /// <summary>How inputs are protected.</summary>
    public required ProtectionTerms Protection { get; init; }

    /// <summary>The fewest participants whose inputs may be opened as a sum.</summary>
    public required int MinimumCohort { get; init; }

    /// <summary>How long the coordinator waits in each phase.</summary>
    public TimeSpan PhaseTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Bytes of packed residues in one message of an upload; a multiple of 8.</summary>
    public int ChunkBytes { get; init; } = 64 * 1024;

    /// <summary>The hash of all of the above.</summary>
    public RoundId Id => Cached().Id;

    /// <summary>Looks a participant up.</summary>
    /// <param name="party">Any id.</param>
    /// <param name="member">The member, or null.</param>
    public bool TryGetMember(PartyId party, out CohortMember? member) => Cached().Members.TryGetValue(party, out member);

    /// <summary>Residues in one chunk: whole groups of eight.</summary>
    public int ResiduesPerChunk => Math.Max(BitPacking.Group, ChunkBytes / Ring.Bits * BitPacking.Group);

    /// <summary>Terms are the same if their ids are.</summary>
    /// <param name="other">Other terms.</param>
    public bool Equals(RoundTerms? other) => other is not null && Id == other.Id;

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode();

    /// <summary>Checks what no protocol can do without: terms come from the coordinator, who may be hostile.</summary>
    /// <exception cref="FailureException"><see cref="FailureCodes.InvalidValue"/>: the field, its value and what is allowed.</exception>
    public void Validate()
    {
        ThrowIf(Length < 1, $"length is {Length}; it must be at least 1");
        ThrowIf(ModelHash.IsDefault || ModelHash.Length != TranscriptHash.DigestBytes, $"the model hash must have {TranscriptHash.DigestBytes} bytes");
        ThrowIf(PlanHash.IsDefault || PlanHash.Length != TranscriptHash.DigestBytes, $"the plan hash must have {TranscriptHash.DigestBytes} bytes");
        ThrowIf(Ring.Bits < 1, $"bits is {Ring.Bits}; it must be in [1, {ResidueRing.MaxBits}]");
        ThrowIf(Cohort.IsDefaultOrEmpty, "the cohort is empty; it must have at least 1 participant");
        ThrowIf(Cohort[0].Id.Value < 1, $"the cohort begins with participant {Cohort[0].Id.Value}; participants must be numbered from 1");
        for (int i = 1; i < Cohort.Length; i++) ThrowIf(Cohort[i].Id <= Cohort[i - 1].Id, $"participant {Cohort[i].Id} comes after {Cohort[i - 1].Id}; a cohort must be ascending, without duplicates");
        ThrowIf(Protection.Sigma is < ProtectionTerms.LeastSigma or > ProtectionTerms.LargestSigma, $"sigma is {Protection.Sigma}; it must be in [{ProtectionTerms.LeastSigma}, {ProtectionTerms.LargestSigma}]");
        ThrowIf(MinimumCohort < 1 || MinimumCohort > Cohort.Length, $"minimum-cohort is {MinimumCohort}; it must be in [1, {Cohort.Length}]");
        ThrowIf(PhaseTimeout <= TimeSpan.Zero || PhaseTimeout > TimeSpan.FromDays(30), $"phase-timeout is {PhaseTimeout}; it must be positive and at most 30 days");
        ThrowIf(ChunkBytes is < 64 or > 1 << 24 || ChunkBytes % 8 != 0, $"chunk-bytes is {ChunkBytes}; it must be a multiple of 8 from 64 to {1 << 24}");
    }

    private Cache Cached()
    {
        if (!ReferenceEquals(cache?.Owner, this)) cache = new Cache(this, ComputeId(), Cohort.ToFrozenDictionary(member => member.Id));
        return cache;
    }

    private static void ThrowIf(bool condition, string message)
    {
        if (condition) throw new FailureException(FailureCodes.InvalidValue, message);
    }

    private RoundId ComputeId()
    {
        Validate();
        using TranscriptHash hash = new("tacit/round-terms");
        hash.Append("wire-version", WireVersion).Append("protocol", Protocol).Append("job", Job).Append("round", Round)
            .Append("model", ModelHash.AsSpan()).Append("plan", PlanHash.AsSpan())
            .Append("bits", Ring.Bits).Append("length", Length)
            .Append("mode", (int)Protection.Mode).Append("threshold", Protection.Threshold).Append("neighbours", Protection.Neighbours)
            .Append("maximum-corrupt", Protection.MaximumCorrupt).Append("maximum-dropouts", Protection.MaximumDropouts)
            .Append("sigma", Protection.Sigma).Append("cipher", (int)Protection.Cipher).Append("minimum-cohort", MinimumCohort)
            .Append("phase-timeout", PhaseTimeout.Ticks).Append("chunk-bytes", ChunkBytes).Append("cohort", Cohort.Length);
        foreach (CohortMember member in Cohort)
        {
            hash.Append("member", member.Id.Value).Append("identity", member.Identity is { } identity ? identity.Point.Encoded : default);
        }

        return new RoundId(Round, ModelHash.AsSpan(), hash.Digest());
    }

    private sealed class Cache(RoundTerms owner, RoundId id, FrozenDictionary<PartyId, CohortMember> members)
    {
        public RoundTerms Owner { get; } = owner;

        public RoundId Id { get; } = id;

        public FrozenDictionary<PartyId, CohortMember> Members { get; } = members;
    }
}
