using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;

namespace Tacit.Learning.Clustering.Stages;

/// <summary>What is public about a clustering job; its method, grids and noise follow from this alone, before any record is read.</summary>
public sealed record ClusteringRequest
{
    /// <summary>The most clusters.</summary>
    public const int MostClusters = 10_000;

    /// <summary>The most dimensions.</summary>
    public const int MostDimensions = 4096;

    /// <summary>Less finds nothing in any number of records that a job can have.</summary>
    public const double LeastEpsilon = 1e-3;

    /// <summary>More promises nothing.</summary>
    public const double MostEpsilon = 100;

    /// <summary>n: records of all participants together. Public.</summary>
    public required long Records { get; init; }

    /// <summary>d.</summary>
    public required int Dimension { get; init; }

    /// <summary>k.</summary>
    public required int Clusters { get; init; }

    /// <summary>ε of everything together.</summary>
    public required double Epsilon { get; init; }

    /// <summary>δ, in (0, 1).</summary>
    public required double Delta { get; init; }

    /// <summary>How many take part.</summary>
    public required int Participants { get; init; }

    /// <summary>The fewest honest shares of noise in a sum; 1 where the coordinator adds it.</summary>
    public required int NoiseShares { get; init; }

    /// <summary>Who adds the noise.</summary>
    public NoisePlacement Placement { get; init; } = NoisePlacement.Distributed;

    /// <summary>Which method, or the best for these numbers.</summary>
    public ClusteringMethod Method { get; init; }

    /// <summary>1/(n ln n), at most 1/2: the usual δ.</summary>
    /// <param name="records">n, at least 2.</param>
    public static double DefaultDelta(long records) => Math.Min(0.5, 1 / (records * Math.Log(records)));

    /// <summary>Refuses what cannot be clustered.</summary>
    /// <exception cref="FailureException">The field, its value and what is allowed.</exception>
    public void Validate()
    {
        ValidateSizes();
        if (!(Epsilon >= LeastEpsilon && Epsilon <= MostEpsilon)) throw new FailureException(FailureCodes.InvalidEpsilon, FormattableString.Invariant($"epsilon is {Epsilon}; it must be in [{LeastEpsilon}, {MostEpsilon}]; use none to cluster without noise"));
        if (!(Delta is > 0 and < 1)) throw new FailureException(FailureCodes.DeltaTooLarge, FormattableString.Invariant($"delta is {Delta}; it must be in (0, 1), and below 1/{Records}"));
    }

    /// <summary>Refuses sizes that cannot be clustered, whatever the budget.</summary>
    /// <exception cref="FailureException">The field, its value and what is allowed.</exception>
    public void ValidateSizes()
    {
        Check(Clusters is >= 1 and <= MostClusters, "k", Clusters, $"in [1, {MostClusters}]");
        Check(Dimension is >= 1 and <= MostDimensions, "number of features", Dimension, $"in [1, {MostDimensions}]");
        Check(Records >= 2 && Records >= Clusters, "number of records", Records, $"at least {Math.Max(2, Clusters)}, one for each cluster");
        Check(Participants >= 1, "participants", Participants, "at least 1");
    }

    private static void Check(bool holds, string field, long value, string allowed)
    {
        if (!holds) throw new FailureException(FailureCodes.InvalidValue, $"{field} is {value}; it must be {allowed}");
    }
}
