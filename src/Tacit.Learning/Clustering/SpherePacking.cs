using Tacit.Cryptography.Hashing;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Kernels;

namespace Tacit.Learning.Clustering;

/// <summary>First centres that keep their distance from each other and from the walls: from a public seed, without data.</summary>
/// <remarks>
/// As in diffprivlib (Holohan et al. 2019): uniform candidates at least a from the walls, accepted at 2a or more from all accepted ones; after 100
/// refusals in a row all start again with a/2. The stream is this library's own.
/// </remarks>
public static class SpherePacking
{
    private const int Patience = 100;

    /// <summary>Draws the centres.</summary>
    /// <param name="parameters">k, d and the seed.</param>
    /// <param name="grid">Where coordinates lie.</param>
    /// <returns>k × d, row-major, in steps; and a: pairs are at least 2a apart, coordinates within 1 − a.</returns>
    public static (int[] Centres, double Proximity) Draw(ClusteringParams parameters, FixedPoint grid)
    {
        using TranscriptHash hash = new("tacit/clustering/sphere-packing");
        StatisticalGenerator random = new(new PublicCoins(hash.Append("seed", unchecked((long)parameters.Seed)).Digest()));
        int d = parameters.Dimension;
        int[] centres = new int[parameters.Clusters * d];
        for (double proximity = 1; ; proximity /= 2)
        {
            if (proximity * grid.One < 1) throw new ArgumentException($"{parameters.Clusters} centres do not fit on a grid of {grid.Bits} bits in {d} dimensions.", nameof(parameters));
            if (TryDraw(ref random, centres, d, proximity, grid)) return (centres, proximity);
        }
    }

    private static bool TryDraw(ref StatisticalGenerator random, int[] centres, int d, double proximity, FixedPoint grid)
    {
        double room = 1 - proximity, least = 4 * proximity * proximity * grid.One * grid.One;
        for (int accepted = 0, refused = 0; accepted < centres.Length; )
        {
            Span<int> candidate = centres.AsSpan(accepted, d);
            foreach (ref int x in candidate) x = (int)Math.Round(random.NextBetween(-room, room) * grid.One);
            if (IsFar(centres.AsSpan(0, accepted), candidate, least)) (accepted, refused) = (accepted + d, 0);
            else if (++refused == Patience) return false;
        }

        return true;
    }

    private static bool IsFar(ReadOnlySpan<int> accepted, ReadOnlySpan<int> candidate, double least)
    {
        for (; accepted.Length > 0; accepted = accepted[candidate.Length..])
        {
            double squares = 0;
            for (int i = 0; i < candidate.Length; i++) squares += ((double)accepted[i] - candidate[i]) * ((double)accepted[i] - candidate[i]);
            if (squares < least) return false;
        }

        return true;
    }
}
