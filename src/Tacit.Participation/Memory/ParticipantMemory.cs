using System.IO;
using System.Text;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Federation.Offers;
using Tacit.Privacy.Accounting.Events;
using Tacit.Privacy.Budgets;
using Tacit.Storage.Files;

namespace Tacit.Participation.Memory;

/// <summary>What a participant must not forget: the rounds it began, and what its data was charged. Written and flushed before noise is drawn.</summary>
/// <remarks>In a folder that only its owner can read and one process at a time has open, or in memory. Not thread-safe.</remarks>
internal sealed class ParticipantMemory : IDisposable
{
    private const string LedgerName = "ledger", RoundsName = "rounds";

    private readonly HashSet<string> begun = new(StringComparer.Ordinal);
    private readonly LedgerFile? file;
    private readonly FileStream? rounds;
    private readonly string dataSet;
    private readonly PrivacyLedger ledger;

    private ParticipantMemory(LedgerFile? file, FileStream? rounds, string dataSet)
    {
        (this.file, this.rounds, this.dataSet) = (file, rounds, dataSet);
        try
        {
            ledger = PrivacyLedger.Open(file is null ? new MemoryLedger() : file);
        }
        catch (LedgerCorruptException problem)
        {
            throw new FailureException(FailureCodes.LedgerCorrupt, problem.Message, problem);
        }
    }

    /// <summary>Rounds that were begun, in this process and before.</summary>
    public long Rounds => begun.Count;

    /// <summary>What the data was charged.</summary>
    public PrivacyLedger Ledger => ledger;

    /// <summary>Opens a participant's folder, or memory without one.</summary>
    /// <exception cref="FailureException">FILE_ACCESS: another process has it open. LEDGER_CORRUPT.</exception>
    public static ParticipantMemory Open(string? folder, string dataSet)
    {
        if (!LedgerEntry.IsName(dataSet)) throw new FailureException(FailureCodes.InvalidValue, $"data-set is {dataSet}; it must be 1 to 100 letters, digits, dots, dashes or underscores");
        if (folder is null) return new ParticipantMemory(null, null, dataSet);
        PrivateFolder.Create(folder);
        LedgerFile file = LedgerFile.Open(Path.Combine(folder, LedgerName));
        FileStream? rounds = null;
        try
        {
            rounds = PrivateFolder.OpenFile(Path.Combine(folder, RoundsName));
            ParticipantMemory memory = new(file, rounds, dataSet);
            memory.ReadRounds();
            return memory;
        }
        catch (Exception problem)
        {
            rounds?.Dispose();
            file.Dispose();
            if (problem is IOException or UnauthorizedAccessException) throw new FailureException(FailureCodes.FileAccess, $"{RoundsName} cannot be opened: {problem.Message.ReplaceLineEndings(" ")}", problem);
            throw;
        }
    }

    /// <summary>Refuses an offer that even at best would pass the ceiling: before anything is computed.</summary>
    /// <exception cref="FailureException">PRIVACY_BUDGET_EXCEEDED.</exception>
    public void ThrowIfBeyond(RoundOffer offer, ParticipantPolicy policy)
    {
        if (policy.Ceiling is { } ceiling && ContributionCharge.AtBest(offer, policy) is { } cost) ThrowIfBeyond(offer, cost, ceiling);
    }

    private void ThrowIfBeyond(RoundOffer offer, PrivacyEvent cost, PrivacyCeiling ceiling)
    {
        string unit = ContributionCharge.UnitOf(offer.Plan);
        LedgerBalance after = ledger.After(new LedgerCharge(dataSet, unit, JobOf(offer), offer.Round, cost, cost), ceiling.Delta);
        if (after.Readers > ceiling.Epsilon * (1 + 1e-9)) throw Exceeded(offer, ledger.Balance(dataSet, unit, ceiling.Delta), after, ceiling);
    }

    /// <summary>Begins a round: written down, so that it is never begun again, and charged. Both before noise is drawn: a crash costs a round and budget, never privacy.</summary>
    /// <exception cref="FailureException">ROUND_REPEATED or PRIVACY_BUDGET_EXCEEDED: nothing was contributed.</exception>
    public void Begin(RoundOffer offer, RoundTerms terms, ParticipantPolicy policy)
    {
        string id = Convert.ToHexStringLower(terms.Id.ToArray());
        if (begun.Contains(id)) throw new FailureException(FailureCodes.RoundRepeated, $"round {terms.Round} of {terms.Job} was begun before: two contributions under one key would show the difference");
        PrivacyEvent? cost = ContributionCharge.Of(offer, terms, policy);
        PrivacyCeiling ceiling = policy.Ceiling ?? new PrivacyCeiling(double.PositiveInfinity, 1e-5);
        if (cost is not null) ThrowIfBeyond(offer, cost, ceiling);   // before the round counts: a refusal costs nothing
        if (rounds is not null)
        {
            rounds.Position = rounds.Length;
            rounds.Write(Encoding.ASCII.GetBytes(id + "\n"));
            rounds.Flush(flushToDisk: true);
        }

        begun.Add(id);
        if (cost is null) return;
        try
        {
            ledger.Spend(new LedgerCharge(dataSet, ContributionCharge.UnitOf(offer.Plan), JobOf(offer), offer.Round, cost, cost), ceiling);
        }
        catch (BudgetExceededException refused)
        {
            throw Exceeded(offer, refused.Spent, refused.After, ceiling);
        }
    }

    /// <summary>What a round was charged; null if it was not.</summary>
    public PrivacyEvent? ChargeOf(string job, long round) => ledger.Entries.LastOrDefault(entry => entry.Job == job && entry.Round == round)?.Coordinator;

    public void Dispose()
    {
        rounds?.Dispose();
        file?.Dispose();
    }

    private static FailureException Exceeded(RoundOffer offer, LedgerBalance spent, LedgerBalance after, PrivacyCeiling ceiling) => new(
        FailureCodes.PrivacyBudgetExceeded, FormattableString.Invariant($"round {offer.Round} would bring epsilon to {after.Readers:g4} at delta {ceiling.Delta:g3}; the policy allows {ceiling.Epsilon:g4}, and {spent.Readers:g4} is spent"));

    private static string JobOf(RoundOffer offer) => LedgerEntry.IsName(offer.Job) ? offer.Job : throw new FailureException(FailureCodes.TermsRefused, "the job's name is none: it must be 1 to 100 letters, digits, dots, dashes or underscores");

    // A last line without its end was cut off by a crash: the round had not been begun.
    private void ReadRounds()
    {
        byte[] content = new byte[rounds!.Length];
        rounds.ReadExactly(content);
        int whole = Array.LastIndexOf(content, (byte)'\n') + 1;
        if (whole < content.Length) rounds.SetLength(whole);
        foreach (string line in Encoding.ASCII.GetString(content, 0, whole).Split('\n', StringSplitOptions.RemoveEmptyEntries)) begun.Add(line.TrimEnd('\r'));
    }

    private sealed class MemoryLedger : ILedgerStore
    {
        public IReadOnlyList<string> ReadAll() => [];

        public void Append(string line)
        {
            // the ledger itself holds it
        }
    }
}
