namespace Tacit.Privacy.Accounting.Lattice;

/// <summary>ln P(x) of a Skellam law for |x| up to a reach: the difference of two Poissons of half the variance each, e^(−μ) I_|x|(μ).</summary>
/// <remarks>Miller's backward recurrence, normalised by Σ P(x) = 1 (Olver 1964). Immutable; thread-safe.</remarks>
internal sealed class SkellamTable
{
    private readonly double[] logs;

    /// <param name="variance">μ > 0.</param>
    /// <param name="reach">The largest |x| that will be asked for.</param>
    public SkellamTable(double variance, int reach)
    {
        Require.Positive(variance, nameof(variance));
        int start = reach + 80 + (int)(14 * Math.Sqrt(variance));
        double[] all = new double[start + 2];
        double above = 0, here = 1, shift = 0;
        all[start + 1] = double.NegativeInfinity;
        for (int k = start; k >= 0; k--)
        {
            all[k] = Math.Log(here) + shift;
            double below = above + (2.0 * k / variance * here);
            (above, here) = (here, below);
            if (here < 1e200) continue;
            (above, here, shift) = (above * 1e-200, here * 1e-200, shift + (200 * Math.Log(10)));
        }

        double largest = all.Max(), sum = Math.Exp(all[0] - largest);
        for (int k = start; k >= 1; k--) sum += 2 * Math.Exp(all[k] - largest);
        double normalizer = largest + Math.Log(sum);
        logs = [.. all.Take(reach + 1).Select(log => log - normalizer)];
    }

    public int Reach => logs.Length - 1;

    public double LogProbability(int x) => logs[Math.Abs(x)];

    /// <summary>A reach beyond which less than about e^(−nats) of the mass lies (Bernstein's bound, doubled).</summary>
    public static int ReachOf(double variance, double nats)
    {
        double reach = nats + Math.Sqrt((nats * nats) + (2 * nats * variance));
        Require.Cells(2 * reach);
        return (int)Math.Ceiling(reach) + 2;
    }
}
