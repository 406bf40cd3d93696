namespace Tacit.Storage.Roster;

/// <summary>How far somebody's enrolment is.</summary>
public enum RosterState
{
    /// <summary>An invitation was made and not used.</summary>
    Invited,

    /// <summary>Joined with a key; somebody has to compare the words and approve.</summary>
    Waiting,

    /// <summary>May take part.</summary>
    Approved,

    /// <summary>May not take part any more; the name is not used again.</summary>
    Revoked,
}

/// <summary>What somebody may do.</summary>
[Flags]
public enum RosterRoles
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Takes part in rounds.</summary>
    Participant = 1,

    /// <summary>Sees runs and budgets.</summary>
    Viewer = 2,

    /// <summary>Starts and stops jobs.</summary>
    Operator = 4,

    /// <summary>Approves, revokes and gives roles.</summary>
    Owner = 8,
}

/// <summary>One line of the roster.</summary>
/// <param name="Name">1 to 100 letters, digits, dots, dashes or underscores.</param>
/// <param name="State">How far enrolment is.</param>
/// <param name="Roles">What the holder of the key may do once approved.</param>
/// <param name="Generation">Of the key: 0 before joining, one more with each rotation.</param>
/// <param name="PublicKey">The present key as the caller gave it; empty before joining. Records compare it by reference.</param>
/// <param name="CreatedAt">When the invitation was made.</param>
/// <param name="ChangedAt">When anything of this changed last.</param>
public sealed record RosterEntry(string Name, RosterState State, RosterRoles Roles, long Generation, ReadOnlyMemory<byte> PublicKey, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt)
{
    /// <summary>Since when the present key is known, or null before joining.</summary>
    public DateTimeOffset? KeySince { get; init; }

    /// <summary>The hash of the invitation, in lower-case hexadecimal; empty without one.</summary>
    public string InviteHash { get; init; } = "";

    /// <summary>From when on the invitation cannot be used, or null for never.</summary>
    public DateTimeOffset? InviteEnds { get; init; }
}
