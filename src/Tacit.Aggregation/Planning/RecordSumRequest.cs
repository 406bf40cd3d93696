using System.Collections.Immutable;
using Tacit.Aggregation.Pipeline;

namespace Tacit.Aggregation.Planning;

/// <summary>What a job's sums over records may cost one record in all; the planner finds the noise.</summary>
public sealed record RecordSumRequest
{
    /// <summary>ε of everything together.</summary>
    public required double Epsilon { get; init; }

    /// <summary>δ, in (0, 1).</summary>
    public required double Delta { get; init; }

    /// <summary>The part of ε for all Laplace blocks; the rest is for Gaussian ones. Needed only where there are both laws.</summary>
    public double? LaplaceEpsilon { get; init; }

    /// <summary>The sums.</summary>
    public required ImmutableArray<RecordSumRound> Rounds { get; init; }
}

/// <summary>One sum, or several alike, whose noise is to be found.</summary>
/// <param name="Plan">Everything but the scales of its blocks.</param>
public sealed record RecordSumRound(RecordSumPlan Plan)
{
    /// <summary>How many such sums.</summary>
    public int Count { get; init; } = 1;

    /// <summary>The part of the budget that each of them gets, relative to the others: of μ² for Gaussian blocks, of ε for Laplace blocks.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>How blocks of one law share it, relative to each other; by default all alike.</summary>
    public ImmutableArray<double> BlockWeights { get; init; }
}

/// <summary>Plans and what they will come to.</summary>
/// <param name="Plans">One for each round that was asked for, with scales.</param>
/// <param name="Spending">After all of them, with the fewest honest shares.</param>
/// <param name="Mu">μ of all Gaussian blocks together; 0 without any.</param>
/// <param name="LaplaceEpsilon">ε of all Laplace blocks together.</param>
public sealed record RecordSumForecast(ImmutableArray<RecordSumPlan> Plans, RecordSumSpending Spending, double Mu, double LaplaceEpsilon);
