using System.Globalization;
using System.Threading;
using Tacit.Aggregation.Failures;
using Tacit.Privacy.Budgets;
using Tacit.Storage;
using Tacit.Storage.Audit;
using Tacit.Storage.Jobs;
using Tacit.Storage.Roster;
using Tacit.Storage.Schema;
using Tacit.Storage.Sql;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.EndToEnd.Tests.Storage;

/// <summary>What is refused: newer, altered and foreign databases, a second coordinator, changed rows.</summary>
public abstract class StorageGuards(ITestOutputHelper output)
{
    private static readonly CancellationToken none = CancellationToken.None;
    private static readonly Change by = new("coordinator", TestDatabase.Noon);

    [Fact]
    public Task A_newer_database_is_refused() => WithDatabaseAsync(async database =>
    {
        await (await database.OpenAsync()).DisposeAsync();
        await database.TamperAsync("INSERT INTO migrations (number, name, checksum, shape, applied_us) VALUES (99, 'later', 'x', 'x', 0)");

        Assert.Contains("migration 99 (later)", (await AssertRefusedAsync(FailureCodes.StorageNewer, database)).Message, StringComparison.Ordinal);
    });

    [Fact]
    public Task A_migration_that_was_changed_after_it_ran_is_refused() => WithDatabaseAsync(async database =>
    {
        await (await database.OpenAsync()).DisposeAsync();
        await database.TamperAsync("UPDATE migrations SET checksum = 'x' WHERE number = 1");

        Assert.Contains("migration 1 (initial)", (await AssertRefusedAsync(FailureCodes.StorageAltered, database)).Message, StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("ALTER TABLE jobs ADD COLUMN extra TEXT", "jobs")]
    [InlineData("CREATE TABLE stranger (id BIGINT)", "stranger")]
    [InlineData("DROP TABLE receipts", "receipts")]
    public Task A_table_that_was_changed_is_refused_by_name(string sql, string named) => WithDatabaseAsync(async database =>
    {
        await (await database.OpenAsync()).DisposeAsync();
        await database.TamperAsync(sql);

        Assert.Contains(named, (await AssertRefusedAsync(FailureCodes.StorageAltered, database)).Message, StringComparison.Ordinal);
    });

    [Fact]
    public Task A_lifted_trigger_is_refused_by_name() => WithDatabaseAsync(async database =>
    {
        await (await database.OpenAsync()).DisposeAsync();
        await database.TamperAsync(database.Kind == TestDatabase.File ? "DROP TRIGGER ledger_delete" : "ALTER TABLE ledger DISABLE TRIGGER ledger_append_only");

        Assert.Contains("ledger", (await AssertRefusedAsync(FailureCodes.StorageAltered, database)).Message, StringComparison.Ordinal);
    });

    [Fact]
    public Task Append_only_tables_refuse_changes() => WithDatabaseAsync(async database =>
    {
        await using ICoordinatorStore store = await database.ClaimAsync();

        foreach (string table in new[] { "audit", "ledger", "receipts", "phases", "participant_keys" })
        {
            if (database.Kind == TestDatabase.File && table != "audit") continue;   // SQLite asks for each row, and these have none yet
            Exception refused = await Assert.ThrowsAnyAsync<Exception>(() => database.TamperAsync($"DELETE FROM {table}"));
            Assert.Contains("append-only", refused.Message, StringComparison.Ordinal);
        }
    });

    [Fact]
    public Task A_migration_that_fails_leaves_nothing() => WithDatabaseAsync(async database =>
    {
        await using SqlDatabase layer = database.Layer();
        Migration[] released = [.. Migration.For(layer.Dialect)];
        long next = released.Length + 1;
        Migration[] steps = [.. released, new Migration(next, "broken", "CREATE TABLE later (id BIGINT); CREATE TABLE jobs (id BIGINT)")];
        await Assert.ThrowsAsync<FailureException>(() => Migrator.RunAsync(layer, [.. steps], TestDatabase.Noon, none));

        Assert.Empty(await layer.ReadAsync(session => session.QueryAsync(layer.ShapeSql, row => row.GetString(0)), none));
        Assert.Equal(released.Length, await Migrator.RunAsync(layer, [.. released], TestDatabase.Noon, none));
        Assert.Equal(1, await Migrator.RunAsync(layer, [.. released, new Migration(next, "later", "CREATE TABLE later (id BIGINT)")], TestDatabase.Noon, none));
        Assert.Equal(0, await Migrator.RunAsync(layer, [.. released, new Migration(next, "later", "CREATE TABLE later (id BIGINT)")], TestDatabase.Noon, none));
    });

    [Fact]
    public Task Many_starts_at_one_moment_migrate_once() => WithDatabaseAsync(async database =>
    {
        ICoordinatorStore[] stores = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => database.OpenAsync())));
        long[] epochs = await Task.WhenAll(stores.Select((store, i) => Task.Run(() => store.ClaimAsync(by with { Actor = $"coordinator-{i}" }, none))));

        Assert.Equal([1, 2, 3, 4, 5, 6], epochs.Order());
        Assert.Equal(6, (await stores[0].Audit.VerifyAsync(none)).Rows);
        foreach (ICoordinatorStore store in stores) await store.DisposeAsync();
    });

    [Fact]
    public Task The_older_of_two_coordinators_may_not_write_any_more() => WithDatabaseAsync(async database =>
    {
        await using ICoordinatorStore old = await database.ClaimAsync("old");
        PrivacyLedger ledger = PrivacyLedger.Open(old.Ledger("main", "old", TimeProvider.System));
        await using ICoordinatorStore reader = await database.OpenAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => reader.Jobs.AddAsync("har", "plan", default, by, none));
        await using ICoordinatorStore recent = await database.ClaimAsync("recent");

        FailureException refused = await Assert.ThrowsAsync<FailureException>(() => old.Jobs.AddAsync("har", "plan", default, by, none));
        Assert.Equal(FailureCodes.StorageTakenOver, refused.Code);
        Assert.Contains("recent", refused.Message, StringComparison.Ordinal);
        Assert.Throws<FailureException>(() => ledger.Spend(new LedgerCharge("data", "participant", "har", 1, new Privacy.Accounting.Events.GaussianEvent(5), new Privacy.Accounting.Events.GaussianEvent(5)), new PrivacyCeiling(8, 1e-6)));
        await recent.Jobs.AddAsync("har", "plan", default, by, none);
        Assert.Equal(JobState.Planned, (await old.Jobs.FindAsync("har", none))!.State);
        Assert.Empty(PrivacyLedger.Open(recent.Ledger("main", "recent", TimeProvider.System)).Entries);
    });

    [Theory]
    [InlineData("UPDATE audit SET actor = 'nobody' WHERE entry = 3", 3, "hash")]
    [InlineData("UPDATE audit SET at_us = at_us + 1 WHERE entry = 1", 1, "hash")]
    [InlineData("UPDATE audit SET at_us = 9223372036854775807 WHERE entry = 2", 2, "hash")]
    [InlineData("UPDATE audit SET at_us = -9223372036854775807 WHERE entry = 2", 2, "hash")]
    [InlineData("DELETE FROM audit WHERE entry = 2", 2, "missing")]
    [InlineData("DELETE FROM audit WHERE entry = 5", 5, "missing")]
    [InlineData("UPDATE audit SET previous = (SELECT hash FROM audit WHERE entry = 1) WHERE entry = 4", 4, "previous")]
    public Task A_changed_audit_row_is_named(string sql, long row, string problem) => WithDatabaseAsync(async database =>
    {
        await using ICoordinatorStore store = await database.ClaimAsync();
        for (int i = 0; i < 4; i++) await store.Roster.InviteAsync($"p{i}", RosterRoles.Participant, StorageContract.Bytes(32, (byte)i), null, by, none);
        Assert.True((await store.Audit.VerifyAsync(none)).IsWhole);
        await database.TamperPastTriggersAsync("audit", sql);

        AuditVerification verified = await store.Audit.VerifyAsync(none);
        Assert.Equal(row, verified.Broken);
        Assert.Contains(problem, verified.Problem, StringComparison.Ordinal);
        Assert.Equal(row - 1, verified.Rows);
    });

    // The limit of a chain beside its own end: docs/storage.md says so, and what to do.
    [Fact]
    public Task An_end_that_was_cut_off_together_with_the_head_row_is_seen_by_a_kept_head_alone() => WithDatabaseAsync(async database =>
    {
        await using ICoordinatorStore store = await database.ClaimAsync();
        await store.Roster.InviteAsync("north", RosterRoles.Participant, StorageContract.Bytes(32, 1), null, by, none);
        string kept = (await store.Audit.VerifyAsync(none)).Head;
        await database.TamperPastTriggersAsync("audit", "DELETE FROM audit WHERE entry = 2; UPDATE head SET audit_index = 1, audit_hash = (SELECT hash FROM audit WHERE entry = 1)");

        AuditVerification verified = await store.Audit.VerifyAsync(none);
        Assert.True(verified.IsWhole);
        Assert.NotEqual(kept, verified.Head);
    });

    [Fact]
    public Task A_model_that_was_changed_is_not_handed_out() => WithDatabaseAsync(async database =>
    {
        await using ICoordinatorStore store = await database.ClaimAsync();
        await StorageContract.RunJobAsync(store);
        await store.Checkpoints.SaveAsync("har", 0, StorageContract.Bytes(100, 1), by, none);
        await database.TamperAsync(string.Create(CultureInfo.InvariantCulture, $"UPDATE checkpoints SET model = {(database.Kind == TestDatabase.File ? "x'00'" : "'\\x00'")}"));

        Assert.Equal(FailureCodes.StorageCorrupt, (await Assert.ThrowsAsync<FailureException>(() => store.Checkpoints.LatestAsync("har", none))).Code);
    });

    /// <summary>An empty database; null with a plain word where there is none.</summary>
    private protected abstract Task<TestDatabase?> CreateAsync();

    private static async Task<FailureException> AssertRefusedAsync(FailureCode code, TestDatabase database)
    {
        FailureException refused = await Assert.ThrowsAsync<FailureException>(() => database.OpenAsync());
        Assert.Equal(code, refused.Code);
        return refused;
    }

    private protected async Task WithDatabaseAsync(Func<TestDatabase, Task> test)
    {
        using TestDatabase? database = await CreateAsync();
        if (database is null) return;
        output.WriteLine(database.Kind);
        await test(database);
    }
}
