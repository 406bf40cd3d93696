using Tacit.Privacy.Accounting.Events;

namespace Tacit.Privacy.Accounting.PrivacyLoss;

/// <summary>The dominating pair of an event that is neither sampled nor composed.</summary>
internal static class LossPairFactory
{
    /// <summary>The pair, or null where none is known.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is outside its range.</exception>
    public static LossPair? Create(PrivacyEvent happened)
    {
        switch (happened)
        {
            case GaussianEvent gaussian:
                Require.Positive(gaussian.NoiseMultiplier, nameof(gaussian.NoiseMultiplier));
                return new GaussianPair(gaussian.NoiseMultiplier);
            case LaplaceEvent laplace:
                Require.Positive(laplace.NoiseMultiplier, nameof(laplace.NoiseMultiplier));
                return new LaplacePair(laplace.NoiseMultiplier);
            case DiscreteGaussianEvent lattice:
                Require.Positive(lattice.Scale, nameof(lattice.Scale));
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lattice.Sensitivity);
                return AtomicPair.DiscreteGaussian(lattice.Scale, lattice.Sensitivity);
            case DiscreteLaplaceEvent lattice:
                Require.Positive(lattice.Decay, nameof(lattice.Decay));
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lattice.Sensitivity);
                return AtomicPair.DiscreteLaplace(lattice.Decay, lattice.Sensitivity);
            case SkellamEvent skellam:
                Require.Positive(skellam.Variance, nameof(skellam.Variance));
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(skellam.Sensitivity);
                return AtomicPair.Skellam(skellam.Variance, skellam.Sensitivity);
            case RandomizedResponseEvent response:
                Require.Positive(response.Epsilon, nameof(response.Epsilon));
                ArgumentOutOfRangeException.ThrowIfLessThan(response.Answers, 2);
                return AtomicPair.RandomizedResponse(response.Epsilon, response.Answers);
            case EpsilonDeltaEvent known:
                Require.NotNegative(known.Epsilon, nameof(known.Epsilon));
                Require.NotNegative(known.Delta, nameof(known.Delta));
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(known.Delta, 1);
                return AtomicPair.Approximate(known.Epsilon, known.Delta);
            default:
                return null;
        }
    }
}
