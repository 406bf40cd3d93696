using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Signatures;

namespace Tacit.Participation.Enrolment;

/// <summary>Connects with the identity of a folder, and replaces its key without ever being without one.</summary>
/// <remarks>
/// The next key is on disk before the coordinator hears of it; after a crash in between, whichever of the two the coordinator knows is the present one. A rotation that was
/// asked for may come about late, so the next key is never thrown away: what was begun is finished.
/// </remarks>
public sealed class EnrolledClient : IAsyncDisposable
{
    private readonly ParticipantFolder folder;
    private readonly TimeProvider clock;
    private readonly List<SigningKey> keys = [];

    private EnrolledClient(ParticipantFolder folder, TimeProvider clock) => (this.folder, this.clock) = (folder, clock);

    /// <summary>The connection.</summary>
    public ParticipantClient Client { get; private set; } = null!;

    /// <summary>Connects; after a rotation that was interrupted, with the key that the coordinator knows.</summary>
    /// <param name="folder">Who the participant is.</param>
    /// <param name="configure">Makes the options with this identity.</param>
    /// <param name="clock">Where time comes from.</param>
    /// <param name="stopping">Gives up.</param>
    /// <exception cref="FailureException">As <see cref="ParticipantClient.ConnectAsync"/>.</exception>
    public static async Task<EnrolledClient> ConnectAsync(ParticipantFolder folder, Func<SigningKey, ParticipantOptions> configure, TimeProvider clock, CancellationToken stopping = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(configure);
        ArgumentNullException.ThrowIfNull(clock);
        EnrolledClient enrolled = new(folder, clock);
        try
        {
            if (!folder.IsRotating)
            {
                enrolled.Client = await ParticipantClient.ConnectAsync(configure(enrolled.Own(folder.OpenIdentity())), stopping);
                return enrolled;
            }

            if (!await enrolled.TryNextAsync(configure, stopping)) await enrolled.FinishRotationAsync(configure, stopping);
            return enrolled;
        }
        catch
        {
            enrolled.DisposeKeys();
            throw;
        }
    }

    /// <summary>Replaces the key, between two rounds.</summary>
    /// <param name="stopping">Gives up; the next connection finds out which key counts.</param>
    public async Task RotateAsync(CancellationToken stopping = default)
    {
        SigningKey next = Own(folder.NextIdentity());
        await Client.RotateAsync(next, stopping);
        folder.EndRotation(clock.GetUtcNow());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Client is not null) await Client.DisposeAsync();
        DisposeKeys();
    }

    private async Task<bool> TryNextAsync(Func<SigningKey, ParticipantOptions> configure, CancellationToken stopping)
    {
        try
        {
            Client = await ParticipantClient.ConnectAsync(configure(Own(folder.NextIdentity())), stopping);
            folder.EndRotation(clock.GetUtcNow());
            return true;
        }
        catch (FailureException unknown) when (unknown.Code == FailureCodes.InvitationRefused)
        {
            return false;
        }
    }

    private async Task FinishRotationAsync(Func<SigningKey, ParticipantOptions> configure, CancellationToken stopping)
    {
        try
        {
            Client = await ParticipantClient.ConnectAsync(configure(Own(folder.OpenIdentity())), stopping);
            await RotateAsync(stopping);
        }
        catch (FailureException late) when (late.Code == FailureCodes.InvitationRefused || late.Code == FailureCodes.IdentitySignatureInvalid)
        {
            // the rotation came about in between, or the name is shut out: the next key tells
            if (Client is not null) await Client.DisposeAsync();
            if (!await TryNextAsync(configure, stopping)) throw;
        }
    }

    private SigningKey Own(SigningKey key)
    {
        keys.Add(key);
        return key;
    }

    private void DisposeKeys()
    {
        foreach (SigningKey key in keys) key.Dispose();
    }
}
