using System.IO;
using System.Threading;
using Tacit.Aggregation.Failures;
using Tacit.Storage;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.EndToEnd.Tests.Storage;

public sealed class FileGuardTests(ITestOutputHelper output) : StorageGuards(output)
{
    [Fact]
    public async Task A_foreign_file_is_refused_and_left_alone()
    {
        using TestDatabase database = TestDatabase.InFile();
        byte[] content = [.. "this is no database, but somebody's letter of more than one hundred bytes, which is what SQLite reads before it says so."u8];
        File.WriteAllBytes(database.Place, content);

        Assert.Equal(FailureCodes.StorageUnavailable, (await Assert.ThrowsAsync<FailureException>(() => CoordinatorStore.OpenFileAsync(database.Place, TestDatabase.Noon, CancellationToken.None))).Code);
        Assert.Equal(content, File.ReadAllBytes(database.Place));
    }

    [Fact]
    public async Task Another_program_s_database_is_refused()
    {
        using TestDatabase database = TestDatabase.InFile();
        await database.TamperAsync("CREATE TABLE recipes (id BIGINT)");

        FailureException refused = await Assert.ThrowsAsync<FailureException>(() => database.OpenAsync());
        Assert.Equal(FailureCodes.StorageAltered, refused.Code);
        Assert.Contains("recipes", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_folder_is_refused_by_name()
    {
        FailureException refused = await Assert.ThrowsAsync<FailureException>(() => CoordinatorStore.OpenFileAsync("/nowhere/at/all/coordinator.db", TestDatabase.Noon, CancellationToken.None));
        Assert.Equal(FailureCodes.StorageUnavailable, refused.Code);
    }

    [Fact]
    public async Task Only_the_owner_can_read_the_file_and_what_lies_beside_it()
    {
        if (OperatingSystem.IsWindows()) return;
        using TestDatabase database = TestDatabase.InFile();
        await using ICoordinatorStore store = await database.ClaimAsync();

        string[] files = Directory.GetFiles(Path.GetDirectoryName(database.Place)!);
        Assert.Equal(3, files.Length);
        foreach (string file in files) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    private protected override Task<TestDatabase?> CreateAsync() => Task.FromResult<TestDatabase?>(TestDatabase.InFile());
}

[Collection(PostgresTests.Name)]
public sealed class PostgresGuardTests(PostgresServer server, ITestOutputHelper output) : StorageGuards(output)
{
    private const string Secret = "hunter2-canary";

    private readonly ITestOutputHelper said = output;

    [Fact]
    public async Task A_server_that_does_not_answer_is_named_without_the_password()
    {
        FailureException refused = await Assert.ThrowsAsync<FailureException>(() => CoordinatorStore.OpenPostgresAsync($"Host=/nowhere;Username=tacit;Password={Secret};Timeout=2", TestDatabase.Noon, CancellationToken.None));

        Assert.Equal(FailureCodes.StorageUnavailable, refused.Code);
        Assert.DoesNotContain(Secret, refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public Task A_role_without_ownership_has_all_that_a_coordinator_needs() => WithDatabaseAsync(async database =>
    {
        string role = $"worker_{Guid.NewGuid():N}";
        await (await database.OpenAsync()).DisposeAsync();
        await database.TamperAsync($"CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA federated TO {role}; GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA federated TO {role}; GRANT UPDATE ON head, participants, jobs, rounds, checkpoints TO {role}");
        using TestDatabase worker = new(TestDatabase.Postgres, database.Place.Replace("Username=tacit", $"Username={role}", StringComparison.Ordinal));
        await using (ICoordinatorStore store = await worker.OpenAsync()) await CrashScenario.RunAsync(store, _ => { });

        Assert.Contains("must be owner", (await Assert.ThrowsAnyAsync<Exception>(() => worker.TamperAsync("ALTER TABLE audit DISABLE TRIGGER USER"))).Message, StringComparison.Ordinal);
        Assert.Contains("permission denied", (await Assert.ThrowsAnyAsync<Exception>(() => worker.TamperAsync("DELETE FROM ledger"))).Message, StringComparison.Ordinal);
    });

    private protected override async Task<TestDatabase?> CreateAsync()
    {
        if (server.Absence is null) return new TestDatabase(TestDatabase.Postgres, await server.CreateAsync());
        said.WriteLine(server.Absence);
        return null;
    }
}
