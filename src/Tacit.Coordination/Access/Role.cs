namespace Tacit.Coordination.Access;

/// <summary>Who may ask for a route. Every route has exactly one.</summary>
public enum Role
{
    /// <summary>Anybody: health alone.</summary>
    Anonymous = 0,

    /// <summary>Whoever holds the join secret and wants to become a participant.</summary>
    Newcomer = 1,

    /// <summary>Whoever has signed a challenge with a registered key.</summary>
    Participant = 2,

    /// <summary>Whoever runs the coordinator.</summary>
    Operator = 3,
}

/// <summary>The role of a route, as metadata of its endpoint.</summary>
/// <param name="Role">Who may ask.</param>
public sealed record RequiredRole(Role Role);
