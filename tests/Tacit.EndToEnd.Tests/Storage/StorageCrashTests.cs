using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using Tacit.Privacy.Budgets;
using Tacit.Storage;
using Tacit.Storage.Audit;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.EndToEnd.Tests.Storage;

/// <summary>kill -9 before each statement of each change and on both sides of each commit, with a database of its own each time.</summary>
public sealed class FileCrashTests(ITestOutputHelper output)
{
    [Fact]
    public Task A_kill_at_any_point_loses_nothing_acknowledged() => CrashChecks.RunAsync(() => Task.FromResult(TestDatabase.InFile()), output);
}

[Collection(PostgresTests.Name)]
public sealed class PostgresCrashTests(PostgresServer server, ITestOutputHelper output)
{
    [Fact]
    public async Task A_kill_at_any_point_loses_nothing_acknowledged()
    {
        if (server.Absence is { } absence) output.WriteLine(absence);
        else await CrashChecks.RunAsync(async () => new TestDatabase(TestDatabase.Postgres, await server.CreateAsync()), output);
    }

    [Fact]
    public async Task A_crash_of_the_server_loses_nothing_acknowledged_and_the_store_goes_on()
    {
        if (server.Absence is { } absence)
        {
            output.WriteLine(absence);
            return;
        }

        using TestDatabase database = new(TestDatabase.Postgres, await server.CreateAsync());
        await using ICoordinatorStore store = await database.OpenAsync();
        int passed = 0;
        await CrashScenario.RunAsync(store, _ =>
        {
            if (++passed % 5 != 0) return;
            server.Crash();
            server.Start();
        });

        Assert.Equal(await CrashChecks.ExpectedAsync(), await CrashScenario.DescribeAsync(store));
        Assert.True((await store.Audit.VerifyAsync(CancellationToken.None)).IsWhole);
    }
}

/// <summary>Kills, opens again, compares.</summary>
internal static class CrashChecks
{
    private static readonly string[] order = ["claim", "invite", "join", "approve", "rotate", "job", "start", "model 0", "begin", "phase", "charge", "finish", "receipts", "prune", "end"];

    /// <summary>What an undisturbed run leaves.</summary>
    public static async Task<string> ExpectedAsync()
    {
        await using ICoordinatorStore store = await CoordinatorStore.OpenMemoryAsync(TestDatabase.Noon, CancellationToken.None);
        await CrashScenario.RunAsync(store, _ => { });
        return await CrashScenario.DescribeAsync(store);
    }

    public static async Task RunAsync(Func<Task<TestDatabase>> create, ITestOutputHelper output)
    {
        string expected = await ExpectedAsync();
        int points;
        using (TestDatabase undisturbed = await create()) points = int.Parse((await RunChildAsync(undisturbed, 0))[^1].Split(' ')[1], CultureInfo.InvariantCulture);

        int lost = 0, charged = 0;
        for (int point = 1; point <= points; point++)
        {
            using TestDatabase database = await create();
            string[] acknowledged = await RunChildAsync(database, point);
            Assert.Equal(order[..acknowledged.Length], acknowledged);
            Assert.True(acknowledged.Length < order.Length, $"point {point} was not reached");

            await using ICoordinatorStore store = await database.OpenAsync();
            AuditVerification audit = await store.Audit.VerifyAsync(CancellationToken.None);
            Assert.True(audit.IsWhole, $"point {point}: row {audit.Broken}: {audit.Problem}");
            int entries = PrivacyLedger.Open(store.Ledger(CrashScenario.Ledger, "coordinator", TimeProvider.System)).Entries.Count;
            if (acknowledged.Contains("charge") && entries == 0) lost++;
            if (entries == 1) charged++;
            await AssertAcknowledgedAsync(store, acknowledged);

            await CrashScenario.RunAsync(store, _ => { });
            Assert.Equal(expected, await CrashScenario.DescribeAsync(store));
            Assert.True((await store.Audit.VerifyAsync(CancellationToken.None)).IsWhole);
        }

        output.WriteLine($"{points} points of persistence, {lost} lost charges, {charged} states with a charge; every chain whole, every state continued to the same end");
        Assert.Equal(0, lost);
        Assert.True(points > 80 && charged > 10, $"{points} points, {charged} with a charge: the kills miss what they are for");
    }

    // A change that was acknowledged has its row in the log; one more may have been written without an answer.
    private static async Task AssertAcknowledgedAsync(ICoordinatorStore store, string[] acknowledged)
    {
        IReadOnlyList<AuditRow> rows = await store.Audit.ReadAsync(0, 100, CancellationToken.None);
        int changes = rows.Count(row => row.Action != "checkpoint.saved" || row.Subject != "har/1");   // the end of a round writes two rows
        Assert.InRange(changes, acknowledged.Length, acknowledged.Length + 1);
    }

    private static async Task<string[]> RunChildAsync(TestDatabase database, int point)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, $"{typeof(CrashChecks).Assembly.GetName().Name}.dll"));
        foreach (string argument in new[] { StorageChild.Verb, database.Kind, database.Place, point.ToString(CultureInfo.InvariantCulture) }) start.ArgumentList.Add(argument);
        start.Environment["DOTNET_TieredPGO"] = "0";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        bool killed = process.ExitCode == 128 + 9;
        Assert.True(killed == (point > 0), $"point {point} ended with {process.ExitCode}: {await error}");
        return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
