namespace Tacit.Privacy.Numerics;

/// <summary>Probabilities of the difference of two independent Poisson numbers of mean variance/2.</summary>
/// <param name="Variance">Positive; time and memory grow with its root.</param>
/// <remarks>
/// P(k) = e⁻ᵛ·I_|k|(v) with v the variance. The Bessel functions come from Miller's backward recurrence, I_{k−1} = I_{k+1} + (2k/v)·I_k, scaled by
/// I₀ + 2·ΣI_k = eᵛ (Abramowitz and Stegun, 9.6.37): all terms are positive, so tails keep their relative accuracy.
/// </remarks>
public readonly record struct SkellamDistribution(double Variance)
{
    /// <summary>P(x).</summary>
    /// <param name="x">Any integer.</param>
    public double Pmf(int x) => Sum(Math.Abs(x), Math.Abs(x));

    /// <summary>P(X ≥ x).</summary>
    /// <param name="x">Any integer.</param>
    public double Tail(int x) => x <= 0 ? 1 - Tail(1 - x) : Sum(x, int.MaxValue);

    // Σ P(k) over low ≤ k ≤ high, for 0 ≤ low.
    private double Sum(int low, int high)
    {
        int start = low + 60 + (int)(14 * Math.Sqrt(Variance));
        double above = 0, current = 1e-300, total = 0, wanted = 0;
        for (int k = start; k >= 0; k--)
        {
            total += k == 0 ? current : 2 * current;
            if (k >= low && k <= high) wanted += current;
            (above, current) = (current, above + 2 * k / Variance * current);
            if (current < 1e280) continue;
            (above, current, total, wanted) = (above * 1e-280, current * 1e-280, total * 1e-280, wanted * 1e-280);
        }

        return wanted / total;
    }
}
