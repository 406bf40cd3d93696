using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Parallelism;

namespace Tacit.Protocols.SecAgg;

/// <summary>Secure aggregation by double masking (Bonawitz et al., CCS 2017, Figure 4) on the complete graph.</summary>
/// <remarks>docs/protocols/secagg.md has the threat model, the messages and their sizes. Thread-safe: it has no state.</remarks>
public sealed class SecAggProtocol : IAggregationProtocol
{
    /// <summary>The name in terms and plans.</summary>
    public const string ProtocolName = "secagg";

    /// <inheritdoc/>
    public string Name => ProtocolName;

    /// <inheritdoc/>
    public void Validate(RoundTerms terms)
    {
        terms.Validate();
        if (terms.Protocol != Name) throw new FailureException(FailureCodes.InvalidValue, $"the terms name the protocol {terms.Protocol}, not {Name}");
        if (terms.Protection.Neighbours != terms.Cohort.Length - 1)
        {
            throw new FailureException(FailureCodes.InvalidValue, $"neighbours is {terms.Protection.Neighbours}; {Name} masks with all {terms.Cohort.Length - 1} others: use secagg-plus for fewer");
        }

        SecAggThresholds.ThrowUnlessSensible(terms);
        SecAggThresholds.ThrowUnlessAllowed(terms.Protection, terms.Cohort.Length);
        SecAggThresholds.ThrowUnlessIdentified(terms);
    }

    /// <inheritdoc/>
    public IRoundMachine CreateParticipant(RoundTerms terms, ParticipantInputs inputs)
    {
        Validate(terms);
        return SecAggMachines.Participant(terms, inputs);
    }

    /// <inheritdoc/>
    public IRoundMachine CreateCoordinator(RoundTerms terms, IParallelLoop loop)
    {
        Validate(terms);
        return SecAggMachines.Coordinator(terms, loop);
    }
}
