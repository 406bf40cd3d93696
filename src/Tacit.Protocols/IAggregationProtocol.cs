using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Parallelism;

namespace Tacit.Protocols;

/// <summary>A way to add the inputs of a cohort: makes the machines of both roles.</summary>
public interface IAggregationProtocol
{
    /// <summary>The name in terms and plans, such as <c>secagg-plus</c>.</summary>
    string Name { get; }

    /// <summary>Refuses terms that this protocol does not protect. Both roles call it before anything else.</summary>
    /// <param name="terms">The round.</param>
    /// <exception cref="FailureException">What is wrong, what is allowed and the way out.</exception>
    void Validate(RoundTerms terms);

    /// <summary>Makes a participant's side.</summary>
    /// <param name="terms">The round.</param>
    /// <param name="inputs">Whose, and what it adds; the machine owns the vector and clears it.</param>
    /// <exception cref="FailureException">The terms or the input are refused.</exception>
    IRoundMachine CreateParticipant(RoundTerms terms, ParticipantInputs inputs);

    /// <summary>Makes the coordinator's side.</summary>
    /// <param name="terms">The round.</param>
    /// <param name="loop">Spreads mask expansion.</param>
    /// <exception cref="FailureException">The terms are refused.</exception>
    IRoundMachine CreateCoordinator(RoundTerms terms, IParallelLoop loop);
}
