using System.Threading;
using System.Threading.Tasks;

namespace Tacit.Storage.Roster;

/// <summary>Who may take part: invited → waiting → approved → revoked, with keys that belong to one name for ever.</summary>
public interface IRosterStore
{
    /// <summary>Makes an invitation, or replaces one that nobody used.</summary>
    /// <param name="name">Whose.</param>
    /// <param name="roles">What they may do; not none.</param>
    /// <param name="inviteHash">A hash of the invitation's secret: the secret itself is never stored. 16 to 64 bytes.</param>
    /// <param name="ends">From when on it cannot be used, or null for never.</param>
    /// <param name="by">Who and when.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task InviteAsync(string name, RosterRoles roles, ReadOnlyMemory<byte> inviteHash, DateTimeOffset? ends, Change by, CancellationToken stopping);

    /// <summary>Uses an invitation, once: invited → waiting.</summary>
    /// <param name="inviteHash">The hash that <see cref="InviteAsync"/> was given.</param>
    /// <param name="publicKey">The key that the participant made, which nobody may have used before; 1 to 1024 bytes.</param>
    /// <param name="by">Who and when.</param>
    /// <param name="stopping">Ends the wait.</param>
    /// <returns>Whose invitation it was; null if there is none with this hash.</returns>
    Task<RosterEntry?> JoinAsync(ReadOnlyMemory<byte> inviteHash, ReadOnlyMemory<byte> publicKey, Change by, CancellationToken stopping);

    /// <summary>Invited, joined and approved in one change, for coordinators that take everybody who knows a secret; an approved name gets the key as its next one.</summary>
    /// <param name="name">Who.</param>
    /// <param name="roles">What they may do; not none.</param>
    /// <param name="publicKey">As for joining.</param>
    /// <param name="by">Who and when.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task<RosterEntry> EnrolAsync(string name, RosterRoles roles, ReadOnlyMemory<byte> publicKey, Change by, CancellationToken stopping);

    /// <summary>Lets somebody take part: waiting → approved, for the key that was compared and no other.</summary>
    /// <param name="name">Who.</param>
    /// <param name="publicKey">The key whose words both sides compared.</param>
    /// <param name="by">Who and when.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task ApproveAsync(string name, ReadOnlyMemory<byte> publicKey, Change by, CancellationToken stopping);

    /// <summary>Shuts somebody out for good.</summary>
    /// <param name="name">Who.</param>
    /// <param name="reason">Why, for the audit log.</param>
    /// <param name="by">Who and when.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task RevokeAsync(string name, string reason, Change by, CancellationToken stopping);

    /// <summary>Replaces the key of an approved entry; the old ones stay known and are never accepted again.</summary>
    /// <param name="name">Whose.</param>
    /// <param name="publicKey">The new key; as for joining.</param>
    /// <param name="by">Who and when.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task RotateKeyAsync(string name, ReadOnlyMemory<byte> publicKey, Change by, CancellationToken stopping);

    /// <summary>Gives other roles.</summary>
    /// <param name="name">Whom.</param>
    /// <param name="roles">All of them; not none.</param>
    /// <param name="by">Who and when.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task SetRolesAsync(string name, RosterRoles roles, Change by, CancellationToken stopping);

    /// <summary>Finds an entry.</summary>
    /// <param name="name">By its name.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task<RosterEntry?> FindAsync(string name, CancellationToken stopping);

    /// <summary>Finds whose present key this is; a key that was replaced finds nobody.</summary>
    /// <param name="publicKey">The key.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task<RosterEntry?> FindByKeyAsync(ReadOnlyMemory<byte> publicKey, CancellationToken stopping);

    /// <summary>All entries by name.</summary>
    /// <param name="stopping">Ends the wait.</param>
    Task<IReadOnlyList<RosterEntry>> ListAsync(CancellationToken stopping);
}
