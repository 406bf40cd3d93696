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

    /// <summary>Lloyd rounds from data-independent centres with a radius, Gaussian noise and folding (Diaa, Humphries and Kerschbaum 2025).</summary>
    FastLloyd,

    /// <summary>Lloyd rounds with Gaussian noise and no radius.</summary>
    GLloyd,

    /// <summary>Lloyd rounds with Laplace noise and no radius (Su et al. 2016).</summary>
    SuLloyd,

    /// <summary>Exact Lloyd rounds: no differential privacy.</summary>
    Lloyd,
}
