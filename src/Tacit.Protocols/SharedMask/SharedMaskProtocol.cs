using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Rings;
using Tacit.Protocols.SharedMask.Phases;

namespace Tacit.Protocols.SharedMask;

/// <summary>The participants learn the sum; the coordinator adds it up, and may add noise, but sees it only under a mask that all participants share.</summary>
/// <remarks>
/// The roles of Diaa, Humphries and Kerschbaum 2025 with sound masks; docs/protocols/shared-mask.md has the threat model. Nobody may drop out: such a round aborts
/// and is replaced by one without the silent. Participants' outcomes are <see cref="RoundOutcome.Completed"/> with the sum, the coordinator's is without. Thread-safe.
/// </remarks>
/// <param name="options">Parts of the vector; at the coordinator, its noise.</param>
public sealed class SharedMaskProtocol(SharedMaskOptions options) : IAggregationProtocol
{
    /// <summary>The name in terms.</summary>
    public const string ProtocolName = "shared-mask";

    private const int LargestSumBytes = 32 << 20;   // it comes back in one message

    /// <inheritdoc/>
    public string Name => ProtocolName;

    /// <inheritdoc/>
    public void Validate(RoundTerms terms)
    {
        terms.Validate();
        ThrowUnless(terms.Protocol == Name, $"the terms name the protocol {terms.Protocol}, not {Name}");
        ThrowUnless(terms.Protection.Mode == ProtectionMode.SemiHonest, $"mode is {terms.Protection.Mode}; {Name} protects against a coordinator that follows the protocol: use secagg in malicious mode");
        int n = terms.Cohort.Length;
        ThrowUnless(n >= 2, $"the cohort has {n} participant; {Name} hides an input among at least 2");
        ThrowUnless(terms.Protection.Threshold == n && terms.Protection.Neighbours == n - 1, $"threshold is {terms.Protection.Threshold}, neighbours is {terms.Protection.Neighbours}; {Name} needs all {n} participants and masks with all {n - 1} others: use secagg-plus to bear drop-outs");
        ThrowUnless(BitPacking.PackedBytes(terms.Ring, terms.Length) <= LargestSumBytes, $"the sum takes {BitPacking.PackedBytes(terms.Ring, terms.Length)} bytes; {Name} carries at most {LargestSumBytes}: use secagg");
        long covered = 0;
        HashSet<string> labels = [];
        foreach (MaskSegment segment in options.For(terms.Length))
        {
            ThrowUnless(segment.Length >= 1 && labels.Add(segment.Label), $"part {segment.Label} of the vector has {segment.Length} residues or comes twice");
            covered += segment.Length;
        }

        ThrowUnless(covered == terms.Length, $"the parts of the vector have {covered} residues together; the terms say {terms.Length}");
    }

    /// <inheritdoc/>
    public IRoundMachine CreateParticipant(RoundTerms terms, ParticipantInputs inputs)
    {
        Validate(terms);
        inputs.ThrowUnlessFits(terms);
        return new PhasedRoundMachine(terms, inputs.Self, new AgreeKeysParticipant(new SharedMaskParticipant(terms, options.For(terms.Length), inputs)));
    }

    /// <inheritdoc/>
    public IRoundMachine CreateCoordinator(RoundTerms terms, IParallelLoop loop)
    {
        Validate(terms);
        return new PhasedRoundMachine(terms, PartyId.Coordinator, new AgreeKeysCoordinator(new SharedMaskCoordinator(terms, options.Noise)));
    }

    private static void ThrowUnless(bool condition, string message)
    {
        if (!condition) throw new FailureException(FailureCodes.InvalidValue, message);
    }
}
