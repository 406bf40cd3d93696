using System.Collections.Immutable;
using Tacit.Learning.Clustering;
using Tacit.Learning.Data;

namespace Tacit.Benchmarks.Clusters;

/// <summary>Separated spherical Gaussians in a cube, and where their centres truly are.</summary>
/// <param name="Table">The records.</param>
/// <param name="Centres">k × d, row-major.</param>
internal sealed record GaussianMixture(FeatureTable Table, double[] Centres)
{
    private const int MostTries = 200;

    /// <summary>Draws centres at least six deviations apart where they fit, and records around them.</summary>
    /// <param name="records">n.</param>
    /// <param name="dimension">d.</param>
    /// <param name="clusters">k.</param>
    /// <param name="deviation">Of each coordinate; the cube has side 2.</param>
    /// <param name="seed">Of everything.</param>
    /// <param name="skewed">Sizes 1 : 2 : … : k instead of equal ones.</param>
    public static GaussianMixture Draw(int records, int dimension, int clusters, double deviation, int seed, bool skewed = false)
    {
        Random random = new(seed);
        double[] centres = new double[clusters * dimension];
        for (int j = 0; j < clusters; j++)
        {
            for (int tries = 0; tries < MostTries; tries++)
            {
                for (int a = 0; a < dimension; a++) centres[(j * dimension) + a] = (2 * random.NextDouble()) - 1;
                if (IsApart(centres, j, dimension, 6 * deviation)) break;
            }
        }

        List<float> rows = new(records * dimension);
        double parts = skewed ? clusters * (clusters + 1) / 2.0 : clusters;
        for (int j = 0; j < clusters; j++)
        {
            int size = (int)(records * (skewed ? j + 1 : 1) / parts);
            for (int i = 0; i < size * dimension; i++) rows.Add((float)(centres[(j * dimension) + (i % dimension)] + (deviation * Normal(random))));
        }

        ImmutableArray<string> names = [.. Enumerable.Range(1, dimension).Select(a => $"x{a}")];
        return new GaussianMixture(new FeatureTable(names, [.. rows]), centres);
    }

    /// <summary>The best centres that non-private k-means finds.</summary>
    public double BestNicv()
    {
        FeatureBounds bounds = FeatureBounds.Around(Table.Records, Table.Dimension);
        double[] scaled = [.. bounds.Scale(Table.Records).Select(x => (double)x)];
        double[] ones = new double[Table.Count];
        Array.Fill(ones, 1);
        (_, double cost) = WeightedKMeans.Fit(scaled, ones, Table.Dimension, Centres.Length / Table.Dimension, new Cryptography.Randomness.SeededRandomSource(1, "best"));
        return cost / Table.Count;
    }

    private static bool IsApart(double[] centres, int j, int d, double distance)
    {
        for (int other = 0; other < j; other++)
        {
            double squares = 0;
            for (int a = 0; a < d; a++) squares += Math.Pow(centres[(j * d) + a] - centres[(other * d) + a], 2);
            if (squares < distance * distance) return false;
        }

        return true;
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
