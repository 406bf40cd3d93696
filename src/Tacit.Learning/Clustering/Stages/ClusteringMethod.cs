namespace Tacit.Learning.Clustering.Stages;

/// <summary>How clusters are found.</summary>
public enum ClusteringMethod
{
    /// <summary>Chosen from n, d, k and ε, see <see cref="MethodChoice"/>.</summary>
    Auto,

    /// <summary>One noised histogram, clustered offline; a Lloyd round after it where that costs little.</summary>
    Histogram,

    /// <summary>A histogram for half of the budget, then a Lloyd round.</summary>
    HistogramLloyd,

    /// <summary>Mean, radius, a coreset by random hyperplanes, clustered offline, then Lloyd rounds.</summary>
    SummaryLloyd,
}
