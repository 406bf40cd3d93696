using System.Collections.Immutable;

namespace Tacit.Orchestration.Comparisons;

/// <summary>The three ways to train that are compared with each other.</summary>
public enum ComparedMode
{
    /// <summary>One model on all examples in one place.</summary>
    Central = 0,

    /// <summary>Federated averaging in the clear.</summary>
    Plain = 1,

    /// <summary>Federated averaging with protected updates.</summary>
    Secure = 2,
}

/// <summary>What is to be compared.</summary>
/// <param name="Modes">In the order that they are run in.</param>
/// <param name="Participants">Every number of participants that federated modes are run with; central training is run once.</param>
/// <param name="Rounds">Rounds of each run.</param>
public sealed record ComparisonRequest(ImmutableArray<ComparedMode> Modes, ImmutableArray<int> Participants, int Rounds);

/// <summary>One iteration of one run.</summary>
/// <param name="Mode">How.</param>
/// <param name="Participants">With how many; for central training, how many hold the examples that were put together.</param>
/// <param name="Iteration">From 1.</param>
/// <param name="Accuracy">On the test examples, 0 to 1.</param>
/// <param name="Loss">Mean over the test examples.</param>
/// <param name="Included">Participants in the sum.</param>
/// <param name="TrainingSeconds">Spent in training, summed over participants.</param>
/// <param name="Seconds">From the iteration's begin to its end.</param>
public sealed record ComparisonRow(ComparedMode Mode, int Participants, int Iteration, double Accuracy, double Loss, int Included, double TrainingSeconds, double Seconds);
