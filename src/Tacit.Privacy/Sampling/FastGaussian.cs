using Tacit.Privacy.Numerics;

namespace Tacit.Privacy.Sampling;

/// <summary>The discrete Gaussian from tables: one table for a small σ, a table and uniform low bits for a large one.</summary>
internal static class FastGaussian
{
    /// <summary>Up to here one table holds all values.</summary>
    public const int LargestTableScale = 1 << 11;

    /// <summary>Computes the table.</summary>
    /// <param name="sigma">σ.</param>
    /// <param name="vectorised">Whether batches go through vectors; the draws are the same.</param>
    public static ICoinSampler Create(Rational sigma, bool vectorised)
    {
        if (sigma > LargestTableScale) return new WideGaussian(sigma, vectorised);
        var weights = TableWeights.Gaussian(sigma);
        return new AliasTable(TableWeights.Normalise(weights), -(weights.Length / 2)) { IsVectorised = vectorised };
    }
}
