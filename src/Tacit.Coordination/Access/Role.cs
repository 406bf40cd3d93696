namespace Tacit.Coordination.Access;

/// <summary>Who may ask for a route. Every route names exactly one; for people each role may do what those before it may: viewer, operator, owner.</summary>
public enum Role
{
    /// <summary>Anybody: health alone.</summary>
    Anonymous = 0,

    /// <summary>Whoever holds an invitation, or the join secret of a coordinator that takes everybody who knows it.</summary>
    Newcomer = 1,

    /// <summary>Whoever has signed a challenge with an approved key. Takes part in rounds; sees nothing of other participants.</summary>
    Participant = 2,

    /// <summary>Sees runs and budgets.</summary>
    Viewer = 3,

    /// <summary>Starts and stops jobs.</summary>
    Operator = 4,

    /// <summary>Invites, approves, revokes, and gives roles and tokens.</summary>
    Owner = 5,
}

/// <summary>The role of a route, as metadata of its endpoint.</summary>
/// <param name="Role">Who may ask.</param>
public sealed record RequiredRole(Role Role);
