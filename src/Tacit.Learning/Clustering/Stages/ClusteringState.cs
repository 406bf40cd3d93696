using Tacit.Cryptography.Randomness;

namespace Tacit.Learning.Clustering.Stages;

/// <summary>What everybody knows of a clustering job between two rounds. All of it comes from noised sums, or from no data at all.</summary>
/// <param name="dimension">d.</param>
/// <param name="clusters">k.</param>
/// <param name="records">n, public.</param>
/// <param name="random">Directions and starts; public, so that everybody can repeat them.</param>
public sealed class ClusteringState(int dimension, int clusters, double records, IRandomSource random)
{
    /// <summary>d.</summary>
    public int Dimension { get; } = dimension;

    /// <summary>k.</summary>
    public int Clusters { get; } = clusters;

    /// <summary>How many records the last sum is taken to hold: n times the part of the participants that are in it.</summary>
    public double Records { get; private set; } = records;

    /// <summary>Shares of noise in the last sum over those that were certain; 1 without distributed noise.</summary>
    public double NoiseTimes { get; private set; } = 1;

    /// <summary>Where the records lie, as far as it is known; the middle of the domain before.</summary>
    public double[] Mean { get; } = new double[dimension];

    /// <summary>A radius around the mean that holds most records; the domain's before it is known.</summary>
    public double Radius { get; set; } = Math.Sqrt(dimension);

    /// <summary>k × d, row-major, inside the domain.</summary>
    public double[] Centres { get; set; } = new double[clusters * dimension];

    /// <summary>Where the last summary says that records are: m × d, row-major.</summary>
    public double[] Places { get; private set; } = [];

    /// <summary>How many, for each place.</summary>
    public double[] Weights { get; private set; } = [];

    /// <summary>Keeps a summary of the records that clusters were found on.</summary>
    /// <param name="places">m × d, row-major.</param>
    /// <param name="weights">m.</param>
    public void Summarise(double[] places, double[] weights) => (Places, Weights) = (places, weights);

    /// <summary>Says who was in the sum that comes next.</summary>
    /// <param name="records">About how many records it holds: n times the part of the participants that are in it.</param>
    /// <param name="noiseTimes">Shares of noise in it over those that were certain.</param>
    public void Opened(double records, double noiseTimes) => (Records, NoiseTimes) = (records, noiseTimes);

    /// <summary>Public coins.</summary>
    internal IRandomSource Random { get; } = random;
}
