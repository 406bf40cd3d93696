using Tacit.Privacy.Accounting.Numerics;

namespace Tacit.Privacy.Accounting.PrivacyLoss;

/// <summary>A privacy loss distribution on a grid that is never below the true one.</summary>
/// <remarks>
/// Mass of a cell goes to the cell's two ends so that both its P-mass and its Q-mass stay: with y = e^(−L), a spread of y at equal
/// mean. The hockey-stick E_P[(1 − e^ε Π yᵢ)₊] is convex and falling in each yᵢ, so it can only grow, also after composition; so it does when rounding
/// errors are given to the upper end, and when tails go to infinity (y = 0). Doroshenko et al. 2022 (connect the dots), decision 0009.
/// </remarks>
internal sealed class LossGrid
{
    private readonly double[] mass;

    private LossGrid(double offset, double spacing, int first, double[] mass, double infinite)
    {
        (Offset, Spacing, Infinite) = (offset, spacing, infinite);
        int start = Array.FindIndex(mass, p => p > 0), end = Array.FindLastIndex(mass, p => p > 0);
        if (start < 0) (start, end) = (0, 0);
        First = first + start;
        this.mass = mass[start..(end + 1)];
    }

    /// <summary>Losses are at Offset + k·Spacing.</summary>
    public double Offset { get; }

    public double Spacing { get; }

    /// <summary>k of the first mass.</summary>
    public int First { get; }

    public ReadOnlySpan<double> Mass => mass;

    /// <summary>P-mass at infinite loss.</summary>
    public double Infinite { get; }

    public double Loss(int index) => Offset + ((First + (double)index) * Spacing);

    public static LossGrid From(SampledLoss law, double offset, double spacing, double logTail)
    {
        (double least, double most) = law.Range(logTail);
        Require.Cells((most - least) / spacing);
        int first = (int)Math.Floor((least - offset) / spacing) - 1, last = (int)Math.Ceiling((most - offset) / spacing) + 1;
        double[] mass = new double[last - first + 1];
        double infinite = law.LeftOver;
        if (law.HasDensity)
        {
            for (int k = first; k < last; k++)
            {
                double low = offset + (k * spacing), high = offset + ((k + 1) * spacing);
                LossMass cell = law.Between(k == first ? double.NegativeInfinity : low, Math.Min(high, most));
                if (low >= most || !(cell.P > 0)) continue;
                double upper = UpperShare(1 - (cell.Q / cell.P * Math.Exp(low)), spacing, cell.Error);
                mass[k - first] += cell.P * (1 - upper);
                mass[k + 1 - first] += cell.P * upper;
            }

            infinite += law.Between(most, double.PositiveInfinity).P;
        }

        foreach (LossAtom atom in law.Atoms())
        {
            double place = (atom.Loss - offset) / spacing, nearest = Math.Round(place), p = Math.Exp(atom.LogProbability);
            int below = (int)Math.Floor(place);
            if (Math.Abs(place - nearest) < 1e-9) mass[(int)nearest - first] += p;
            else
            {
                double upper = UpperShare(-LogDomain.Expm1(-(atom.Loss - offset - (below * spacing))), spacing, 1e-15);
                mass[below - first] += p * (1 - upper);
                mass[below + 1 - first] += p * upper;
            }
        }

        return new LossGrid(offset, spacing, first, mass, Math.Min(1, infinite));
    }

    /// <summary>ln Σ p e^(λL) with mean and variance of the tilted law.</summary>
    public (double Log, double Mean, double Variance) Tilted(double lambda)
    {
        double top = Loss(mass.Length - 1), ratio = Math.Exp(-lambda * Spacing), sum = 0, first = 0, second = 0, weight = 1;
        for (int back = 0; back < mass.Length; back++)
        {
            if (back % 256 == 0) weight = Math.Exp(-lambda * Spacing * back);
            double w = mass[mass.Length - 1 - back] * weight;
            weight *= ratio;
            sum += w;
            first += w * back;
            second += w * back * back;
        }

        double mean = first / sum;
        return ((lambda * top) + Math.Log(sum), top - (mean * Spacing), Math.Max(0, (second / sum) - (mean * mean)) * Spacing * Spacing);
    }

    // The share of the upper end that keeps the mean of e^(−L), where `gap` is one less the mean of e^(low − L), rounded against us.
    private static double UpperShare(double gap, double spacing, double error)
    {
        double share = (gap + error) / -LogDomain.Expm1(-spacing);
        return share < 1 ? Math.Max(share, 0) : 1;   // what is not a number, from 0·∞ far out, goes up too
    }
}
