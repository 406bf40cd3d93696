using System.Collections.Immutable;
using Tacit.Privacy.Accounting.Events;
using Tacit.Privacy.Accounting.Renyi;

namespace Tacit.Privacy.Accounting;

/// <summary>Adds up Rényi divergences at fixed orders.</summary>
/// <remarks>Mironov 2017; sampled mechanisms exactly (Mironov, Talwar and Zhang 2019), conversion by Canonne, Kamath and Steinke 2020.</remarks>
public sealed class RenyiAccountant : IPrivacyAccountant
{
    private readonly double[] divergences;

    /// <summary>An accountant of nothing yet.</summary>
    /// <param name="relation">What neighbouring means.</param>
    /// <param name="orders">Each above 1; <see cref="RenyiOrders.Default"/> if not given.</param>
    public RenyiAccountant(NeighboringRelation relation, ImmutableArray<double> orders = default)
    {
        Relation = relation;
        Orders = orders.IsDefault ? RenyiOrders.Default : orders;
        divergences = new double[Orders.Length];
    }

    /// <inheritdoc/>
    public NeighboringRelation Relation { get; }

    /// <summary>α of each divergence.</summary>
    public ImmutableArray<double> Orders { get; }

    /// <summary>D_α so far, one an order, in nats.</summary>
    public IReadOnlyList<double> Divergences => divergences;

    /// <inheritdoc/>
    public bool TryCompose(PrivacyEvent happened, long count, out string refusal)
    {
        double[] added = new double[divergences.Length];
        foreach ((PrivacyEvent part, long times) in EventComposition.Flatten(happened, count))
        {
            if (EventComposition.Refusal(part, Relation) is { } mismatch)
            {
                refusal = mismatch;
                return false;
            }

            if (EventDivergence.Curve(part) is not { } curve)
            {
                refusal = $"no Rényi divergence is proved here for {part}";
                return false;
            }

            for (int i = 0; i < added.Length; i++) added[i] += times * curve(Orders[i]);
        }

        for (int i = 0; i < added.Length; i++) divergences[i] += added[i];
        refusal = "";
        return true;
    }

    /// <summary>Adds a curve that the caller has proved; for mechanisms that have no event.</summary>
    /// <param name="curve">α ↦ D_α ≥ 0, in nats.</param>
    public void AddDivergences(Func<double, double> curve)
    {
        ArgumentNullException.ThrowIfNull(curve);
        for (int i = 0; i < divergences.Length; i++) divergences[i] += curve(Orders[i]);
    }

    /// <inheritdoc/>
    public double Epsilon(double delta) => BestEpsilon(delta).Epsilon;

    /// <summary>The least ε at δ and its order.</summary>
    /// <param name="delta">In (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="delta"/> is outside its range.</exception>
    public EpsilonAtOrder BestEpsilon(double delta)
    {
        Require.Delta(delta);
        return Best(i => RenyiConversion.Epsilon(Orders[i], divergences[i], delta));
    }

    /// <summary>The least ε at δ by the older conversion, and its order.</summary>
    /// <param name="delta">In (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="delta"/> is outside its range.</exception>
    public EpsilonAtOrder BestClassicEpsilon(double delta)
    {
        Require.Delta(delta);
        return Best(i => RenyiConversion.ClassicEpsilon(Orders[i], divergences[i], delta));
    }

    /// <inheritdoc/>
    public double Delta(double epsilon)
    {
        Require.NotNegative(epsilon, nameof(epsilon));
        return Math.Exp(Enumerable.Range(0, Orders.Length).Min(i => RenyiConversion.LogDelta(Orders[i], divergences[i], epsilon)));
    }

    private EpsilonAtOrder Best(Func<int, double> epsilonAt)
    {
        EpsilonAtOrder best = new(double.PositiveInfinity, double.NaN);
        for (int i = 0; i < Orders.Length; i++)
        {
            double epsilon = epsilonAt(i);
            if (epsilon < best.Epsilon) best = new EpsilonAtOrder(epsilon, Orders[i]);
        }

        return best;
    }
}
