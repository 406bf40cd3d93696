using Tacit.Aggregation.Pipeline;
using Tacit.Privacy.Numerics;

namespace Tacit.Learning.Clustering.Bounds;

/// <summary>How far up the noise of a count, or of a sum of counts, reaches: what is above that is taken for records. No privacy rests on it.</summary>
internal static class NoiseTail
{
    private const int Halvings = 50;
    private const double Grid = 0.1;   // of the spread of a logarithm: the trapezoidal rule on a smooth law is exact to many digits there

    /// <summary>x with P(N &gt; x) = p, for noise of scale 1.</summary>
    /// <param name="law">Which noise, taken as a continuous one.</param>
    /// <param name="times">How many such noises, whole or in parts, are added up: at least 1.</param>
    /// <param name="probability">p, in (0, 1/2).</param>
    public static double Above(NoiseLaw law, double times, double probability)
    {
        if (law == NoiseLaw.DiscreteGaussian) return Math.Sqrt(times) * Search(x => NormalDistribution.Cdf(-x), probability);

        // A sum of r Laplace numbers is √(2G)·Z with G gamma of shape r and Z normal (Kotz, Kozubowski and Podgórski 2001, Section 4.1).
        double spread = 1 / Math.Sqrt(times), top = Math.Log(times + (12 * Math.Sqrt(times)) + 40), mode = Math.Log(times), mass = 0;
        List<(double Weight, double Deviation)> mixture = [];
        for (double u = mode - (40 * spread); u <= top; u += Grid * spread)
        {
            double weight = Math.Exp((times * (u - mode)) - Math.Exp(u) + times);
            mixture.Add((weight, Math.Sqrt(2 * Math.Exp(u))));
            mass += weight;
        }

        return Search(x => mixture.Sum(part => part.Weight * NormalDistribution.Cdf(-x / part.Deviation)) / mass, probability);
    }

    private static double Search(Func<double, double> tail, double probability)
    {
        (double low, double high) = (0, 1);
        while (tail(high) > probability) high *= 2;
        for (int i = 0; i < Halvings; i++)
        {
            double middle = (low + high) / 2;
            if (tail(middle) > probability) low = middle;
            else high = middle;
        }

        return high;
    }
}
