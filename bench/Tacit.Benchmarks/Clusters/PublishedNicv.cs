namespace Tacit.Benchmarks.Clusters;

/// <summary>A data set, and what a restatement of FastLloyd reaches on it at ε = 0.1, 0.5, 1, 2: means over 20 seeds with independent noise.</summary>
/// <param name="Name">Of the file.</param>
/// <param name="Clusters">k.</param>
/// <param name="FastLloyd">Its NICV.</param>
/// <param name="Best">The least NICV known without privacy.</param>
internal sealed record PublishedNicv(string Name, int Clusters, double[] FastLloyd, double Best)
{
    /// <summary>What one histogram with exactly 1/ε of noise and k-means on it reach, where it is known.</summary>
    public double[]? Histogram { get; init; }

    public static double[] Epsilons { get; } = [0.1, 0.5, 1, 2];

    public static PublishedNicv[] All { get; } =
    [
        new("s1", 15, [0.03978, 0.02287, 0.01847, 0.01781], 0.00823) { Histogram = [0.0315, 0.0100, 0.0087, 0.0096] },
        new("s3", 15, [0.03651, 0.02654, 0.02129, 0.02108], 0.01692),
        new("a1", 20, [0.04307, 0.02002, 0.01907, 0.01428], 0.00900),
        new("a3", 50, [0.02212, 0.01155, 0.00924, 0.00728], 0.00373),
        new("unbalance", 8, [0.03041, 0.01706, 0.01439, 0.01451], 0.00261),
        new("lsun", 3, [0.31636, 0.19390, 0.18712, 0.17317], 0.15194) { Histogram = [0.192, 0.158, 0.1528, 0.1525] },
        new("house", 3, [0.20752, 0.18167, 0.15589, 0.15559], 0.15391) { Histogram = [0.164, 0.158, 0.1548, 0.1543] },
        new("adult6", 3, [0.31175, 0.29534, 0.29198, 0.28583], 0.24296),
        new("birch2_25k", 100, [0.00733, 0.00349, 0.00239, 0.00184], 0.00096) { Histogram = [0.0047, 0.0020, 0.0019, 0.0016] },
        new("iris", 3, [1.1839, 0.3676, 0.2766, 0.2540], 0.18662),
    ];
}
