using System.Collections.Immutable;
using Tacit.Aggregation.Planning;
using Tacit.Learning.Clustering;
using Tacit.Learning.Clustering.Stages;
using Tacit.Simulation.Jobs;

namespace Tacit.Simulation.Clustering;

/// <summary>What a clustering job came to.</summary>
public sealed record ClusteringResult
{
    /// <summary>The method that was used.</summary>
    public required ClusteringMethod Method { get; init; }

    /// <summary>The noise of all rounds as it was planned; null without any.</summary>
    public RecordSumForecast? Forecast { get; init; }

    /// <summary>The domain.</summary>
    public required FeatureBounds Bounds { get; init; }

    /// <summary>k × d, row-major, in the units of the features.</summary>
    public required ImmutableArray<double> Centres { get; init; }

    /// <summary>What it cost; null without noise.</summary>
    public RecordSumSpending? Spent { get; init; }

    /// <summary>In order.</summary>
    public required ImmutableArray<ClusteringRound> Rounds { get; init; }

    /// <summary>Coordinates outside the domain, which were moved to its border. Only a simulation knows.</summary>
    public required long Clipped { get; init; }

    /// <summary>Records that the last round left out, because they were beyond its radius. Only a simulation knows.</summary>
    public required long Unassigned { get; init; }

    /// <summary>Mean squared distance to the nearest centre, see <see cref="ClusterQuality.Nicv"/>. Only a simulation knows.</summary>
    public required double Nicv { get; init; }

    /// <summary>The nearest centre of each record. Only a simulation knows.</summary>
    public required ImmutableArray<int> Labels { get; init; }

    /// <summary>Agreement with the true classes, or null without them.</summary>
    public double? AdjustedRandIndex { get; init; }
}

/// <summary>One round.</summary>
/// <param name="Stage">What was asked.</param>
/// <param name="Length">Numbers in the sum.</param>
/// <param name="Bits">Of each, modulo 2ᵇ.</param>
/// <param name="Report">Who was in, and what it cost in bytes.</param>
/// <param name="Spent">So far; null without noise.</param>
public sealed record ClusteringRound(string Stage, int Length, int Bits, RoundReport Report, RecordSumSpending? Spent);
