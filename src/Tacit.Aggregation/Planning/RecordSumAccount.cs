using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Privacy.Accounting.Events;

namespace Tacit.Aggregation.Planning;

/// <summary>Adds up what noised sums over records cost one record, added or removed, for readers of all results and for the coordinator.</summary>
/// <param name="delta">δ, in (0, 1).</param>
/// <remarks>
/// Rounds may be chosen by the results of earlier ones, as long as their bounds and their noise relative to them hold. Not thread-safe. Sampling from
/// tables is taken as exact: it adds 2⁻¹⁰⁰ a draw at most (decision 0007).
/// </remarks>
public sealed class RecordSumAccount(double delta)
{
    private RecordSumCost readers = RecordSumCost.None, coordinator = RecordSumCost.None;
    private ImmutableArray<PrivacyEvent> readerEvents = [], coordinatorEvents = [];
    private bool trusted;
    private RecordSumSpending? spent;

    /// <summary>δ.</summary>
    public double Delta { get; } = delta is > 0 and < 1 ? delta : throw new ArgumentOutOfRangeException(nameof(delta), delta, "delta must be in (0, 1)");

    /// <summary>Sums so far.</summary>
    public int Rounds { get; private set; }

    /// <summary>What has been spent so far.</summary>
    public RecordSumSpending Spent => spent ??= Spending(readers, coordinator, trusted, readerEvents, coordinatorEvents);

    /// <summary>What will have been spent after more rounds; nothing is charged.</summary>
    /// <param name="plan">Of each of them.</param>
    /// <param name="shares">Noise shares in each sum that its readers do not know: at least the plan's fewest, or what it promises is lost.</param>
    /// <param name="rounds">How many.</param>
    /// <exception cref="FailureException">The plan cannot be kept.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are more shares than participants.</exception>
    /// <returns>Infinite, and without an event, where so little noise proves nothing.</returns>
    public RecordSumSpending After(RecordSumPlan plan, int shares, int rounds = 1)
    {
        Check(plan, shares);
        RecordSumAccount next = new(Delta) { readers = readers, coordinator = coordinator, readerEvents = readerEvents, coordinatorEvents = coordinatorEvents, trusted = trusted };
        next.Add(plan, shares, rounds);
        return next.Spent;
    }

    /// <summary>Charges rounds. Do so, durably, before their sums are used.</summary>
    /// <param name="plan">Of each of them.</param>
    /// <param name="shares">Noise shares in each sum that its readers do not know; ignored where noise is central.</param>
    /// <param name="rounds">How many.</param>
    /// <exception cref="FailureException"><see cref="FailureCodes.NoiseTooSmall"/>: so little noise proves nothing; nothing is charged and the sum must not be opened.</exception>
    public RecordSumSpending Charge(RecordSumPlan plan, int shares, int rounds = 1)
    {
        Check(plan, shares);
        if (!RecordSumCost.Of(plan, shares).IsFinite) throw new FailureException(FailureCodes.NoiseTooSmall, $"{shares} honest shares of noise are in the sum; the plan needs {plan.NoiseShares}: the sum must not be used");
        Add(plan, shares, rounds);
        return Spent;
    }

    private static void Check(RecordSumPlan plan, int shares)
    {
        ArgumentNullException.ThrowIfNull(plan);
        plan.Validate();
        if (plan.Placement == NoisePlacement.Distributed) ArgumentOutOfRangeException.ThrowIfGreaterThan(shares, plan.Participants);
    }

    private void Add(RecordSumPlan plan, int shares, int rounds)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rounds);
        RecordSumCost present = RecordSumCost.Of(plan, shares), least = RecordSumCost.Of(plan, Math.Min(shares, plan.NoiseShares));
        Rounds = checked(Rounds + rounds);
        trusted |= plan.Placement == NoisePlacement.Central;
        (readers, coordinator, spent) = (readers.Plus(present, rounds), coordinator.Plus(least, rounds), null);
        readerEvents = readerEvents.AddRange(Events(present, rounds));
        coordinatorEvents = coordinatorEvents.AddRange(Events(least, rounds));
    }

    private static ImmutableArray<PrivacyEvent> Events(RecordSumCost cost, int rounds)
    {
        if (!cost.IsFinite) return [];
        PrivacyEvent one = cost.ToEvent();
        return [rounds == 1 ? one : new SelfComposedEvent(one, rounds)];
    }

    private RecordSumSpending Spending(RecordSumCost present, RecordSumCost least, bool central, ImmutableArray<PrivacyEvent> all, ImmutableArray<PrivacyEvent> certain)
    {
        (double promised, string accountant) = RecordSumCurve.Best(least, Delta);
        bool alike = (present.SquaredMu, present.Distance, present.Rho, present.Pure) == (least.SquaredMu, least.Distance, least.Rho, least.Pure);
        (double seen, string by) = alike ? (promised, accountant) : RecordSumCurve.Best(present, Delta);
        if (promised < seen) (seen, by) = (promised, accountant);   // more noise is never worse: what is proved of less holds too
        return new RecordSumSpending(seen, central ? null : promised, central ? by : accountant, certain) { ReaderEvents = all, ReadersAccountant = by };
    }
}

/// <summary>ε at an account's δ, for one record added or removed.</summary>
/// <param name="Readers">Against readers of all results, with the noise that was there.</param>
/// <param name="Coordinator">Against the coordinator and the colluders that are tolerated, who know all noise but the fewest honest shares. Null where any sum was opened to it without noise.</param>
/// <param name="Accountant">Whose the promise is: <c>gaussian</c>, <c>zcdp</c>, <c>pld</c>, <c>pure</c>, or <c>none</c> where noise was missing.</param>
/// <param name="Events">What happened, with the fewest honest shares; one event a charge.</param>
public sealed record RecordSumSpending(double Readers, double? Coordinator, string Accountant, ImmutableArray<PrivacyEvent> Events)
{
    /// <summary>What happened, with the shares that were there.</summary>
    public ImmutableArray<PrivacyEvent> ReaderEvents { get; init; } = [];

    /// <summary>Whose the number against readers is.</summary>
    public string ReadersAccountant { get; init; } = Accountant;

    /// <summary>The promise: against the coordinator, or against readers where the coordinator is trusted.</summary>
    public double Epsilon => Coordinator ?? Readers;
}
