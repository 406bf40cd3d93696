using Tacit.Privacy.Accounting.Curves;
using Tacit.Privacy.Accounting.Distributed;
using Tacit.Privacy.Accounting.Events;
using Tacit.Privacy.Accounting.Lattice;
using Tacit.Privacy.Accounting.PrivacyLoss;

namespace Tacit.Privacy.Accounting.Renyi;

/// <summary>D_α of events.</summary>
internal static class EventDivergence
{
    /// <summary>The curve α ↦ D_α of an event that is no composition, or null if none is proved.</summary>
    public static Func<double, double>? Curve(PrivacyEvent happened)
    {
        switch (happened)
        {
            case PoissonSampledEvent { Mechanism: GaussianEvent gaussian } sampled:
                return order => SampledGaussian.Renyi(sampled.Rate, gaussian.NoiseMultiplier, order);
            case PoissonSampledEvent sampled when Curve(sampled.Mechanism) is { } curve && IsSymmetric(sampled.Mechanism):
                Require.Rate(sampled.Rate);
                return order => Sampled(Remembered(curve), sampled.Rate, order, provedBetween: !IsProvedAtIntegers(sampled.Mechanism));
            case SampledWithoutReplacementEvent { Mechanism: GaussianEvent gaussian } batch:
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch.Batch);
                ArgumentOutOfRangeException.ThrowIfLessThan(batch.Population, batch.Batch);
                return order => SampledWithoutReplacement.Renyi((double)batch.Batch / batch.Population, gaussian.NoiseMultiplier, order);
            default:
                return Unsampled(happened);
        }
    }

    private static Func<double, double>? Unsampled(PrivacyEvent happened)
    {
        switch (happened)
        {
            case GaussianEvent gaussian:
                Require.Positive(gaussian.NoiseMultiplier, nameof(gaussian.NoiseMultiplier));
                return order => order / (2 * gaussian.NoiseMultiplier * gaussian.NoiseMultiplier);
            case LaplaceEvent laplace:
                Require.Positive(laplace.NoiseMultiplier, nameof(laplace.NoiseMultiplier));
                return order => LaplaceAccounting.Renyi(1 / laplace.NoiseMultiplier, order);
            case DiscreteGaussianEvent lattice:
                Require.Positive(lattice.Scale, nameof(lattice.Scale));
                return order => order * lattice.Sensitivity * lattice.Sensitivity / (2 * lattice.Scale * lattice.Scale);
            case SkellamEvent skellam:
                return order => SkellamAccounting.Renyi(skellam.Variance, skellam.Sensitivity, order);
            case ZeroConcentratedEvent concentrated:
                Require.Positive(concentrated.Rho, nameof(concentrated.Rho));
                return order => order * concentrated.Rho;
            case DistributedDiscreteGaussianEvent distributed:
                distributed.Parameters.Validate();
                return order => DistributedDiscreteGaussianAccounting.Renyi(distributed.Parameters, order);
            case DistributedSkellamEvent distributed:
                distributed.Parameters.Validate();
                return order => DistributedSkellamAccounting.Renyi(distributed.Parameters, Math.Ceiling(order));   // proved at integers; D_α rises with α
            case JointEvent joint:
                return Unsampled(joint.First) is { } first && Unsampled(joint.Second) is { } second ? order => first(order) + second(order) : null;
            default:
                return happened is not EpsilonDeltaEvent { Delta: > 0 } && LossPairFactory.Create(happened) is AtomicPair pair ? pair.Renyi : null;
        }
    }

    // Noise with p(x) = p(−x), and so a pair that an involution swaps (decision 0008). (ε, 0) and randomised response have one too.
    private static bool IsSymmetric(PrivacyEvent happened) => happened is LaplaceEvent or DiscreteGaussianEvent or DiscreteLaplaceEvent or SkellamEvent
        or RandomizedResponseEvent or DistributedDiscreteGaussianEvent or DistributedSkellamEvent
        || (happened is JointEvent joint && IsSymmetricNoise(joint.First) && IsSymmetricNoise(joint.Second));

    // Side by side the two involutions are one, and divergences of products add up.
    private static bool IsSymmetricNoise(PrivacyEvent happened) => happened is GaussianEvent || IsSymmetric(happened);

    private static bool IsProvedAtIntegers(PrivacyEvent happened) =>
        happened is DistributedSkellamEvent || (happened is JointEvent joint && (IsProvedAtIntegers(joint.First) || IsProvedAtIntegers(joint.Second)));

    private static double Sampled(Func<double, double> curve, double rate, double order, bool provedBetween)
    {
        if (order == Math.Floor(order)) return PoissonAmplification.Symmetric(l => curve(l), (int)order, rate);
        int below = (int)Math.Floor(order);
        double part = order - below, above = below * PoissonAmplification.Symmetric(l => curve(l), below + 1, rate);
        double under = below == 1 ? 0 : (below - 1) * PoissonAmplification.Symmetric(l => curve(l), below, rate);
        double chord = (((1 - part) * under) + (part * above)) / (order - 1);   // (α − 1) D_α is convex
        return provedBetween ? Math.Min(chord, PoissonAmplification.SymmetricBetween(curve, order, rate)) : chord;
    }

    private static Func<double, double> Remembered(Func<double, double> curve)
    {
        Dictionary<double, double> known = [];
        return order => known.TryGetValue(order, out double value) ? value : known[order] = curve(order);
    }
}
