using System.Numerics;
using Tacit.Privacy.Numerics;

namespace Tacit.Privacy.Sampling;

/// <summary>Relative weights in fixed point, and their scaling to a sum of exactly 2¹⁶⁰ for an <see cref="AliasTable"/>.</summary>
internal static class TableWeights
{
    // 112 · ln 2 < 77.64: tails of exp(−77.64) on either side are below 2⁻¹¹².
    private const double TailNats = 77.64;

    /// <summary>exp(−i²/2σ²) for i = 0 … R, where less than 2⁻¹¹¹ of the distribution lies beyond ±R.</summary>
    /// <remarks>The tail: P(|X| ≥ λ) ≤ 2·exp(−λ²/2σ²) (Canonne, Kamath and Steinke 2020, Section 2: sub-Gaussian). R is rounded up with a margin.</remarks>
    public static BigInteger[] HalfGaussian(Rational sigma)
    {
        int reach = (int)Math.Ceiling(sigma.ToDouble() * Math.Sqrt(2 * TailNats)) + 1;
        BigInteger ratio = FixedPoint.ExpOfMinus(new Rational(1, 2) / (sigma * sigma));   // exp(−(2i+1)/2σ²), i = 0
        BigInteger square = FixedPoint.Multiply(ratio, ratio);
        BigInteger[] weights = new BigInteger[reach + 1];
        weights[0] = FixedPoint.One;
        for (int i = 1; i < weights.Length; i++)
        {
            weights[i] = FixedPoint.Multiply(weights[i - 1], ratio);
            ratio = FixedPoint.Multiply(ratio, square);
        }

        return weights;
    }

    /// <summary>exp(−i²/2σ²) for i = −R … R.</summary>
    public static BigInteger[] Gaussian(Rational sigma)
    {
        BigInteger[] half = HalfGaussian(sigma);
        return [.. half.Skip(1).Reverse(), .. half];
    }

    /// <summary>Scales to a sum of exactly 2¹⁶⁰: all are rounded down, and the largest takes the rest.</summary>
    public static BigInteger[] Normalise(BigInteger[] weights)
    {
        BigInteger sum = BigInteger.Zero, largest = BigInteger.Zero, scaled = BigInteger.Zero;
        foreach (BigInteger weight in weights) sum += weight;
        BigInteger reciprocal = (BigInteger.One << (AliasTable.WeightBits + 2 * FixedPoint.Places)) / sum;
        int mode = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] > largest) (mode, largest) = (i, weights[i]);
            weights[i] = (weights[i] * reciprocal) >> (2 * FixedPoint.Places);
            scaled += weights[i];
        }

        weights[mode] += (BigInteger.One << AliasTable.WeightBits) - scaled;
        return weights;
    }
}
