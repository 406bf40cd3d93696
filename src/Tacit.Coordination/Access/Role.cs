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

    /// <summary>Whoever may look and change nothing.</summary>
    Viewer = 4,

    /// <summary>Whoever decides who takes part.</summary>
    Owner = 5,
}

/// <summary>What a role may do besides its own.</summary>
internal static class RoleRules
{
    /// <summary>An owner may do what an operator may, and that what a viewer may. Newcomers and participants are somebody else altogether.</summary>
    public static bool Covers(this Role found, Role required) => found == required || (RankOf(required) > 0 && RankOf(found) > RankOf(required));

    private static int RankOf(Role role) => role switch { Role.Viewer => 1, Role.Operator => 2, Role.Owner => 3, _ => 0 };
}

/// <summary>The role of a route, as metadata of its endpoint.</summary>
/// <param name="Role">Who may ask.</param>
public sealed record RequiredRole(Role Role);
