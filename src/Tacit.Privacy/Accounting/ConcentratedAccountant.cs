using Tacit.Privacy.Accounting.Curves;
using Tacit.Privacy.Accounting.Distributed;
using Tacit.Privacy.Accounting.Events;

namespace Tacit.Privacy.Accounting;

/// <summary>Adds up ρ of zero-concentrated privacy. Knows no sampling: its amplification has no such form.</summary>
/// <remarks>Bun and Steinke 2016; conversion by Canonne, Kamath and Steinke 2020, Corollary 13.</remarks>
/// <param name="relation">What neighbouring means.</param>
public sealed class ConcentratedAccountant(NeighboringRelation relation) : IPrivacyAccountant
{
    /// <inheritdoc/>
    public NeighboringRelation Relation { get; } = relation;

    /// <summary>ρ so far.</summary>
    public double Rho { get; private set; }

    /// <inheritdoc/>
    public bool TryCompose(PrivacyEvent happened, long count, out string refusal)
    {
        double added = 0;
        foreach ((PrivacyEvent part, long times) in EventComposition.Flatten(happened, count))
        {
            double? rho = RhoOf(part);
            refusal = EventComposition.Refusal(part, Relation) ?? (rho is null ? $"zero-concentrated privacy has no ρ for {part}; use the Rényi or the privacy loss accountant" : "");
            if (refusal.Length > 0) return false;
            added += times * rho!.Value;
        }

        Rho += added;
        refusal = "";
        return true;
    }

    /// <inheritdoc/>
    public double Epsilon(double delta) => Rho == 0 ? 0 : ConcentratedConversion.Epsilon(Rho, delta);

    /// <inheritdoc/>
    public double Delta(double epsilon) => Rho == 0 ? 0 : Math.Exp(ConcentratedConversion.LogDelta(Rho, epsilon).LogDelta);

    private static double? RhoOf(PrivacyEvent part) => part switch
    {
        GaussianEvent gaussian => HalfSquare(1 / Positive(gaussian.NoiseMultiplier)),
        DiscreteGaussianEvent lattice => HalfSquare(lattice.Sensitivity / Positive(lattice.Scale)),
        LaplaceEvent laplace => HalfSquare(1 / Positive(laplace.NoiseMultiplier)),   // pure ε is ε²/2
        DiscreteLaplaceEvent lattice => HalfSquare(Positive(lattice.Decay) * lattice.Sensitivity),
        RandomizedResponseEvent response => HalfSquare(Positive(response.Epsilon)),
        EpsilonDeltaEvent { Delta: 0 } pure => HalfSquare(pure.Epsilon),
        ZeroConcentratedEvent concentrated => Positive(concentrated.Rho),
        DistributedDiscreteGaussianEvent distributed => HalfSquare(DistributedDiscreteGaussianAccounting.ConcentratedEpsilon(distributed.Parameters)),
        JointEvent joint => RhoOf(joint.First) is { } first && RhoOf(joint.Second) is { } second ? first + second : null,
        _ => null,
    };

    private static double HalfSquare(double epsilon) => epsilon * epsilon / 2;

    private static double Positive(double value)
    {
        Require.Positive(value, nameof(value));
        return value;
    }
}
