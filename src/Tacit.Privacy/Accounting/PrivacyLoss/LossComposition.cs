using Tacit.Privacy.Accounting.Numerics;

namespace Tacit.Privacy.Accounting.PrivacyLoss;

/// <summary>The loss of many steps: grids of one spacing, convolved by the Fourier transform of exponentially tilted laws.</summary>
/// <remarks>
/// Tilting by e^(λL) moves the wanted tail to the middle, so that rounding of the transform is relative to δ and not to one. Its error is
/// bounded by the size of the spectrum and added to every cell; mass outside the window is bounded by Chernoff and counted as infinite, and what wraps
/// around only adds. So every answer is an upper bound.
/// </remarks>
internal sealed class LossComposition(IReadOnlyList<(LossGrid Grid, long Count)> parts)
{
    private const double TailShare = 1e-7;
    private const int LargestWindow = 1 << 22;

    private double start = 4;   // where the last search for λ ended
    private readonly double spacing = parts[0].Grid.Spacing;
    private readonly double offset = parts.Sum(part => part.Count * part.Grid.Offset);
    private readonly double infinite = -LogDomain.Expm1(parts.Sum(part => part.Count * LogDomain.Log1p(-part.Grid.Infinite)));

    /// <summary>The ε that the moments prove at δ, and its λ.</summary>
    /// <remarks>
    /// Canonne, Kamath and Steinke 2020, Proposition 12 at order λ + 1; its derivative vanishes where λK'(λ) − K(λ) + ln(1 + λ) = ln 1/δ. Plain
    /// Chernoff would send λ to infinity where all losses are bounded, and tilt everything else away.
    /// </remarks>
    public (double Epsilon, double Lambda) Bound(double delta)
    {
        double nats = -Math.Log(delta);
        double lambda = RisingRoot((at, log, mean) => (at * mean) - log - nats + LogDomain.Log1p(at));
        return ((Cumulant(lambda).Log + nats - Hockey(lambda)) / lambda, lambda);
    }

    /// <summary>The ln δ that the moments prove at ε, and its λ.</summary>
    public (double LogDelta, double Lambda) BoundAt(double epsilon)
    {
        double lambda = RisingRoot((at, _, mean) => mean - epsilon - LogDomain.Log1p(1 / at));
        return (Math.Min(0, Cumulant(lambda).Log - (lambda * epsilon) - Hockey(lambda)), lambda);
    }

    /// <summary>The least ε ≥ 0 that the composed law proves at δ.</summary>
    public double Epsilon(double delta)
    {
        if (!(delta > infinite)) return double.PositiveInfinity;
        (double bound, double lambda) = Bound(delta - infinite);
        Window window = Compose(lambda, bound, delta - infinite);
        double outside = infinite + window.Outside, above = 0, aboveQ = 0, fade = Math.Exp(-spacing);   // E_P[L > ε], and E_Q[L > ε] as a multiple of e^−loss of the cell above: by itself it is beyond a double where losses are large
        for (int k = window.Cells.Length - 1; k >= 0; k--)
        {
            double loss = window.Loss(k);
            if (loss < 0 || outside + above - (aboveQ * fade) > delta) return Math.Max(0, Math.Min(bound, Crossing(loss + spacing, above + outside - delta, aboveQ)));
            double p = window.Cells[k] * Math.Exp(Math.Min(700, window.LogScale - (lambda * loss)));
            above += p;
            aboveQ = (aboveQ * fade) + p;
        }

        double lowest = double.IsFinite(above + aboveQ) ? window.Loss(0) : double.PositiveInfinity;   // what is not a number has crossed nothing
        return double.IsNaN(bound) ? double.PositiveInfinity : Math.Max(0, Math.Min(bound, lowest));
    }

    /// <summary>δ at ε.</summary>
    public double Delta(double epsilon)
    {
        (double logBound, double lambda) = BoundAt(epsilon);
        Window window = Compose(lambda, epsilon, Math.Max(Math.Exp(logBound), 1e-290));
        double sum = infinite + window.Outside;
        for (int k = window.Cells.Length - 1; k >= 0; k--)
        {
            double loss = window.Loss(k);
            if (loss <= epsilon) break;
            sum -= window.Cells[k] * Math.Exp(Math.Min(700, window.LogScale - (lambda * loss))) * LogDomain.Expm1(epsilon - loss);
        }

        return Math.Min(1, sum);
    }

    // Between grid points δ(ε) = above − e^(ε − loss) aboveQ. With nothing above there is no crossing: what is outside of the window is more than δ by itself.
    private static double Crossing(double loss, double excess, double aboveQ) => excess <= 0 ? 0 : aboveQ > 0 ? RoundedUp(loss + Math.Log(excess / aboveQ)) : double.PositiveInfinity;

    // Where losses are thousands, the last digits of ε are worth more than a small δ.
    private static double RoundedUp(double epsilon) => epsilon + (Math.Abs(epsilon) * 1e-14);

    // K(λ), and K'(λ): the mean of the tilted law.
    private (double Log, double Mean) Cumulant(double lambda)
    {
        double sum = 0, mean = 0;
        foreach ((LossGrid grid, long count) in parts)
        {
            (double log, double each, _) = grid.Tilted(lambda);
            sum += count * log;
            mean += count * each;
        }

        return (sum, mean);
    }

    // A root in λ of a function that rises with it, to about a hundredth: any λ gives a bound, a near one a good bound.
    private double RisingRoot(Func<double, double, double, double> function)
    {
        const double Ratio = 6, Least = 1e-4, Most = 1e6, Precision = 0.005;
        double At(double lambda) => Cumulant(lambda) is var (log, mean) ? function(lambda, log, mean) : 0;
        double low = start, high = start, atLow = At(start), atHigh = atLow;
        while (atLow > 0 && low > Least) (high, atHigh, low, atLow) = (low, atLow, low / Ratio, At(low / Ratio));
        while (atHigh < 0 && high < Most) (low, atLow, high, atHigh) = (high, atHigh, high * Ratio, At(high * Ratio));
        if (atLow > 0) return start = Least;
        if (atHigh < 0) return start = Most;
        (double left, double right) = (Math.Log(low), Math.Log(high));
        for (int side = 0, i = 0; right - left > Precision && i < 60; i++)
        {
            double guess = atHigh > atLow ? left + ((right - left) * Math.Clamp(-atLow / (atHigh - atLow), 0.02, 0.98)) : (left + right) / 2;
            double at = At(Math.Exp(guess));
            if (at >= 0)
            {
                (right, atHigh) = (guess, at);
                if (side == 1) atLow /= 2;
                side = 1;
            }
            else
            {
                (left, atLow) = (guess, at);
                if (side == -1) atHigh /= 2;
                side = -1;
            }
        }

        return start = Math.Exp(left);
    }

    // What (1 − e^(ε−s))₊ is below e^(λ(s−ε)), as a logarithm.
    private static double Hockey(double lambda) => (lambda * LogDomain.Log1p(1 / lambda)) + LogDomain.Log1p(lambda);

    // Chernoff: a loss above which lies at most a given probability.
    private double Quantile(double tail)
    {
        double nats = -Math.Log(tail), lambda = RisingRoot((at, log, mean) => (at * mean) - log - nats);
        return (Cumulant(lambda).Log + nats) / lambda;
    }

    private double TailAbove(double loss)
    {
        double lambda = RisingRoot((_, _, mean) => mean - loss);
        return Math.Exp(Math.Min(0, Cumulant(lambda).Log - (lambda * loss)));
    }

    private Window Compose(double lambda, double middle, double delta)
    {
        double high = Quantile(delta * TailShare);
        double logScale = 0, variance = 0;
        foreach ((LossGrid grid, long count) in parts)
        {
            (double log, _, double spread) = grid.Tilted(lambda);
            logScale += count * log;
            variance += count * spread;
        }

        double half = Math.Max(high - middle, 0) + (8 * Math.Sqrt(variance)) + (4 * spacing);
        int size = (int)Math.Min(LargestWindow, System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(16, Math.Min(LargestWindow, Math.Ceiling(2 * half / spacing)))));
        long first = (long)Math.Floor((middle - offset) / spacing) - (size / 2);
        double outside = delta * TailShare, end = offset + ((first + size) * spacing);
        if (end < high) outside = TailAbove(end);   // the window is as large as it gets
        return new Window(Transform(lambda, size, first), offset + (first * spacing), spacing, logScale, outside);
    }

    private double[] Transform(double lambda, int size, long first)
    {
        double[] logSize = new double[size], angle = new double[size];
        double steps = 0;
        foreach ((LossGrid grid, long count) in parts)
        {
            double[] re = new double[size], im = new double[size];
            double log = grid.Tilted(lambda).Log;
            for (int j = 0; j < grid.Mass.Length; j++)
            {
                if (grid.Mass[j] > 0) re[Modulo(grid.First + (long)j, size)] += grid.Mass[j] * Math.Exp((lambda * grid.Loss(j)) - log);
            }

            FourierTransform.Transform(re, im, inverse: false);
            for (int k = 0; k < size; k++)
            {
                logSize[k] += count * 0.5 * Math.Log((re[k] * re[k]) + (im[k] * im[k]));
                angle[k] += count * Math.Atan2(im[k], re[k]);
            }

            steps += count;
        }

        double spectrum = 0, oneLess = 0;
        double[] real = new double[size], imaginary = new double[size];
        for (int k = 0; k < size; k++)
        {
            double length = Math.Exp(logSize[k]);
            (double sine, double cosine) = Math.SinCos(angle[k]);
            (real[k], imaginary[k]) = (length * cosine, length * sine);
            spectrum += length;
            oneLess += Math.Exp(Math.Max(logSize[k], -1e6) * (1 - (1 / steps)));
        }

        FourierTransform.Transform(real, imaginary, inverse: true);
        double error = 4 * 1.2e-16 * Math.Log2(size) * ((steps * oneLess) + spectrum) / size;
        double[] cells = new double[size];
        for (int k = 0; k < size; k++) cells[k] = Math.Max(0, real[Modulo(first + k, size)] / size) + error;
        return cells;
    }

    private static int Modulo(long value, int size) => (int)(((value % size) + size) % size);

    /// <summary>Cells of the tilted law: P-mass of cell k is Cells[k]·e^(LogScale − λ·Loss(k)).</summary>
    private sealed record Window(double[] Cells, double Start, double Spacing, double LogScale, double Outside)
    {
        public double Loss(int k) => Start + (k * Spacing);
    }
}
