using Tacit.Privacy.Accounting.Curves;

namespace Tacit.Privacy.Accounting;

/// <summary>From a wanted guarantee to the noise it takes, and from the noise one can bear to the guarantee.</summary>
public static class Calibration
{
    /// <summary>The least noise multiplier at which an accounted run keeps (ε, δ).</summary>
    /// <param name="epsilon">ε > 0 that is wanted.</param>
    /// <param name="delta">In (0, 1).</param>
    /// <param name="run">The accountant of the whole run at a noise multiplier; its ε must fall as the noise grows.</param>
    /// <param name="precision">Relative; the answer is above the exact one by at most this.</param>
    /// <returns>A multiplier at which the run was seen to keep (ε, δ).</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    /// <exception cref="ArgumentException">No noise below 1e9 is enough.</exception>
    public static double NoiseMultiplier(double epsilon, double delta, Func<double, IPrivacyAccountant> run, double precision = 1e-6)
    {
        Require.Positive(epsilon, nameof(epsilon));
        Require.Delta(delta);
        ArgumentNullException.ThrowIfNull(run);
        double Excess(double log)
        {
            double cost = run(Math.Exp(log)).Epsilon(delta);
            return double.IsInfinity(cost) ? 40 : cost == 0 ? -40 : Math.Log(cost / epsilon);
        }

        double low = 0, high = 0, atLow = Excess(0), atHigh = atLow;
        while (atLow <= 0)
        {
            (high, atHigh) = (low, atLow);
            low -= Math.Log(2);
            if (low < Math.Log(1e-3)) return Math.Exp(high);
            atLow = Excess(low);
        }

        while (atHigh > 0)
        {
            (low, atLow) = (high, atHigh);
            high += Math.Log(2);
            if (high > Math.Log(1e9)) throw new ArgumentException($"no noise keeps epsilon {epsilon} at delta {delta}: something in the run does not depend on it");
            atHigh = Excess(high);
        }

        // Regula falsi with the Illinois rule: ε(σ) is smooth, so a handful of evaluations do.
        for (int side = 0, i = 0; high - low > precision && i < 100; i++)
        {
            double guess = atLow < 39 ? low + ((high - low) * atLow / (atLow - atHigh)) : (low + high) / 2;
            guess = Math.Clamp(guess + (0.25 * precision), low + (0.1 * precision), high - (0.1 * precision));
            double at = Excess(guess);
            if (at <= 0)
            {
                (high, atHigh) = (guess, at);
                if (side == 1) atLow /= 2;
                side = 1;
            }
            else
            {
                (low, atLow) = (guess, at);
                if (side == -1) atHigh /= 2;
                side = -1;
            }
        }

        return Math.Exp(high);
    }

    /// <summary>The ε of Gaussian noise with the largest standard deviation that a result can bear.</summary>
    /// <param name="deviation">σ > 0, the accuracy budget; the root of a tolerable mean squared error per coordinate.</param>
    /// <param name="sensitivity">Δ₂ > 0.</param>
    /// <param name="delta">In (0, 1).</param>
    /// <returns>The least ε at that accuracy: no smaller one can be had from this mechanism.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double EpsilonOfGaussian(double deviation, double sensitivity, double delta)
    {
        Require.Positive(deviation, nameof(deviation));
        Require.Positive(sensitivity, nameof(sensitivity));
        return GaussianAccounting.Epsilon(deviation / sensitivity, delta);
    }

    /// <summary>The pure ε of Laplace noise with the largest standard deviation that a result can bear.</summary>
    /// <param name="deviation">√2 b > 0, the accuracy budget.</param>
    /// <param name="sensitivity">Δ₁ > 0.</param>
    /// <returns>Δ₁/b.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double EpsilonOfLaplace(double deviation, double sensitivity)
    {
        Require.Positive(deviation, nameof(deviation));
        Require.Positive(sensitivity, nameof(sensitivity));
        return Math.Sqrt(2) * sensitivity / deviation;
    }
}
