using Tacit.Privacy.Accounting.Numerics;

namespace Tacit.Privacy.Accounting.Curves;

/// <summary>What k mechanisms of one (ε, δ) cost together, knowing nothing else of them.</summary>
/// <remarks>Pure functions; thread-safe. An accountant that knows the mechanisms gives less.</remarks>
public static class Composition
{
    /// <summary>k ε at kδ.</summary>
    /// <param name="epsilon">ε ≥ 0 of each.</param>
    /// <param name="count">k ≥ 1.</param>
    public static double Basic(double epsilon, int count) => epsilon * count;

    /// <summary>√(2k ln(1/δ')) ε + kε(e^ε − 1) with δ' = total − kδ.</summary>
    /// <param name="epsilon">ε ≥ 0 of each.</param>
    /// <param name="delta">δ ≥ 0 of each.</param>
    /// <param name="count">k ≥ 1.</param>
    /// <param name="totalDelta">In (0, 1).</param>
    /// <returns>The total ε; infinite when kδ uses the total up.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    /// <remarks>Dwork, Rothblum and Vadhan 2010, Theorem III.3. Can be above <see cref="Basic"/>: take the smaller.</remarks>
    public static double Advanced(double epsilon, double delta, int count, double totalDelta)
    {
        Validate(epsilon, delta, count, totalDelta);
        double slack = totalDelta - (count * delta);
        return slack > 0 ? (Math.Sqrt(-2.0 * count * Math.Log(slack)) * epsilon) + (count * epsilon * LogDomain.Expm1(epsilon)) : double.PositiveInfinity;
    }

    /// <summary>The least (k − 2i)ε that holds for every k mechanisms of (ε, δ).</summary>
    /// <param name="epsilon">ε ≥ 0 of each.</param>
    /// <param name="delta">δ ≥ 0 of each.</param>
    /// <param name="count">k ≥ 1.</param>
    /// <param name="totalDelta">In (0, 1).</param>
    /// <returns>The total ε; infinite when 1 − (1 − δ)^k is above the total.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    /// <remarks>Kairouz, Oh and Viswanath 2015, Theorem 3.3.</remarks>
    public static double Optimal(double epsilon, double delta, int count, double totalDelta)
    {
        Validate(epsilon, delta, count, totalDelta);
        double logAllFine = count * LogDomain.Log1p(-delta);
        if (-LogDomain.Expm1(logAllFine) > totalDelta) return double.PositiveInfinity;
        double allowed = Math.Max(0, 1 - ((1 - totalDelta) * Math.Exp(-logAllFine)));   // 1 − (1−δ)^k (1−δᵢ) ≤ total
        if (delta == 0) allowed = totalDelta;
        int best = 0;
        for (int i = count / 2; i > 0; i--)
        {
            if (LogExcess(epsilon, count, i) > Math.Log(allowed)) continue;
            best = i;
            break;
        }

        return (count - (2.0 * best)) * epsilon;
    }

    // ln δᵢ = ln Σ_{l<i} C(k, l) (e^((k−l)ε) − e^((k−2i+l)ε)) − k ln(1 + e^ε).
    private static double LogExcess(double epsilon, int count, int i)
    {
        double[] terms = new double[i];
        for (int l = 0; l < i; l++) terms[l] = LogDomain.LogBinomial(count, l) + ((count - (2 * i) + l) * epsilon) + LogDomain.LogExpm1(2.0 * (i - l) * epsilon);
        return LogDomain.Sum(terms) - (count * LogDomain.Softplus(epsilon));
    }

    private static void Validate(double epsilon, double delta, int count, double totalDelta)
    {
        Require.NotNegative(epsilon, nameof(epsilon));
        if (!(delta is >= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(delta), delta, "delta must be in [0, 1)");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        Require.Delta(totalDelta);
    }
}
