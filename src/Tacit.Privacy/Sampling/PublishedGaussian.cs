using System.Numerics;
using Tacit.Privacy.Numerics;

namespace Tacit.Privacy.Sampling;

/// <summary>The discrete Gaussian by rejection from the discrete Laplace distribution (Canonne, Kamath and Steinke 2020, Algorithms 1 to 3).</summary>
/// <remarks>
/// σ = a/b, t = ⌊σ⌋ + 1. The proposal Y has scale t and is accepted with exp(−γ), γ = (|Y| − σ²/t)²/2σ² = (|Y|·t·b² − a²)²/(2a²b²t²). Where these integers
/// fit 64 bits they are used as they are. Else a double estimate of γ decides those coins whose 64 bits are farther from it than
/// <see cref="Doubt"/>, and big integers decide the others. With |Y| ≤ 31t and σ ≥ 1/16 the estimate is wrong by less than (31t/σ)²·2⁻⁵⁰ &lt; 2⁻³².
/// Proposals of 31t and more are drawn again: they have less than 2⁻⁶⁹⁰ of the mass, and the rest fits an int.
/// </remarks>
internal sealed class PublishedGaussian : ICoinSampler
{
    private const int Multiples = 31;
    private const int SpareBits = 8;
    private const double Doubt = 1.0 / (1 << 30);
    private const double LeastEstimatedScale = 1.0 / 16;

    private readonly ulong t;
    private readonly BigInteger step;
    private readonly BigInteger centre;
    private readonly BigInteger denominator;
    private readonly ulong shortStep;
    private readonly ulong shortCentre;
    private readonly ulong shortDenominator;
    private readonly double mean;
    private readonly double twiceVariance;

    /// <summary>Prepares the integers.</summary>
    public PublishedGaussian(Rational sigma)
    {
        BigInteger a = sigma.Numerator, b = sigma.Denominator, period = sigma.Floor + 1;
        (t, step, centre, denominator) = ((ulong)period, period * b * b, a * a, 2 * a * a * b * b * period * period);
        BigInteger farthest = BigInteger.Max(Multiples * period * step, centre);
        if ((farthest * farthest).GetBitLength() <= 64 && denominator.GetBitLength() + SpareBits <= 64)
        {
            (shortStep, shortCentre, shortDenominator) = ((ulong)step, (ulong)centre, (ulong)denominator);
        }

        double scale = sigma.ToDouble();
        mean = scale >= LeastEstimatedScale ? new Rational(centre, step).ToDouble() : double.NaN;
        twiceVariance = 2 * scale * scale;
    }

    /// <inheritdoc/>
    public void Fill(CoinStream coins, Span<int> destination)
    {
        foreach (ref int x in destination) x = Draw(coins);
    }

    private int Draw(CoinStream coins)
    {
        while (true)
        {
            ulong u = coins.NextBelow(t), v = 0;
            if (!ExactCoins.BernoulliExp(coins, u, t)) continue;
            while (ExactCoins.BernoulliExpOfOne(coins)) v++;
            bool negative = coins.NextBit();
            ulong magnitude = u + t * v;
            if (v >= Multiples || (negative && magnitude == 0)) continue;
            if (shortDenominator != 0 ? IsAccepted(coins, magnitude) : IsAcceptedInDoubt(coins, magnitude)) return negative ? -(int)magnitude : (int)magnitude;
        }
    }

    private bool IsAccepted(CoinStream coins, ulong magnitude)
    {
        ulong scaled = magnitude * shortStep, distance = scaled > shortCentre ? scaled - shortCentre : shortCentre - scaled;
        return ExactCoins.BernoulliExp(coins, distance * distance, shortDenominator);
    }

    private bool IsAcceptedInDoubt(CoinStream coins, ulong magnitude)
    {
        double distance = magnitude - mean, gamma = distance * distance / twiceVariance, whole = Math.Floor(gamma), rest = gamma - whole;
        if (!(rest >= Doubt && rest <= 1 - Doubt)) return ExactCoins.BernoulliExp(coins, Numerator(magnitude), denominator);   // also where mean is NaN

        for (double i = 0; i < whole; i++)
        {
            if (!ExactCoins.BernoulliExpOfOne(coins)) return false;
        }

        bool odd = true;
        for (int k = 1; ; k++, odd = !odd)
        {
            ulong coin = coins.NextUInt64();
            double difference = coin * (1.0 / 18446744073709551616.0) - rest / k;
            bool success = difference < -Doubt || (difference < Doubt
                && ExactCoins.IsBelow(coins, coin, 64, Numerator(magnitude) - (BigInteger)whole * denominator, k * denominator));
            if (!success) return odd;
        }
    }

    private BigInteger Numerator(ulong magnitude)
    {
        BigInteger distance = magnitude * step - centre;
        return distance * distance;
    }
}
