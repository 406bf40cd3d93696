using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Rings;
using Tacit.Privacy.Sampling;

namespace Tacit.Learning.Clustering;

/// <summary>All that parties compute from public parameters before the first round: grids, radii, noise, first centres. The same at every party.</summary>
/// <remarks>
/// Everything on the wire is an integer: sums in steps of 2⁻ᵇ, counts in steps of 2⁻ᶜ, added modulo 2⁶⁴. Noise is drawn in the same steps, and neither is
/// rounded afterwards: cutting noise off towards zero is what broke the published code's guarantee. Immutable: thread-safe.
/// </remarks>
public sealed class ClusteringSchedule
{
    private const int DefaultBits = 16;

    private readonly ClusteringRound[] rounds;

    private ClusteringSchedule(ClusteringParams parameters, FixedPoint grid, int countBits, ClusteringRound[] rounds, double discretisation)
    {
        (Parameters, Grid, CountBits, this.rounds, DiscretisationDelta) = (parameters, grid, countBits, rounds, discretisation);
        FirstCentres = SpherePacking.Draw(parameters, grid).Centres;
    }

    /// <summary>ℤ/2⁶⁴: what sums and counts are added in.</summary>
    public static ResidueRing Ring { get; } = new(64);

    /// <summary>The job.</summary>
    public ClusteringParams Parameters { get; }

    /// <summary>Steps of points, centres and sums.</summary>
    public FixedPoint Grid { get; }

    /// <summary>c: a count of one is 2ᶜ steps.</summary>
    public int CountBits { get; }

    /// <summary>T.</summary>
    public int Rounds => rounds.Length;

    /// <summary>The part of δ that pays for drawing whole steps: the Gaussian is calibrated with what is left.</summary>
    /// <remarks>
    /// A discrete Gaussian of σ steps is within 1/(12σ²) of a rounded continuous one in statistical distance; a point meets d + 1 draws in each round, so T rounds
    /// cost (1 + e^ε)·T(d + 1)/(12σ²), as in <see cref="Privacy.Mechanisms.GaussianMechanism"/>. Nothing for Laplace and for zero-concentrated accounting.
    /// </remarks>
    public double DiscretisationDelta { get; }

    /// <summary>k × d, row-major, in steps.</summary>
    public IReadOnlyList<int> FirstCentres { get; }

    /// <summary>Radius and noise of a round.</summary>
    /// <param name="round">t, from 0.</param>
    public ClusteringRound this[int round] => rounds[round];

    /// <summary>Prepares a job.</summary>
    /// <param name="parameters">The job; validated here.</param>
    /// <exception cref="FailureException"><see cref="FailureCodes.InvalidValue"/>: a parameter is refused, or no grid fits the noise.</exception>
    public static ClusteringSchedule From(ClusteringParams parameters)
    {
        parameters.Validated();
        int total = parameters.Iterations;
        double widest = 0, widestCount = 0;
        for (int t = 0; t < Math.Min(2, total); t++)   // from the second round on nothing changes
        {
            ClusteringScales scales = ClusteringScales.For(parameters, t);
            (widest, widestCount) = (Math.Max(widest, scales.Sum), Math.Max(widestCount, scales.Count));
        }

        FixedPoint grid = new(SumBits(parameters, widest));
        int countBits = parameters.Privacy == ClusteringPrivacy.None ? 0 : Math.Clamp(FittingBits(parameters, widestCount), 0, DefaultBits);
        double discretisation = parameters.Privacy == ClusteringPrivacy.GaussianAnalytic ? Discretisation(parameters, grid, countBits) : 0;
        ClusteringParams.ThrowUnless(discretisation <= parameters.Delta / 2, $"fixed is {grid.Bits}; drawing whole steps would cost {discretisation} of delta {parameters.Delta}: take more bits, or dp: discrete-gaussian");
        var rounds = new ClusteringRound[total];
        for (int t = 0; t < total; t++)
        {
            rounds[t] = t > 1 ? rounds[1] : new ClusteringRound(RadiusSchedule.Radius(parameters, t), ClusteringScales.For(parameters, t, parameters.Delta - discretisation));
        }

        return new ClusteringSchedule(parameters, grid, countBits, rounds, discretisation);
    }

    /// <summary>The least count that a sum is divided by; a noisy count below it is mostly noise.</summary>
    /// <param name="round">t.</param>
    public double LeastCount(int round) => Parameters.Privacy == ClusteringPrivacy.None
        ? Parameters.MinimumExactCount
        : Math.Max(this[round].Scales.CountDeviation(Parameters) * Parameters.MinimumCountDeviations, 1.0 / (1 << CountBits));

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Parameters.Clusters} centres in {Parameters.Dimension} dimensions, {Rounds} rounds, 2^-{Grid.Bits}");

    private static int SumBits(ClusteringParams parameters, double widest)
    {
        int fitting = FittingBits(parameters, widest), bits = parameters.GivenBits ?? Math.Min(DefaultBits, fitting);
        ClusteringParams.ThrowUnless(bits <= fitting && bits >= FixedPoint.LeastBits, $"fixed is {bits}; noise of scale {widest} allows {fitting} bits, at least {FixedPoint.LeastBits} are needed: take a larger eps, fewer iters, or fewer bits");
        return bits;
    }

    // The most bits with which the samplers can draw; without noise all are.
    private static int FittingBits(ClusteringParams parameters, double scale) => parameters.Privacy switch
    {
        ClusteringPrivacy.None => FixedPoint.MostBits,
        ClusteringPrivacy.Laplace => Math.Min(FixedPoint.MostBits, (int)Math.Floor(Math.Log2(DiscreteLaplaceSampler.LargestScale / scale))),
        _ => Math.Min(FixedPoint.MostBits, (int)Math.Floor(Math.Log2(DiscreteGaussianSampler.LargestScale / (1.01 * scale)))),   // room for the part of δ that discretisation takes
    };

    private static double Discretisation(ClusteringParams parameters, FixedPoint grid, int countBits)
    {
        double cost = 0;
        for (int t = 0; t < parameters.Iterations; t++)
        {
            ClusteringScales scales = ClusteringScales.For(parameters, Math.Min(t, 1));
            double sum = scales.Sum * grid.One, count = scales.Count * (1 << countBits);
            cost += parameters.Dimension / (12 * sum * sum) + 1 / (12 * count * count);
        }

        return (1 + Math.Exp(parameters.Epsilon)) * cost;
    }
}

/// <summary>One round of a schedule.</summary>
/// <param name="Radius">η_t, or null without a radius.</param>
/// <param name="Scales">The noise that is drawn, in real units.</param>
public readonly record struct ClusteringRound(double? Radius, ClusteringScales Scales);
