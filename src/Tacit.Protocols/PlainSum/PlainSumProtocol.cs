using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Parallelism;

namespace Tacit.Protocols.PlainSum;

/// <summary>Adds inputs in the clear: the no-op sibling that every protocol is compared with. It protects nothing.</summary>
public sealed class PlainSumProtocol : IAggregationProtocol
{
    /// <summary>The name in terms and plans.</summary>
    public const string ProtocolName = "plain-sum";

    /// <inheritdoc/>
    public string Name => ProtocolName;

    /// <inheritdoc/>
    public void Validate(RoundTerms terms)
    {
        terms.Validate();
        if (terms.Protocol != Name) throw new FailureException(FailureCodes.InvalidValue, $"the terms name the protocol {terms.Protocol}, not {Name}");
    }

    /// <inheritdoc/>
    public IRoundMachine CreateParticipant(RoundTerms terms, ParticipantInputs inputs)
    {
        Validate(terms);
        inputs.ThrowUnlessFits(terms);
        return new PhasedRoundMachine(terms, inputs.Self, new PlainSumParticipant(terms, inputs));
    }

    /// <inheritdoc/>
    public IRoundMachine CreateCoordinator(RoundTerms terms, IParallelLoop loop)
    {
        Validate(terms);
        return new PhasedRoundMachine(terms, PartyId.Coordinator, new PlainSumCoordinator(terms));
    }
}
