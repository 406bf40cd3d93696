using System.Numerics;

namespace Tacit.Aggregation.Pipeline;

/// <summary>How many bits hold a sum over records with its noise.</summary>
/// <remarks>
/// With D coordinates and λ = ln(2D·2⁴¹), each coordinate's noise stays within x but for a probability of 2e^(−λ): all of them but for 2⁻⁴¹, and drawing
/// from tables adds far less than 2⁻⁴¹. P shares of σ/√m sum to a sub-Gaussian number of variance σ²P/m at most (Canonne, Kamath and Steinke 2020, Section 2):
/// x = σ√(2λP/m). P shares of Laplace noise have ln E e^(tN) = (P/m)·ln(sinh²(1/2b)/(sinh((1/b − t)/2)·sinh((1/b + t)/2))), and x = (λ + that)/t for any t in (0, 1/b).
/// </remarks>
internal static class RecordSumTails
{
    private const double FailureNats = 41 * 0.69314718055994531;
    private const int Tilts = 512;

    /// <summary>What no coordinate's noise passes, in steps.</summary>
    /// <param name="block">Law and whole scale.</param>
    /// <param name="times">P/m: all shares over those that make the whole scale.</param>
    /// <param name="length">D.</param>
    public static double Reach(RecordSumBlock block, double times, int length)
    {
        double nats = Math.Log(2.0 * length) + FailureNats, reach = double.PositiveInfinity;
        if (block.Law == NoiseLaw.None) return 0;
        if (block.Law == NoiseLaw.DiscreteGaussian) return block.Scale * Math.Sqrt(2 * nats * times) * (1 + 1e-12);
        double rate = 1 / block.Scale, whole = 2 * LogSinh(rate / 2);
        for (int i = 1; i < Tilts; i++)
        {
            double tilt = rate * i / Tilts, moment = times * (whole - LogSinh((rate - tilt) / 2) - LogSinh((rate + tilt) / 2));
            reach = Math.Min(reach, (nats + moment) / tilt);
        }

        return reach * (1 + 1e-9);
    }

    /// <summary>b with records·largest + noise ≤ 2ᵇ⁻¹ − 1 for every block.</summary>
    public static int Bits(RecordSumPlan plan)
    {
        BigInteger most = BigInteger.One;
        foreach (RecordSumBlock block in plan.Blocks) most = BigInteger.Max(most, (BigInteger)plan.Records * block.Largest + new BigInteger(Math.Ceiling(Reach(block, plan.NoiseTimes, plan.Length))));
        return (int)most.GetBitLength() + 1;
    }

    private static double LogSinh(double x) => x > 20 ? x - Math.Log(2) : Math.Log(Math.Sinh(x));
}
