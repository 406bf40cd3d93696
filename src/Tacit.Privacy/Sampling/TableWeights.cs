using System.Numerics;
using Tacit.Privacy.Numerics;

namespace Tacit.Privacy.Sampling;

/// <summary>Relative weights in fixed point, and their scaling to a sum of exactly 2¹⁶⁰ for an <see cref="AliasTable"/>.</summary>
internal static class TableWeights
{
    // 112 · ln 2 < 77.64: tails of exp(−77.64) on either side are below 2⁻¹¹².
    private const double TailNats = 77.64;

    private const int ReciprocalBits = 32;

    /// <summary>The largest variance of a Poisson or binomial table: some 51,000 values.</summary>
    public const int LargestVariance = 1 << 22;

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

    /// <summary>μᵏ/k! relative to the mode, for all k but less than 2⁻¹¹¹ of the distribution.</summary>
    /// <remarks>The tails: Bernstein's inequality, P(|X − μ| ≥ x) ≤ 2·exp(−x²/2(μ + x/3)), which holds for binomial numbers with their variance too.</remarks>
    public static BigInteger[] Poisson(Rational mean, out int first)
    {
        int mode = (int)mean.Floor, reach = Reach(mean.ToDouble());
        first = Math.Max(0, mode - reach);
        BigInteger n = mean.Numerator, d = mean.Denominator;
        return FromMode(mode, first, mode + reach, k => (n, d * (k + 1)));
    }

    /// <summary>The binomial probabilities relative to the mode, for all k but less than 2⁻¹¹¹ of the distribution.</summary>
    public static BigInteger[] Binomial(int trials, Rational probability, out int first)
    {
        BigInteger p = probability.Numerator, q = probability.Denominator - p;
        int mode = (int)BigInteger.Min(trials, (trials + BigInteger.One) * p / (p + q));
        int reach = Reach(trials * probability.ToDouble() * (1 - probability.ToDouble()));
        first = Math.Max(0, mode - reach);
        return FromMode(mode, first, (int)Math.Min(trials, (long)mode + reach), k => ((trials - k) * p, (k + 1) * q));
    }

    /// <summary>Γ(k + 1/m)/(k!·Γ(1/m))·e^(−k/b) for k = 0, 1, … but less than 2⁻¹¹¹ of the distribution: one of m equal parts of a geometric number.</summary>
    /// <remarks>The tail: a part is not above the whole, of which e^(−k/b) is at k or above.</remarks>
    public static BigInteger[] GeometricShare(Rational scale, int shares)
    {
        BigInteger[] weights = new BigInteger[(int)Math.Ceiling(scale.ToDouble() * TailNats) + 1];
        BigInteger decay = FixedPoint.ExpOfMinus(1 / scale);
        weights[0] = FixedPoint.One;
        for (int k = 0; k < weights.Length - 1; k++)
        {
            weights[k + 1] = FixedPoint.Multiply(weights[k], decay) * (((long)k * shares) + 1) / ((k + 1L) * shares);
        }

        return weights;
    }

    /// <summary>Scales to a sum of exactly 2¹⁶⁰: all are rounded down, and the largest takes the rest.</summary>
    public static BigInteger[] Normalise(BigInteger[] weights)
    {
        BigInteger sum = BigInteger.Zero, largest = BigInteger.Zero, scaled = BigInteger.Zero;
        foreach (BigInteger weight in weights) sum += weight;
        int places = (int)sum.GetBitLength() + ReciprocalBits;   // a weight is below the sum: its product is off by less than 2⁻³² before it is rounded down
        BigInteger reciprocal = (BigInteger.One << (AliasTable.WeightBits + places)) / sum;
        int mode = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] > largest) (mode, largest) = (i, weights[i]);
            weights[i] = (weights[i] * reciprocal) >> places;
            scaled += weights[i];
        }

        weights[mode] += (BigInteger.One << AliasTable.WeightBits) - scaled;
        return weights;
    }

    // x with x²/2(variance + x/3) = 77.64, and two more for the mode's distance from the mean.
    private static int Reach(double variance)
    {
        double third = TailNats / 3;
        return (int)Math.Ceiling(third + Math.Sqrt(third * third + 2 * TailNats * variance)) + 2;
    }

    // From 1 at the mode outwards: every factor is at most 1, so that errors only add up. ratio(k) is the weight of k + 1 over that of k.
    private static BigInteger[] FromMode(int mode, int first, int last, Func<long, (BigInteger Numerator, BigInteger Denominator)> ratio)
    {
        BigInteger[] weights = new BigInteger[last - first + 1];
        weights[mode - first] = FixedPoint.One;
        for (int k = mode; k < last; k++)
        {
            (BigInteger n, BigInteger d) = ratio(k);
            weights[k + 1 - first] = weights[k - first] * n / d;
        }

        for (int k = mode - 1; k >= first; k--)
        {
            (BigInteger n, BigInteger d) = ratio(k);
            weights[k - first] = weights[k + 1 - first] * d / n;
        }

        return weights;
    }
}
