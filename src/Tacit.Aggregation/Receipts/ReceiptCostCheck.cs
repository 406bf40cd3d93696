using System.Collections.Immutable;

namespace Tacit.Aggregation.Receipts;

/// <summary>Adds up the events of a chain for one observer and compares with what the receipts state.</summary>
/// <param name="observer"><c>readers</c> or <c>coordinator</c>.</param>
/// <param name="whole">Whether the chain is there from its first receipt.</param>
internal sealed class ReceiptCostCheck(string observer, bool whole)
{
    // The numerical accountant's answers are this exact, so that a part of a chain may seem to cost more than the whole.
    private const double PartRounding = 1e-3;

    private ReceiptAccount account = new();

    public void Next(ReceiptCost cost, double delta, FindingList found)
    {
        string events = $"{observer}_events", epsilon = $"{observer}_epsilon", accountant = $"{observer}_accountant";
        if (cost.Accountant == ReceiptAccount.NoBound)
        {
            account = account.WithoutBound();
            found.Check(events, cost.Events.IsEmpty, "", "events are listed where nothing bounds what was learned");
            found.Check(epsilon, cost.Epsilon is null, "nothing bounds what was learned", "it is stated where nothing bounds what was learned");
            return;
        }

        if (!found.Check(accountant, !account.IsUnbounded, "", "it gives a bound after a receipt without one")) return;
        if (!TryAdd(cost.Events)) found.Wrong(events, "they are no events that a receipt can hold");
        else if (cost.Epsilon is not { } stated) found.Wrong(epsilon, "it is missing");
        else Compare(stated, cost.Accountant, account.Epsilon(cost.Accountant, delta), found, epsilon, accountant);
    }

    private void Compare(double stated, string by, double? recomputed, FindingList found, string epsilon, string accountant)
    {
        if (recomputed is not { } value) found.Wrong(accountant, $"{by} proves nothing about these events");
        else if (!whole && stated < value * (1 - PartRounding)) found.Wrong(epsilon, FormattableString.Invariant($"it is {stated:R}; this round's events alone cost {value:R}"));
        else if (!whole) found.Add(epsilon, ReceiptVerdict.Unchecked, "the events before it are not at hand; it is not below what this round's alone cost");
        else if (stated < value * (1 - ReceiptVerifier.Rounding)) found.Wrong(epsilon, FormattableString.Invariant($"it is {stated:R}; the events so far cost {value:R} by {by}: it is understated"));
        else found.Check(epsilon, stated <= value * (1 + ReceiptVerifier.Rounding), "recomputed from the events", FormattableString.Invariant($"it is {stated:R}; the events so far cost {value:R} by {by}"));
    }

    private bool TryAdd(ImmutableArray<string> events)
    {
        if (!events.All(text => ReceiptAccount.TryReadEvent(text, out _))) return false;
        account = account.With(events);
        return true;
    }
}
