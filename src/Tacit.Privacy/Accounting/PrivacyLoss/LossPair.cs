namespace Tacit.Privacy.Accounting.PrivacyLoss;

/// <summary>
/// A dominating pair (P, Q) of a mechanism by its privacy loss L = ln dP/dQ. Swapping P and Q gives the same law:
/// the pair is the same in both directions of the neighbouring relation.
/// </summary>
internal abstract class LossPair
{
    private protected LossPair()
    {
    }

    /// <summary>Outcomes of positive probability: the loss and ln P. The rest of P is in <see cref="Between"/> and <see cref="LeftOver"/>.</summary>
    public virtual IReadOnlyList<LossAtom> Atoms => [];

    /// <summary>P-mass in neither; counted as infinite loss.</summary>
    public virtual double LeftOver => 0;

    /// <summary>The lattice all losses lie on, or null.</summary>
    public virtual LossLattice? Lattice => null;

    /// <summary>A loss ℓ ≥ 0 with P(L > ℓ) ≤ e^logTail.</summary>
    public abstract double HighestLoss(double logTail);

    /// <summary>The mass of losses in (from, to] that no atom holds.</summary>
    public abstract LossMass Between(double from, double to);
}

/// <summary>One outcome.</summary>
internal readonly record struct LossAtom(double Loss, double LogProbability);

/// <summary>Losses at offset + k·spacing for integers k.</summary>
internal readonly record struct LossLattice(double Offset, double Spacing);

/// <summary>Mass under both laws.</summary>
/// <param name="P">Under P.</param>
/// <param name="Q">Under Q.</param>
/// <param name="Error">How far Q/P may be off by rounding, relatively.</param>
internal readonly record struct LossMass(double P, double Q, double Error);
