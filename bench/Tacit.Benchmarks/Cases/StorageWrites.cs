using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Tacit.Benchmarks.Harness;
using Tacit.Privacy.Accounting.Events;
using Tacit.Privacy.Budgets;
using Tacit.Storage;
using Tacit.Storage.Audit;
using Tacit.Storage.Jobs;
using Tacit.Storage.Receipts;

namespace Tacit.Benchmarks.Cases;

/// <summary>How fast the coordinator's store writes, each write flushed to the disk.</summary>
internal sealed class StorageWrites : IBenchmark
{
    private const string PostgresVariable = "TACIT_BENCH_POSTGRES";
    private const int ModelBytes = 4_000_000, Writers = 16;

    private static readonly Change by = new("coordinator", DateTimeOffset.UnixEpoch);
    private static readonly CancellationToken none = CancellationToken.None;

    public string Name => "storage";

    public string Summary => $"durable writes a second: SQLite file, and PostgreSQL if {PostgresVariable} holds a connection string to an empty database";

    public void Run(Section section, Options options)
    {
        string folder = Directory.CreateTempSubdirectory("tacit-bench-").FullName;
        try
        {
            RunAsync(section, options, "sqlite", CoordinatorStore.OpenFileAsync(Path.Combine(folder, "bench.db"), by.At, none)).GetAwaiter().GetResult();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        if (Environment.GetEnvironmentVariable(PostgresVariable) is { Length: > 0 } connection) RunAsync(section, options, "postgres", CoordinatorStore.OpenPostgresAsync(connection, by.At, none)).GetAwaiter().GetResult();
        else section.Note($"{PostgresVariable} is not set: PostgreSQL was not measured");
    }

    private static async Task RunAsync(Section section, Options options, string name, Task<ICoordinatorStore> opening)
    {
        await using ICoordinatorStore store = await opening;
        await store.ClaimAsync(by, none);
        await store.Jobs.AddAsync("bench", "name: bench\n", default, by, none);
        await store.Jobs.MoveAsync("bench", JobState.Running, "", by, none);
        int count = options.Quick ? 200 : 1000;

        await EventsAsync(store, "warm", 100);
        section.Add($"{name}: audit events, one writer", count / await TimeAsync(() => EventsAsync(store, "one", count)), "/s");
        section.Add($"{name}: audit events, {Writers} writers", count / await TimeAsync(() => Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(() => EventsAsync(store, $"w{w}", count / Writers))))), "/s");
        PrivacyLedger ledger = PrivacyLedger.Open(store.Ledger("main", "coordinator", TimeProvider.System));
        section.Add($"{name}: ledger charges (accounting included)", 100 / await TimeAsync(() => Task.Run(() => Charge(ledger, 100))), "/s");
        await store.Rounds.BeginAsync("bench", 1, "r1", new byte[1000], by, none);
        section.Add($"{name}: 1,000 receipts of 1 KiB in one change", 1e3 * await TimeAsync(() => store.Receipts.AddAsync([.. Enumerable.Range(0, 1000).Select(i => new ReceiptRecord("bench", 1, $"p{i}", new byte[1024]))], by, none)), "ms");
        double seconds = 0;
        for (int i = 0; i < options.Repeats; i++) seconds += await TimeAsync(() => store.Checkpoints.SaveAsync("bench", i, new byte[ModelBytes], by, none));
        section.Add($"{name}: checkpoint of 10^6 floats", 1e3 * seconds / options.Repeats, "ms");
        AuditVerification? audit = null;
        double walk = await TimeAsync(async () => audit = await store.Audit.VerifyAsync(none));
        Section.Verify(audit!.IsWhole, "the audit chain is broken");
        section.Add($"{name}: audit rows verified", audit.Rows / walk, "/s");
    }

    private static async Task EventsAsync(ICoordinatorStore store, string prefix, int count)
    {
        for (int i = 0; i < count; i++) await store.Audit.AddAsync(new AuditEvent($"{prefix}-{i}", "bench.event", "subject", "detail"), by, none);
    }

    private static void Charge(PrivacyLedger ledger, int count)
    {
        for (int round = 1; round <= count; round++) ledger.Spend(new LedgerCharge("data", "participant", "bench", round, new GaussianEvent(100), new GaussianEvent(100)), new PrivacyCeiling(8, 1e-6));
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        long start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
