using Tacit.Storage.Roster;

namespace Tacit.Storage.Tokens;

/// <summary>A person's or a program's token: what it may do, and until when. The token itself is not stored.</summary>
/// <param name="Name">Whose; 1 to 100 letters, digits, dots, dashes or underscores. Unique among the tokens that are good.</param>
/// <param name="Role">Viewer, operator or owner: exactly one.</param>
/// <param name="Hash">SHA-256 of the token's secret, in lower-case hexadecimal.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Ends">From when on it is good no more.</param>
/// <param name="RevokedAt">When it was taken back, or null.</param>
public sealed record TokenRecord(string Name, RosterRoles Role, string Hash, DateTimeOffset CreatedAt, DateTimeOffset Ends, DateTimeOffset? RevokedAt)
{
    /// <summary>Whether it opens anything at a moment.</summary>
    /// <param name="now">The moment.</param>
    public bool IsGood(DateTimeOffset now) => RevokedAt is null && now < Ends;
}
