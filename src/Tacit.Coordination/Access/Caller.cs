using Tacit.Storage.Roster;

namespace Tacit.Coordination.Access;

/// <summary>Who a request comes from.</summary>
public sealed class Caller
{
    private const RosterRoles Watching = RosterRoles.Viewer | RosterRoles.Operator | RosterRoles.Owner, Operating = RosterRoles.Operator | RosterRoles.Owner;

    private readonly RosterRoles roles;

    private Caller(string name, Role role, RosterRoles roles, Member? member, Func<Role, bool>? standing = null)
    {
        (Name, Role, this.roles, Member) = (name, role, roles, member);
        Standing = standing ?? May;
    }

    /// <summary>A participant's or a person's name; for the audit log.</summary>
    public string Name { get; }

    /// <summary>The highest role.</summary>
    public Role Role { get; }

    internal static Caller Nobody { get; } = new("anonymous", Role.Anonymous, RosterRoles.None, null);

    /// <summary>The line of the roster: of participants, and of newcomers with an invitation.</summary>
    internal Member? Member { get; }

    /// <summary>Whether what this caller showed still lets it do what a role may: asked again for what outlasts a request.</summary>
    internal Func<Role, bool> Standing { get; }

    /// <summary>Whether this caller may do what a role may.</summary>
    /// <param name="required">A route's role.</param>
    public bool May(Role required) => required switch
    {
        Role.Anonymous => true,
        Role.Newcomer => Role == Role.Newcomer,
        Role.Participant => roles.HasFlag(RosterRoles.Participant),
        Role.Viewer => (roles & Watching) != 0,
        Role.Operator => (roles & Operating) != 0,
        Role.Owner => roles.HasFlag(RosterRoles.Owner),
        _ => false,
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Role})";

    internal static Caller Newcomer(Member? invited) => new(invited?.Name ?? "newcomer", Role.Newcomer, RosterRoles.None, invited);

    internal static Caller Of(Member member) => new(member.Name, RoleOf(member.Roles), member.Roles, member, role => member.State == RosterState.Approved && Of(member).May(role));

    internal static Caller Of(string name, RosterRoles roles, Func<Role, bool>? standing = null) => new(name, RoleOf(roles), roles, null, standing);

    private static Role RoleOf(RosterRoles roles) =>
        roles.HasFlag(RosterRoles.Owner) ? Role.Owner
        : roles.HasFlag(RosterRoles.Operator) ? Role.Operator
        : roles.HasFlag(RosterRoles.Viewer) ? Role.Viewer
        : roles.HasFlag(RosterRoles.Participant) ? Role.Participant
        : Role.Anonymous;
}
