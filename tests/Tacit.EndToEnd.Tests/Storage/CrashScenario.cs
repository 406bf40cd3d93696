using System.Globalization;
using System.Text;
using System.Threading;
using Tacit.Privacy.Accounting.Events;
using Tacit.Privacy.Budgets;
using Tacit.Storage;
using Tacit.Storage.Checkpoints;
using Tacit.Storage.Jobs;
using Tacit.Storage.Receipts;
using Tacit.Storage.Roster;
using Tacit.Storage.Rounds;

namespace Tacit.EndToEnd.Tests.Storage;

/// <summary>A coordinator's life in short: every kind of write, each of which may be repeated after a crash.</summary>
internal static class CrashScenario
{
    public const string Ledger = "main";

    private static readonly Change by = new("coordinator", TestDatabase.Noon);
    private static readonly byte[] invite = StorageContract.Bytes(32, 1), key = StorageContract.Bytes(65, 2), newKey = StorageContract.Bytes(65, 3);

    /// <summary>Runs all of it.</summary>
    /// <param name="store">Opened.</param>
    /// <param name="acknowledged">Told the name of each write after it returned.</param>
    public static async Task RunAsync(ICoordinatorStore store, Action<string> acknowledged)
    {
        CancellationToken none = CancellationToken.None;
        await Step("claim", () => store.ClaimAsync(by, none));
        await Step("invite", () => store.Roster.InviteAsync("north", RosterRoles.Participant, invite, null, by, none));
        await Step("join", () => store.Roster.JoinAsync(invite, key, by, none), await Generation() < 2);
        await Step("approve", () => store.Roster.ApproveAsync("north", key, by, none), await Generation() < 2);
        await Step("rotate", () => store.Roster.RotateKeyAsync("north", newKey, by, none));
        await Step("job", () => store.Jobs.AddAsync("har", "name: har\n", key.AsMemory(0, 32), by, none));
        await Step("start", () => store.Jobs.MoveAsync("har", JobState.Running, "", by, none), (await store.Jobs.FindAsync("har", none))!.State == JobState.Planned);
        await Step("model 0", () => store.Checkpoints.SaveAsync("har", 0, StorageContract.Bytes(5000, 1), by, none));
        await Step("begin", () => store.Rounds.BeginAsync("har", 1, "r1", StorageContract.Bytes(100, 4), by, none));
        await Step("phase", () => store.Rounds.AddPhaseAsync(new PhaseRecord("har", 1, 0, "AdvertiseKeys", StorageContract.Bytes(100, 5), TestDatabase.Noon, TestDatabase.Noon), by, none));
        PrivacyLedger ledger = PrivacyLedger.Open(store.Ledger(Ledger, "coordinator", TimeProvider.System));
        await Step("charge", () => Task.Run(() => ledger.Spend(new LedgerCharge("data", "participant", "har", 1, new GaussianEvent(5), new GaussianEvent(5)), new PrivacyCeiling(8, 1e-6))), ledger.Entries.Count == 0);
        await Step("finish", () => store.Rounds.FinishAsync(new RoundEnd("har", 1, true, "", ["north"], "root", StorageContract.Bytes(5000, 6)), by, none));
        await Step("receipts", () => store.Receipts.AddAsync([new ReceiptRecord("har", 1, "north", StorageContract.Bytes(300, 7)), new ReceiptRecord("har", 1, "south", StorageContract.Bytes(300, 8))], by, none));
        await Step("prune", () => store.Checkpoints.PruneAsync("har", 1, by, none));
        await Step("end", () => store.Jobs.MoveAsync("har", JobState.Finished, "done", by, none));

        async Task<long> Generation() => (await store.Roster.FindAsync("north", none))?.Generation ?? 0;

        async Task Step(string name, Func<Task> write, bool needed = true)
        {
            if (needed) await write();
            acknowledged(name);
        }
    }

    /// <summary>All that is stored but the audit log, as text: two equal texts are two equal stores.</summary>
    public static async Task<string> DescribeAsync(ICoordinatorStore store)
    {
        CancellationToken none = CancellationToken.None;
        StringBuilder text = new();
        foreach (RosterEntry entry in await store.Roster.ListAsync(none)) Add($"roster {entry.Name} {entry.State} {entry.Roles} {entry.Generation} {Hex(entry.PublicKey)}");
        foreach (JobRecord job in await store.Jobs.ListAsync(none)) Add($"job {job.Id} {job.Plan.Trim()} {job.PlanHash} {job.State} {job.Reason}");
        foreach (RoundRecord round in await store.Rounds.ListAsync("har", none)) Add($"round {round.Number} {round.RoundId} {Hex(round.Terms)} {round.State} {string.Join(' ', round.Survivors)} {round.TranscriptRoot}");
        foreach (PhaseRecord phase in await store.Rounds.PhasesAsync("har", 1, none)) Add($"phase {phase.Ordinal} {phase.Name} {Hex(phase.Body)}");
        foreach (Checkpoint listed in await store.Checkpoints.ListAsync("har", none)) Add($"model {listed.Number} {listed.Hash} {(await store.Checkpoints.FindAsync("har", listed.Number, none))!.Model.Length}");
        foreach (string name in new[] { "north", "south" })
        {
            foreach (ReceiptRecord receipt in await store.Receipts.ListAsync(name, none)) Add($"receipt {receipt.Participant} {Hex(receipt.Receipt)}");
        }

        foreach (LedgerEntry entry in PrivacyLedger.Open(store.Ledger(Ledger, "coordinator", TimeProvider.System)).Entries) Add($"ledger {entry.Hash}");
        return text.ToString();

        void Add(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
    }

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);
}
