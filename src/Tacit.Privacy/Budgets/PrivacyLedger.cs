using System.Threading;
using Tacit.Privacy.Accounting;
using Tacit.Privacy.Accounting.Events;

namespace Tacit.Privacy.Budgets;

/// <summary>What a participant's data sets have been charged, over all jobs: append-only, hash-chained, written before noise is drawn.</summary>
/// <remarks>
/// A charge is compared with the ceiling and written under one lock, so two rounds at a time cannot both take the last of a budget. Costs are
/// composed by the Rényi accountant, adaptively and over different mechanisms. Cutting entries off the end cannot be seen from the file
/// alone: keep <see cref="Head"/> elsewhere, as receipts do. Thread-safe.
/// </remarks>
public sealed class PrivacyLedger
{
    private readonly ILedgerStore store;
    private readonly Lock gate = new();
    private readonly List<LedgerEntry> entries = [];
    private bool unsure;   // whether a line that could not be acknowledged is there

    private PrivacyLedger(ILedgerStore store) => this.store = store;

    /// <summary>The hash of the last entry.</summary>
    public string Head
    {
        get
        {
            lock (gate) return entries.Count == 0 ? LedgerEntry.Genesis : entries[^1].Hash;
        }
    }

    /// <summary>All entries.</summary>
    public IReadOnlyList<LedgerEntry> Entries
    {
        get
        {
            lock (gate) return [.. entries];
        }
    }

    /// <summary>Reads and verifies a ledger.</summary>
    /// <param name="store">Where it is kept.</param>
    /// <exception cref="LedgerCorruptException">A line was changed, removed or added by somebody else.</exception>
    public static PrivacyLedger Open(ILedgerStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        PrivacyLedger ledger = new(store);
        ledger.Read();
        return ledger;
    }

    /// <summary>What a data set has cost each unit of it.</summary>
    /// <param name="dataSet">Its name.</param>
    /// <param name="unit">What is protected.</param>
    /// <param name="delta">In (0, 1).</param>
    public LedgerBalance Balance(string dataSet, string unit, double delta)
    {
        lock (gate) return BalanceWith(dataSet, unit, delta, null);
    }

    /// <summary>What a charge would bring a data set to; nothing is charged.</summary>
    /// <param name="charge">What might happen.</param>
    /// <param name="delta">In (0, 1).</param>
    public LedgerBalance After(LedgerCharge charge, double delta)
    {
        ArgumentNullException.ThrowIfNull(charge);
        lock (gate) return BalanceWith(charge.DataSet, charge.Unit, delta, charge);
    }

    /// <summary>Charges a data set, or refuses and writes nothing.</summary>
    /// <param name="charge">What is about to happen.</param>
    /// <param name="ceiling">What the data set may cost in all.</param>
    /// <returns>The entry, which is on disk.</returns>
    /// <exception cref="BudgetExceededException">The charge would pass the ceiling.</exception>
    /// <exception cref="ArgumentException">A name is none, or the event has no text.</exception>
    public LedgerEntry Spend(LedgerCharge charge, PrivacyCeiling ceiling)
    {
        ArgumentNullException.ThrowIfNull(charge);
        ArgumentNullException.ThrowIfNull(ceiling);
        if (!LedgerEntry.IsName(charge.DataSet) || !LedgerEntry.IsName(charge.Unit) || !LedgerEntry.IsName(charge.Job)) throw new ArgumentException($"{charge.DataSet}, {charge.Unit} and {charge.Job} must each be 1 to 100 letters, digits, dots, dashes or underscores.", nameof(charge));
        lock (gate)
        {
            if (unsure) Read();
            LedgerBalance after = BalanceWith(charge.DataSet, charge.Unit, ceiling.Delta, charge);
            if (!(after.Readers <= ceiling.Epsilon * (1 + 1e-9)) || !(after.Coordinator <= (ceiling.CoordinatorEpsilon ?? double.PositiveInfinity)))
            {
                throw new BudgetExceededException(BalanceWith(charge.DataSet, charge.Unit, ceiling.Delta, null), after, ceiling);
            }

            LedgerEntry entry = new(entries.Count + 1, charge.DataSet, charge.Unit, charge.Job, charge.Round, charge.Readers, charge.Coordinator, entries.Count == 0 ? LedgerEntry.Genesis : entries[^1].Hash);
            unsure = true;
            store.Append(entry.ToLine());   // a failure here leaves at most a line that counts on disk: it is read before the next charge
            unsure = false;
            entries.Add(entry);
            return entry;
        }
    }

    private void Read()
    {
        entries.Clear();
        foreach (string line in store.ReadAll())
        {
            long number = entries.Count + 1;
            if (!LedgerEntry.TryRead(line, out LedgerEntry? entry, out string problem)) throw new LedgerCorruptException(number, problem);
            if (entry!.Index != number) throw new LedgerCorruptException(number, $"index is {entry.Index} instead of {number}");
            if (entry.Previous != Head) throw new LedgerCorruptException(number, "previous is not the hash of the line before");
            entries.Add(entry);
        }

        unsure = false;
    }

    private LedgerBalance BalanceWith(string dataSet, string unit, double delta, LedgerCharge? charge)
    {
        LedgerEntry[] own = [.. entries.Where(entry => entry.DataSet == dataSet && entry.Unit == unit)];
        return new LedgerBalance(
            Compose(own.Select(entry => entry.Readers), charge?.Readers, delta), Compose(own.Select(entry => entry.Coordinator), charge?.Coordinator, delta), own.Length);
    }

    private static double Compose(IEnumerable<PrivacyEvent> events, PrivacyEvent? more, double delta)
    {
        IEnumerable<PrivacyEvent> all = more is null ? events : events.Append(more);
        RenyiAccountant renyi = new(NeighboringRelation.AddOrRemoveOne);
        ConcentratedAccountant? concentrated = new(NeighboringRelation.AddOrRemoveOne);
        bool any = false;
        foreach (IGrouping<PrivacyEvent, PrivacyEvent> same in all.GroupBy(happened => happened))
        {
            renyi.Compose(same.Key, same.Count());
            if (concentrated?.TryCompose(same.Key, same.Count(), out _) == false) concentrated = null;
            any = true;
        }

        // Both are upper bounds of the same; plans are made with the second one where it is known.
        return !any ? 0 : Math.Min(renyi.Epsilon(delta), concentrated?.Epsilon(delta) ?? double.PositiveInfinity);
    }
}

/// <summary>What is about to be done with a data set.</summary>
/// <param name="DataSet">Which.</param>
/// <param name="Unit">What is protected: <c>example</c>, <c>participant</c>, <c>shard-of-8</c>. Charges to different units have budgets of their own.</param>
/// <param name="Job">By which job.</param>
/// <param name="Round">In which round.</param>
/// <param name="Readers">What it costs against readers of the models: sampled, where the draw is hidden from them.</param>
/// <param name="Coordinator">What it costs against the coordinator, who knows the draw.</param>
public sealed record LedgerCharge(string DataSet, string Unit, string Job, long Round, PrivacyEvent Readers, PrivacyEvent Coordinator);
