using System.Threading;
using System.Threading.Tasks;
using Tacit.Storage.Roster;

namespace Tacit.Storage.Tokens;

/// <summary>Tokens of people and programs that watch or operate a coordinator, as hashes.</summary>
public interface ITokenStore
{
    /// <summary>Adds a token.</summary>
    /// <param name="name">Whose; no other good token may have it.</param>
    /// <param name="role">Viewer, operator or owner: exactly one.</param>
    /// <param name="hash">SHA-256 of the secret, 32 bytes: the secret itself is never stored.</param>
    /// <param name="ends">From when on it is good no more; after <paramref name="by"/>'s moment.</param>
    /// <param name="by">Who and when.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task<TokenRecord> AddAsync(string name, RosterRoles role, ReadOnlyMemory<byte> hash, DateTimeOffset ends, Change by, CancellationToken stopping);

    /// <summary>Takes the good token of a name back, for good.</summary>
    /// <param name="name">Whose.</param>
    /// <param name="reason">Why, for the audit log.</param>
    /// <param name="by">Who and when.</param>
    /// <param name="stopping">Ends the wait.</param>
    /// <returns>Whether there was one.</returns>
    Task<bool> RevokeAsync(string name, string reason, Change by, CancellationToken stopping);

    /// <summary>All tokens, also those that are over, by the time they were made.</summary>
    /// <param name="stopping">Ends the wait.</param>
    Task<IReadOnlyList<TokenRecord>> ListAsync(CancellationToken stopping);
}
