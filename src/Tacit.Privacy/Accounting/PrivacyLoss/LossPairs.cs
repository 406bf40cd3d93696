using Tacit.Privacy.Accounting.Lattice;
using Tacit.Privacy.Accounting.Numerics;

namespace Tacit.Privacy.Accounting.PrivacyLoss;

/// <summary>P = N(1, σ²) and Q = N(0, σ²): L = (2x − 1)/2σ².</summary>
internal sealed class GaussianPair(double noiseMultiplier) : LossPair
{
    private readonly double half = 0.5 / noiseMultiplier;
    private Edge last = new(double.NaN, default, default), before = new(double.NaN, default, default);

    public double NoiseMultiplier => noiseMultiplier;

    public override double HighestLoss(double logTail) => Math.Max(0, (NormalTails.UpperQuantile(Math.Exp(logTail)) + half) / noiseMultiplier);

    public override LossMass Between(double from, double to)
    {
        Edge low = EdgeAt(from), high = EdgeAt(to);
        (double p, double errorP) = Mass(low.P, high.P);
        (double q, double errorQ) = Mass(low.Q, high.Q);
        return new LossMass(p, q, errorP + errorQ);
    }

    // Neighbouring cells share an edge: the last two are remembered.
    private Edge EdgeAt(double loss)
    {
        if (loss == last.Loss) return last;
        if (loss == before.Loss) return before;
        before = last;
        return last = new Edge(loss, Tail.Of((noiseMultiplier * loss) - half), Tail.Of((noiseMultiplier * loss) + half));
    }

    // The difference of two tails on one side, whose size says how much rounding the difference holds.
    private static (double Mass, double Error) Mass(Tail a, Tail b)
    {
        double mass = a.IsUpper == b.IsUpper ? Math.Abs(a.Size - b.Size) : 1 - a.Size - b.Size, largest = a.IsUpper == b.IsUpper ? Math.Max(a.Size, b.Size) : 1;
        return (mass, mass > 0 ? 8e-16 * largest / mass : 1);
    }

    private readonly record struct Edge(double Loss, Tail P, Tail Q);

    /// <summary>The smaller side of a point under the normal law.</summary>
    private readonly record struct Tail(double Size, bool IsUpper)
    {
        public static Tail Of(double t) => new(NormalTails.Upper(Math.Abs(t)), t >= 0);
    }
}

/// <summary>Laplace noise of scale b at sensitivity one: atoms at ±1/b and an exponential density between.</summary>
internal sealed class LaplacePair(double noiseMultiplier) : LossPair
{
    private readonly double epsilon = 1 / noiseMultiplier;

    public double PureEpsilon => epsilon;

    public override IReadOnlyList<LossAtom> Atoms => [new(epsilon, -Math.Log(2)), new(-epsilon, -Math.Log(2) - epsilon)];

    public override double HighestLoss(double logTail) => epsilon;

    // L = ε(1 − 2x) for noise at x in (0, 1): P has density (ε/2)e^(−εx), Q has (ε/2)e^(−ε(1−x)).
    public override LossMass Between(double from, double to)
    {
        (from, to) = (Math.Max(from, -epsilon), Math.Min(to, epsilon));
        if (from >= to) return default;
        double width = (to - from) / 2, grown = LogDomain.Expm1(width);
        return new LossMass(0.5 * Math.Exp(-(epsilon - from) / 2) * grown, 0.5 * Math.Exp(-(epsilon + to) / 2) * grown, 1e-15);
    }
}

/// <summary>Finitely many outcomes.</summary>
internal sealed class AtomicPair(IReadOnlyList<LossAtom> atoms, LossLattice? lattice, double leftOver = 0) : LossPair
{
    private const double Nats = 95;

    public override IReadOnlyList<LossAtom> Atoms => atoms;

    public override LossLattice? Lattice => lattice;

    public override double LeftOver => leftOver;

    public static AtomicPair DiscreteGaussian(double scale, int sensitivity)
    {
        double square = scale * scale, normalizer = DiscreteGaussianAccounting.LogNormalizer(scale);
        Require.Cells(2 * scale * Math.Sqrt(2 * Nats));
        int reach = (int)Math.Ceiling(scale * Math.Sqrt(2 * Nats)) + 1;
        LossAtom[] atoms = [.. Enumerable.Range(-reach, (2 * reach) + 1).Select(x => new LossAtom(sensitivity * (sensitivity + (2.0 * x)) / (2 * square), -((double)x * x / (2 * square)) - normalizer))];
        double spacing = sensitivity / square, offset = sensitivity * (double)sensitivity / (2 * square);
        return new AtomicPair(atoms, new LossLattice(offset, spacing), 2 * Math.Exp(DiscreteGaussianAccounting.LogUpperTail(scale, reach + 1)));
    }

    public static AtomicPair DiscreteLaplace(double decay, int sensitivity)
    {
        Require.Cells(sensitivity);
        List<LossAtom> atoms = [new(decay * sensitivity, Math.Log(DiscreteLaplaceAccounting.Cumulative(decay, 0)))];
        for (int x = 1; x < sensitivity; x++) atoms.Add(new(decay * (sensitivity - (2.0 * x)), DiscreteLaplaceAccounting.LogProbability(decay, x)));
        atoms.Add(new(-decay * sensitivity, Math.Log(DiscreteLaplaceAccounting.Cumulative(decay, -sensitivity))));
        return new AtomicPair(atoms, new LossLattice(-decay * sensitivity, 2 * decay));
    }

    public static AtomicPair RandomizedResponse(double epsilon, int answers)
    {
        double logTruth = -LogDomain.Log1p((answers - 1) * Math.Exp(-epsilon));
        List<LossAtom> atoms = [new(epsilon, logTruth), new(-epsilon, logTruth - epsilon)];
        if (answers > 2) atoms.Add(new(0, Math.Log(answers - 2) + logTruth - epsilon));
        return new AtomicPair(atoms, new LossLattice(-epsilon, answers > 2 ? epsilon : 2 * epsilon));
    }

    /// <summary>The pair that dominates every (ε, δ)-private mechanism (Kairouz, Oh and Viswanath 2015).</summary>
    public static AtomicPair Approximate(double epsilon, double delta)
    {
        double logRest = LogDomain.Log1p(-delta), logTruth = -LogDomain.Softplus(-epsilon);
        LossAtom[] atoms = epsilon == 0 ? [new(0, logRest)] : [new(epsilon, logRest + logTruth), new(-epsilon, logRest + logTruth - epsilon)];
        return new AtomicPair(atoms, epsilon == 0 ? null : new LossLattice(-epsilon, 2 * epsilon), delta);
    }

    public static AtomicPair Skellam(double variance, int sensitivity)
    {
        int reach = SkellamTable.ReachOf(variance, Nats);
        SkellamTable table = new(variance, reach + sensitivity);
        LossAtom[] atoms = [.. Enumerable.Range(-reach, (2 * reach) + 1).Select(x => new LossAtom(table.LogProbability(x) - table.LogProbability(x + sensitivity), table.LogProbability(x)))];
        return new AtomicPair(atoms, null, Math.Exp(-Nats));
    }

    public override double HighestLoss(double logTail)
    {
        double highest = double.NegativeInfinity;
        foreach (LossAtom atom in atoms) highest = Math.Max(highest, atom.Loss);
        return Math.Max(highest, 0);
    }

    public override LossMass Between(double from, double to) => default;

    /// <summary>D_α of the pair.</summary>
    public double Renyi(double order) => LogDomain.Sum([.. atoms.Select(atom => atom.LogProbability + ((order - 1) * atom.Loss))]) / (order - 1);
}
