using System.Collections.Immutable;
using Tacit.Privacy.Accounting.Distributed;

namespace Tacit.Privacy.Accounting.Events;

/// <summary>Something that was done to data: what happened, without what it cost.</summary>
/// <remarks>A noise multiplier is the noise's scale over the sensitivity under the neighbouring relation in use.</remarks>
public abstract record PrivacyEvent
{
    private protected PrivacyEvent()
    {
    }
}

/// <summary>Gaussian noise of standard deviation σ on a vector.</summary>
/// <param name="NoiseMultiplier">σ/Δ₂ > 0.</param>
public sealed record GaussianEvent(double NoiseMultiplier) : PrivacyEvent;

/// <summary>Laplace noise of scale b on a vector.</summary>
/// <param name="NoiseMultiplier">b/Δ₁ > 0.</param>
public sealed record LaplaceEvent(double NoiseMultiplier) : PrivacyEvent;

/// <summary>Discrete Gaussian noise on one integer.</summary>
/// <param name="Scale">σ > 0 in P(x) ∝ e^(−x²/2σ²).</param>
/// <param name="Sensitivity">Δ ≥ 1.</param>
public sealed record DiscreteGaussianEvent(double Scale, int Sensitivity) : PrivacyEvent;

/// <summary>Discrete Laplace noise on one integer.</summary>
/// <param name="Decay">a > 0 in P(x) ∝ e^(−a|x|).</param>
/// <param name="Sensitivity">Δ ≥ 1.</param>
public sealed record DiscreteLaplaceEvent(double Decay, int Sensitivity) : PrivacyEvent;

/// <summary>Skellam noise on one integer.</summary>
/// <param name="Variance">μ > 0.</param>
/// <param name="Sensitivity">Δ ≥ 1.</param>
public sealed record SkellamEvent(double Variance, int Sensitivity) : PrivacyEvent;

/// <summary>One of k answers, the true one e^ε times as likely as each other.</summary>
/// <param name="Epsilon">ε > 0.</param>
/// <param name="Answers">k ≥ 2.</param>
public sealed record RandomizedResponseEvent(double Epsilon, int Answers) : PrivacyEvent;

/// <summary>One round of the distributed discrete Gaussian.</summary>
/// <param name="Parameters">Of the round.</param>
public sealed record DistributedDiscreteGaussianEvent(DistributedDiscreteGaussianParameters Parameters) : PrivacyEvent;

/// <summary>One round of the distributed Skellam mechanism.</summary>
/// <param name="Parameters">Of the round.</param>
public sealed record DistributedSkellamEvent(DistributedSkellamParameters Parameters) : PrivacyEvent;

/// <summary>Anything with D_α ≤ ρα for every α.</summary>
/// <param name="Rho">ρ > 0.</param>
public sealed record ZeroConcentratedEvent(double Rho) : PrivacyEvent;

/// <summary>Anything that is (ε, δ)-private, of which no more is known.</summary>
/// <param name="Epsilon">ε ≥ 0.</param>
/// <param name="Delta">In [0, 1).</param>
public sealed record EpsilonDeltaEvent(double Epsilon, double Delta) : PrivacyEvent;

/// <summary>A mechanism on a Poisson sample: each record is in it by a coin of its own.</summary>
/// <param name="Rate">q in (0, 1].</param>
/// <param name="Mechanism">What is done with the sample.</param>
public sealed record PoissonSampledEvent(double Rate, PrivacyEvent Mechanism) : PrivacyEvent;

/// <summary>A mechanism on a batch of fixed size, drawn anew without replacement.</summary>
/// <param name="Population">n ≥ batch.</param>
/// <param name="Batch">At least 1.</param>
/// <param name="Mechanism">What is done with the batch.</param>
public sealed record SampledWithoutReplacementEvent(int Population, int Batch, PrivacyEvent Mechanism) : PrivacyEvent;

/// <summary>One pass over data cut into batches in a fixed or shuffled order: each record meets the mechanism once, and nothing is amplified.</summary>
/// <param name="Mechanism">What is done with each batch.</param>
public sealed record DeterministicBatchesEvent(PrivacyEvent Mechanism) : PrivacyEvent;

/// <summary>Two mechanisms at once on the same records: independent noise on two parts of one vector.</summary>
/// <param name="First">A mechanism that is no composition and no sampler.</param>
/// <param name="Second">Another.</param>
/// <remarks>Unlike two events one after the other, it can be done to one sample.</remarks>
public sealed record JointEvent(PrivacyEvent First, PrivacyEvent Second) : PrivacyEvent;

/// <summary>Several events, one after the other.</summary>
/// <param name="Parts">In any order.</param>
public sealed record ComposedEvent(ImmutableArray<PrivacyEvent> Parts) : PrivacyEvent;

/// <summary>One event, repeated.</summary>
/// <param name="Repeated">What.</param>
/// <param name="Count">How often, at least once.</param>
public sealed record SelfComposedEvent(PrivacyEvent Repeated, long Count) : PrivacyEvent;
