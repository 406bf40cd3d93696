using System.Collections.Immutable;
using Tacit.Privacy.Accounting;
using Tacit.Privacy.Accounting.Events;
using Tacit.Privacy.Budgets;

namespace Tacit.Aggregation.Receipts;

/// <summary>ε from the events of a chain of receipts, the same at whoever signs and whoever verifies: events are counted, and composed in the order of their text.</summary>
/// <remarks>
/// Immutable, but accounts that come from one another share what they have computed: not thread-safe. A job's own account may know more than its events say and
/// then has a smaller ε; what a receipt states is what everybody can compute again.
/// </remarks>
public sealed class ReceiptAccount
{
    internal const string Nothing = "nothing";
    internal const string NoBound = "unbounded";

    private const long MostRepeats = 10_000_000;
    private const int MostShares = 1_000_000;
    private const int MostSteps = 1 << 20;

    private readonly Dictionary<string, RenyiAccountant?> known;
    private readonly ImmutableSortedDictionary<string, long> counts;
    private (double Delta, double? Epsilon, string Accountant)? least;

    private ReceiptAccount(ImmutableSortedDictionary<string, long> counts, Dictionary<string, RenyiAccountant?> known, bool unbounded) => (this.counts, this.known, IsUnbounded) = (counts, known, unbounded);

    /// <summary>Of nothing yet.</summary>
    public ReceiptAccount()
        : this(ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal), [], unbounded: false)
    {
    }

    /// <summary>Whether something happened that no ε bounds.</summary>
    public bool IsUnbounded { get; }

    internal static string[] Accountants { get; } = ["renyi", "zcdp", "pld", Nothing, NoBound];

    /// <summary>Reads an event that receipts are recomputed for.</summary>
    /// <param name="text">As <see cref="EventText"/> writes it.</param>
    /// <param name="happened">The event.</param>
    /// <returns>False for other text and for parameters so far out that composing them would take for ever.</returns>
    public static bool TryReadEvent(string text, out PrivacyEvent? happened) => EventText.TryRead(text, out happened) && IsWithin(happened!);

    /// <summary>More events.</summary>
    /// <param name="events">As text; none changes nothing.</param>
    /// <exception cref="ArgumentException">A text is no event, or beyond what receipts are recomputed for.</exception>
    public ReceiptAccount With(ImmutableArray<string> events)
    {
        ImmutableSortedDictionary<string, long> sum = counts;
        foreach (string text in events)
        {
            if (!TryReadEvent(text, out _)) throw new ArgumentException($"{text} is no event that a receipt can hold.", nameof(events));
            sum = sum.SetItem(text, checked(sum.GetValueOrDefault(text) + 1));
        }

        return events.IsEmpty ? this : new ReceiptAccount(sum, known, IsUnbounded);
    }

    /// <summary>Something that no ε bounds, such as a sum without noise.</summary>
    public ReceiptAccount WithoutBound() => IsUnbounded ? this : new ReceiptAccount(counts, known, unbounded: true);

    /// <summary>ε by a named accountant.</summary>
    /// <param name="accountant"><c>renyi</c>, <c>zcdp</c> or <c>pld</c>.</param>
    /// <param name="delta">In (0, 1).</param>
    /// <returns>Null where its proofs do not cover the events, or give no finite ε.</returns>
    public double? Epsilon(string accountant, double delta)
    {
        if (IsUnbounded || counts.IsEmpty) return IsUnbounded ? null : 0;
        try
        {
            double? epsilon = accountant switch
            {
                "renyi" => Renyi(delta),
                "zcdp" => Composed(new ConcentratedAccountant(NeighboringRelation.AddOrRemoveOne), delta),
                "pld" => Composed(new PrivacyLossAccountant(NeighboringRelation.AddOrRemoveOne), delta),
                _ => null,
            };
            return epsilon is { } value && double.IsFinite(value) ? value : null;
        }
        catch (Exception problem) when (problem is ArgumentException or ArithmeticException)
        {
            return null;   // parameters that no proof covers
        }
    }

    /// <summary>The least ε of all accountants, and whose it is.</summary>
    /// <param name="delta">In (0, 1).</param>
    public (double? Epsilon, string Accountant) Least(double delta)
    {
        if (IsUnbounded) return (null, NoBound);
        if (counts.IsEmpty) return (0, Nothing);
        if (least is not { } kept || kept.Delta != delta)
        {
            kept = (delta, null, NoBound);
            foreach (string accountant in Accountants[..3])
            {
                if (Epsilon(accountant, delta) is { } epsilon && !(epsilon >= kept.Epsilon)) kept = (delta, epsilon, accountant);
            }

            least = kept;
        }

        return (kept.Epsilon, kept.Accountant);
    }

    private double? Renyi(double delta)
    {
        RenyiAccountant total = new(NeighboringRelation.AddOrRemoveOne);
        double[] sums = new double[total.Orders.Length];
        foreach ((string text, long count) in counts)
        {
            if (One(text) is not { } one) return null;
            for (int i = 0; i < sums.Length; i++) sums[i] += count * one.Divergences[i];
        }

        int place = 0;
        total.AddDivergences(_ => sums[place++]);   // asked for once an order, in order
        return total.Epsilon(delta);
    }

    private RenyiAccountant? One(string text)
    {
        if (known.TryGetValue(text, out RenyiAccountant? one)) return one;
        one = new RenyiAccountant(NeighboringRelation.AddOrRemoveOne);
        if (!EventText.TryRead(text, out PrivacyEvent? happened) || !one.TryCompose(happened!, 1, out _)) one = null;
        known.Add(text, one);
        return one;
    }

    private double? Composed(IPrivacyAccountant accountant, double delta)
    {
        foreach ((string text, long count) in counts)
        {
            if (!EventText.TryRead(text, out PrivacyEvent? happened) || !accountant.TryCompose(happened!, count, out _)) return null;
        }

        return accountant.Epsilon(delta);
    }

    private static bool IsWithin(PrivacyEvent happened) => happened switch
    {
        GaussianEvent e => e.NoiseMultiplier is >= 1e-3 and <= 1e12,
        DiscreteLaplaceEvent e => e.Decay is >= 1e-12 and <= 1e4 && e.Sensitivity <= MostSteps,
        ZeroConcentratedEvent e => e.Rho is >= 1e-24 and <= 1e6,
        EpsilonDeltaEvent e => e.Epsilon <= 1e4,
        DistributedDiscreteGaussianEvent { Parameters: var p } => IsWithin(p.Shares, p.Clip, p.Granularity, p.Noise),
        DistributedSkellamEvent { Parameters: var p } => IsWithin(p.Shares, p.Clip, p.Granularity, p.Noise),
        JointEvent e => IsWithin(e.First) && IsWithin(e.Second),
        PoissonSampledEvent e => e.Rate >= 1e-9 && IsWithin(e.Mechanism),
        SelfComposedEvent e => e.Count <= MostRepeats && IsWithin(e.Repeated),
        _ => false,
    };

    private static bool IsWithin(int shares, params ReadOnlySpan<double> lengths)
    {
        foreach (double length in lengths)
        {
            if (length is not (>= 1e-60 and <= 1e60)) return false;
        }

        return shares <= MostShares;
    }
}
