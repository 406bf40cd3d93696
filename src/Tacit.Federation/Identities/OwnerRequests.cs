namespace Tacit.Federation.Identities;

/// <summary>Asks for an invitation.</summary>
/// <param name="Name">Whom: 1 to 100 letters, digits, dots, dashes or underscores.</param>
/// <param name="Role">participant, viewer, operator or owner.</param>
/// <param name="ValidHours">How long it can be used; at most 90 days.</param>
/// <param name="Coordinator">The coordinator's address as the invited reach it; empty for the one of this request.</param>
public sealed record InviteRequest(string Name, string Role = "participant", int ValidHours = 168, string Coordinator = "");

/// <summary>An invitation that was made.</summary>
/// <param name="Name">Whose.</param>
/// <param name="Invite">The one string: secret, shown once.</param>
/// <param name="Ends">From when on it cannot be used.</param>
/// <param name="Replaces">Whether an unused invitation for the name is void since.</param>
public sealed record InviteAnswer(string Name, string Invite, DateTimeOffset Ends, bool Replaces = false)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name}, invitation <redacted>";
}

/// <summary>Lets somebody take part whose words were compared.</summary>
/// <param name="Words">The words that the other side shows.</param>
public sealed record ApproveRequest(string Words);

/// <summary>Shuts somebody out, or takes a token back.</summary>
/// <param name="Reason">Why, for the audit log; at most 200 characters.</param>
public sealed record RevokeRequest(string Reason);

/// <summary>Gives other roles.</summary>
/// <param name="Roles">All of them: participant, viewer, operator, owner.</param>
public sealed record RolesRequest(string[] Roles);

/// <summary>Asks for a person's or a program's token.</summary>
/// <param name="Name">Whose.</param>
/// <param name="Role">viewer, operator or owner.</param>
/// <param name="Days">How long it is good: 1 to 730.</param>
public sealed record TokenRequest(string Name, string Role, int Days = 90);

/// <summary>A token that was made.</summary>
/// <param name="Name">Whose.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Token">The bearer token: secret, shown once.</param>
/// <param name="Ends">From when on it is good no more.</param>
public sealed record TokenAnswer(string Name, string Role, string Token, DateTimeOffset Ends)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name}, token <redacted>";
}

/// <summary>One line of the roster, as JSON carries it.</summary>
/// <param name="Name">Who.</param>
/// <param name="State">invited, waiting, approved or revoked.</param>
/// <param name="Roles">What it may do.</param>
/// <param name="Number">At this coordinator, since its start.</param>
/// <param name="Generation">Of the key; 0 before joining.</param>
/// <param name="Key">The present public key in base64url; empty before joining.</param>
/// <param name="Words">To be compared before approval, separated by spaces; for owners, while it waits.</param>
/// <param name="Present">Whether it is there now.</param>
/// <param name="InviteEnds">When the invitation ends, while it is not used.</param>
/// <param name="KeySince">Since when the present key is known; null before joining.</param>
public sealed record RosterLine(string Name, string State, string[] Roles, int Number, long Generation, string Key, string Words, bool Present, DateTimeOffset? InviteEnds, DateTimeOffset? KeySince);

/// <summary>The roster, as JSON carries it.</summary>
/// <param name="Roster">All lines by name.</param>
public sealed record RosterAnswer(RosterLine[] Roster);

/// <summary>A token without its secret, as JSON carries it.</summary>
/// <param name="Name">Whose.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Ends">From when on it is good no more.</param>
/// <param name="Revoked">When it was taken back, or null.</param>
public sealed record TokenLine(string Name, string Role, DateTimeOffset Created, DateTimeOffset Ends, DateTimeOffset? Revoked);

/// <summary>All tokens, as JSON carries them.</summary>
/// <param name="Tokens">Without their secrets.</param>
public sealed record TokensAnswer(TokenLine[] Tokens);
