using System.Collections.Immutable;
using Tacit.Learning.Clustering.Stages;

namespace Tacit.Learning.Jobs;

/// <summary>A federated clustering job, as its owner wrote it. docs/plans.md describes every key.</summary>
public sealed record ClusteringJob
{
    /// <summary>What the job is called.</summary>
    public string Name { get; init; } = "";

    /// <summary>A CSV file, relative to the plan; the command line may name another.</summary>
    public string? Path { get; init; }

    /// <summary>The column of true classes, for the adjusted Rand index alone.</summary>
    public string? Labels { get; init; }

    /// <summary>Columns that are no features.</summary>
    public ImmutableArray<string> Ignore { get; init; } = [];

    /// <summary>The column that says whose record it is; null deals records out at random.</summary>
    public string? Participant { get; init; }

    /// <summary>How many participants records are dealt to.</summary>
    public int Participants { get; init; } = 20;

    /// <summary>k.</summary>
    public required int Clusters { get; init; }

    /// <summary>ε, or null to cluster without noise.</summary>
    public double? Epsilon { get; init; }

    /// <summary>δ, or null for 1/(n ln n).</summary>
    public double? Delta { get; init; }

    /// <summary>How clusters are found.</summary>
    public ClusteringMethod Method { get; init; }

    /// <summary>The domain that records are scaled from.</summary>
    public BoundsChoice Bounds { get; init; } = BoundsChoice.OfFile;

    /// <summary>How sums are protected; drop-outs as <see cref="Drop"/> says.</summary>
    public ProtectionPlan Protection { get; init; } = new();

    /// <summary>Fraction of the participants that may drop out of a round, or null for one of twenty and at least one, where there are five or more.</summary>
    public double? Drop { get; init; }

    /// <summary>The fraction for a number of participants.</summary>
    /// <param name="participants">n.</param>
    public double DropFor(int participants) => Drop ?? (participants < 5 ? 0 : Math.Max(0.05, 1.0 / participants));

    /// <summary>Simulated drop-outs: the probability for each participant in each round.</summary>
    public double Dropout { get; init; }

    /// <summary>Everything random follows from it.</summary>
    public ulong Seed { get; init; } = 1;
}

/// <summary>Where the domain of the features comes from.</summary>
/// <param name="Source">How it is found.</param>
/// <param name="Ranges">Lowest and highest value of each feature, or one pair for all; only where they are given.</param>
public sealed record BoundsChoice(BoundsSource Source, ImmutableArray<(double Low, double High)> Ranges)
{
    /// <summary>The file's own ranges, taken as public.</summary>
    public static BoundsChoice OfFile { get; } = new(BoundsSource.File, []);

    /// <summary>Found with a part of the budget.</summary>
    public static BoundsChoice Private { get; } = new(BoundsSource.Private, []);
}

/// <summary>How the domain is known.</summary>
public enum BoundsSource
{
    /// <summary>The smallest and largest value of each column of the file, as if they were public. <b>The budget does not cover them.</b></summary>
    File,

    /// <summary>Said by the user.</summary>
    Given,

    /// <summary>Found by noised sums that the budget pays for.</summary>
    Private,
}
