using System.IO;
using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Signatures;
using Tacit.Storage;
using Tacit.Storage.Audit;
using Tacit.Storage.Files;

namespace Tacit.Coordination.Hosting;

/// <summary>What a coordinator keeps between its starts: the store, and the key that signs receipts. Open before anybody is served.</summary>
/// <remarks>A start claims the store, so that a second coordinator on it is refused, and abandons rounds that a crash left running.</remarks>
public sealed class CoordinatorState : IHostedLifecycleService, IAsyncDisposable
{
    /// <summary>Who does what nobody asked for, in the audit log.</summary>
    public const string Actor = "coordinator";

    private const string DatabaseName = "coordinator.db";
    private const string KeyName = "receipts.key";
    private readonly CoordinatorOptions options;
    private readonly TimeProvider clock;
    private ICoordinatorStore? store;
    private SigningKey? key;

    internal CoordinatorState(CoordinatorOptions options, TimeProvider clock) => (this.options, this.clock) = (options, clock);

    /// <summary>The store, claimed.</summary>
    /// <exception cref="InvalidOperationException">The coordinator has not been started.</exception>
    public ICoordinatorStore Store => store ?? throw new InvalidOperationException("The coordinator has not been started.");

    /// <summary>Signs receipts.</summary>
    /// <exception cref="InvalidOperationException">The coordinator has not been started.</exception>
    public SigningKey ReceiptKey => key ?? throw new InvalidOperationException("The coordinator has not been started.");

    /// <summary>How often this store has been claimed.</summary>
    public long Epoch { get; private set; }

    /// <summary>Opens everything; what <see cref="StartingAsync"/> does.</summary>
    /// <param name="stopping">Gives up.</param>
    /// <exception cref="FailureException">The store cannot be opened, or its audit log was changed.</exception>
    public async Task OpenAsync(CancellationToken stopping)
    {
        if (store is not null) return;
        DateTimeOffset now = clock.GetUtcNow();
        key = OpenKey();
        ICoordinatorStore opened = await OpenStoreAsync(now, stopping);
        try
        {
            Epoch = await opened.ClaimAsync(new Change(Actor, now), stopping);
            await opened.Rounds.AbandonAsync("the coordinator was restarted", new Change(Actor, now), stopping);
            store = opened;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    /// <summary>Who and when, for a change.</summary>
    /// <param name="actor">A participant, a person or <see cref="Actor"/>.</param>
    public Change By(string actor) => new(actor, clock.GetUtcNow());

    /// <summary>Writes into the audit log who got a model.</summary>
    internal Task NoteDownloadAsync(string job, byte[] model, string actor, CancellationToken stopping) =>
        Store.Audit.AddAsync(new AuditEvent($"model-{Guid.NewGuid():N}", "model.downloaded", job, $"SHA-256 {Convert.ToHexStringLower(SHA256.HashData(model))}"), By(actor), stopping);

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => OpenAsync(cancellationToken);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        key?.Dispose();
        if (store is not null) await store.DisposeAsync();
    }

    private Task<ICoordinatorStore> OpenStoreAsync(DateTimeOffset now, CancellationToken stopping)
    {
        if (options.OpenStore is { } open) return open(stopping);
        if (options.Database is { } connection) return CoordinatorStore.OpenPostgresAsync(connection, now, stopping);
        return options.DataDirectory is { } folder ? CoordinatorStore.OpenFileAsync(Path.Combine(folder, DatabaseName), now, stopping) : CoordinatorStore.OpenMemoryAsync(now, stopping);
    }

    private SigningKey OpenKey()
    {
        if (options.DataDirectory is not { } folder) return SigningKey.Create(SystemRandomSource.Instance);
        PrivateFolder.Create(folder);
        return PrivateFolder.OpenKey(Path.Combine(folder, KeyName));
    }
}
