using Tacit.Privacy.Accounting.Curves;
using Tacit.Privacy.Accounting.Events;
using Tacit.Privacy.Accounting.PrivacyLoss;

namespace Tacit.Privacy.Accounting;

/// <summary>Composes privacy loss distributions numerically: as tight as the events' dominating pairs, and never below the truth.</summary>
/// <remarks>
/// Koskela, Jälkö and Honkela 2020; pessimistic grid by Doroshenko et al. 2022; both directions of add-or-remove for samples (Zhu, Dong and
/// Wang 2022). The grid is chosen so that it adds about 5e-5 of ε; see decision 0009. Distributed noise in many dimensions has no
/// dominating pair here: use <see cref="RenyiAccountant"/>.
/// </remarks>
/// <param name="relation">What neighbouring means.</param>
/// <param name="spacing">The grid's spacing, to compare with accountants of a fixed one; null to choose it by the error it makes.</param>
public sealed class PrivacyLossAccountant(NeighboringRelation relation, double? spacing = null) : IPrivacyAccountant
{
    private const double Accuracy = 5e-5;
    private const double RoundingUp = 1e-10;   // of closed forms, whose last digits may fall either way
    private const double MostCells = 1 << 21;

    private readonly List<(LossPair Pair, double Rate, long Count)> steps = [];

    /// <inheritdoc/>
    public NeighboringRelation Relation { get; } = relation;

    /// <inheritdoc/>
    public bool TryCompose(PrivacyEvent happened, long count, out string refusal)
    {
        List<(LossPair, double, long)> added = [];
        foreach ((PrivacyEvent part, long times) in EventComposition.Flatten(happened, count))
        {
            (PrivacyEvent mechanism, double rate) = part is PoissonSampledEvent sampled ? (sampled.Mechanism, sampled.Rate) : (part, 1);
            Require.Rate(rate);
            LossPair? pair = LossPairFactory.Create(mechanism);
            refusal = EventComposition.Refusal(part, Relation) ?? (pair is null ? $"no dominating pair is known here for {part}; use the Rényi accountant" : "");
            if (refusal.Length == 0 && rate < 1 && mechanism is EpsilonDeltaEvent) refusal = "nothing is known of how an (ε, δ) event behaves on a sample";
            if (refusal.Length > 0) return false;
            added.Add((pair!, rate, times));
        }

        steps.AddRange(added);
        refusal = "";
        return true;
    }

    /// <inheritdoc/>
    public double Epsilon(double delta)
    {
        Require.Delta(delta);
        if (steps.Count == 0) return 0;
        if (OnlyGaussian() is { } multiplier) return GaussianAccounting.Epsilon(multiplier, delta) * (1 + RoundingUp);
        double tail = Math.Log(delta * 1e-9 / steps.Sum(step => (double)step.Count));
        return Directions().Max(added => Composition(added, tail, composed =>
        {
            (double epsilon, double lambda) = composed.Bound(delta);
            return (Accuracy * Math.Max(epsilon, 1e-9), lambda);
        }).Epsilon(delta));
    }

    /// <inheritdoc/>
    public double Delta(double epsilon)
    {
        Require.NotNegative(epsilon, nameof(epsilon));
        if (steps.Count == 0) return 0;
        if (OnlyGaussian() is { } multiplier) return Math.Min(1, GaussianAccounting.Delta(multiplier, epsilon) * (1 + RoundingUp));
        bool alone = steps.Sum(step => (double)step.Count) == 1;   // one step is not smoothed by others
        return Directions().Max(added =>
        {
            double logDelta = 0;
            LossComposition Composed(double tail) => Composition(added, tail, composed =>
            {
                (logDelta, double lambda) = composed.BoundAt(epsilon);
                return ((alone ? 1e-6 : 3e-5) / Math.Max(lambda, 1), lambda);
            });
            _ = Composed(-200);
            return Composed(Math.Max(-680, logDelta - 21 - Math.Log(steps.Sum(step => (double)step.Count)))).Delta(epsilon);
        });
    }

    private double? OnlyGaussian() => steps.All(step => step is { Pair: GaussianPair, Rate: 1 }) ? Merged() : null;

    private double Merged() => 1 / Math.Sqrt(steps.Sum(step => step is { Pair: GaussianPair gaussian, Rate: 1 } ? step.Count / (gaussian.NoiseMultiplier * gaussian.NoiseMultiplier) : 0));

    private bool[] Directions() => steps.Exists(step => step.Rate < 1) ? [false, true] : [false];

    // Unsampled Gaussians are one Gaussian; equal parts are one part.
    private IEnumerable<(SampledLoss Law, long Count)> Parts(bool added)
    {
        foreach ((LossPair pair, double rate, long count) in steps.Where(step => step is not { Pair: GaussianPair, Rate: 1 })) yield return (new SampledLoss(pair, rate, added), count);
        if (steps.Exists(step => step is { Pair: GaussianPair, Rate: 1 })) yield return (new SampledLoss(new GaussianPair(Merged()), 1, added), 1);
    }

    // Halves the grid until what it adds, T(λ+1)h²/12, is within the error that is wanted at the grid's own tilt.
    private LossComposition Composition(bool added, double logTail, Func<LossComposition, (double Error, double Lambda)> wanted)
    {
        (SampledLoss Law, long Count)[] parts = [.. Parts(added)];
        if (CommonLattice(parts) is { } native) return Discretised(parts, native, logTail, onLattice: true);
        if (spacing is { } given) return Discretised(parts, given, logTail, onLattice: false);
        double range = parts.Max(part => part.Law.Range(logTail) is var (least, most) ? most - least : 0), total = parts.Sum(part => (double)part.Count);
        double step = OnLargestAtom(parts, Math.Max(range, 1e-12) / 1000);
        LossComposition composed = Discretised(parts, step, logTail, onLattice: false);
        for (int i = 0; i < 6; i++)
        {
            (double error, double lambda) = wanted(composed);
            double needed = Math.Max(Math.Sqrt(12 * error / (total * (lambda + 1))), range / MostCells);
            if (step <= 1.5 * needed) break;
            step = OnLargestAtom(parts, needed);
            composed = Discretised(parts, step, logTail, onLattice: false);
        }

        return composed;
    }

    // Half of the Laplace law sits on its largest loss: a grid through it keeps a pure guarantee pure.
    private static double OnLargestAtom((SampledLoss Law, long Count)[] parts, double step)
    {
        double? largest = parts.Select(part => part.Law is { IsWhole: true, Pair: LaplacePair laplace } ? laplace.PureEpsilon : (double?)null).FirstOrDefault(epsilon => epsilon is not null);
        return largest is { } epsilon ? epsilon / Math.Ceiling(epsilon / step) : step;
    }

    private static LossComposition Discretised((SampledLoss Law, long Count)[] parts, double step, double logTail, bool onLattice) =>
        new([.. parts.Select(part => (LossGrid.From(part.Law, onLattice ? part.Law.Pair.Lattice!.Value.Offset : 0, step, logTail), part.Count))]);

    // Where all losses lie on lattices of one spacing, nothing is rounded at all.
    private static double? CommonLattice((SampledLoss Law, long Count)[] parts)
    {
        if (parts.Any(part => !part.Law.IsWhole || part.Law.Pair.Lattice is null)) return null;
        double native = parts[0].Law.Pair.Lattice!.Value.Spacing;
        return parts.All(part => Math.Abs(part.Law.Pair.Lattice!.Value.Spacing - native) <= 1e-12 * native) ? native : null;
    }
}
