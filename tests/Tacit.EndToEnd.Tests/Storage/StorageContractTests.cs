using System.Threading;
using Tacit.Storage;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.EndToEnd.Tests.Storage;

public sealed class MemoryStorageTests(ITestOutputHelper output) : StorageContract(output)
{
    private protected override async Task<ICoordinatorStore?> CreateAsync() => await CoordinatorStore.OpenMemoryAsync(TestDatabase.Noon, CancellationToken.None);
}

public sealed class FileStorageTests(ITestOutputHelper output) : StorageContract(output), IDisposable
{
    private readonly TestDatabase database = TestDatabase.InFile();

    public void Dispose() => database.Dispose();

    private protected override async Task<ICoordinatorStore?> CreateAsync() => await database.OpenAsync();
}

[Collection(PostgresTests.Name)]
public sealed class PostgresStorageTests(PostgresServer server, ITestOutputHelper output) : StorageContract(output)
{
    private readonly ITestOutputHelper said = output;

    private protected override async Task<ICoordinatorStore?> CreateAsync()
    {
        if (server.Absence is null) return await CoordinatorStore.OpenPostgresAsync(await server.CreateAsync(), TestDatabase.Noon, CancellationToken.None);
        said.WriteLine(server.Absence);
        return null;
    }
}
