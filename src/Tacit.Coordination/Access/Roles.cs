using Tacit.Aggregation.Failures;
using Tacit.Storage.Roster;

namespace Tacit.Coordination.Access;

/// <summary>Roles and names as text.</summary>
internal static class Roles
{
    private const int LongestShown = 40;
    private const int LongestName = 100, LongestReason = 200;

    private static readonly (string Text, RosterRoles Role)[] all =
    [
        ("participant", RosterRoles.Participant), ("viewer", RosterRoles.Viewer), ("operator", RosterRoles.Operator), ("owner", RosterRoles.Owner),
    ];

    public static string[] Texts(RosterRoles roles) => [.. all.Where(one => roles.HasFlag(one.Role)).Select(one => one.Text)];

    public static string Text(RosterRoles role) => string.Join('+', Texts(role));

    public static bool TryPerson(string text, out RosterRoles role) => TryRead(text, out role) && role != RosterRoles.Participant;

    /// <exception cref="FailureException">INVALID_VALUE.</exception>
    public static RosterRoles Read(IReadOnlyCollection<string> texts)
    {
        RosterRoles roles = RosterRoles.None;
        foreach (string? text in texts)
        {
            if (text is null || !TryRead(text, out RosterRoles one)) throw new FailureException(FailureCodes.InvalidValue, $"role is \"{Shown(text ?? "")}\"; it must be participant, viewer, operator or owner");
            roles |= one;
        }

        return roles != RosterRoles.None ? roles : throw new FailureException(FailureCodes.InvalidValue, "roles is empty; to shut somebody out, revoke the name");
    }

    /// <exception cref="FailureException">INVALID_VALUE.</exception>
    public static void ThrowUnlessName(string? name)
    {
        if (name is not { Length: >= 1 and <= LongestName } || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_')) || name.Trim('.').Length == 0)
        {
            throw new FailureException(FailureCodes.InvalidValue, $"name is \"{Shown(name ?? "")}\"; it must be 1 to {LongestName} of the letters a to z and A to Z, digits, dots, dashes and underscores, and not dots alone");
        }
    }

    private static string Shown(string text) => Reason(text.Length > LongestShown ? text[..LongestShown] + "…" : text);

    /// <summary>One line for the audit log.</summary>
    public static string Reason(string reason) => string.Concat((reason.Length > LongestReason ? reason[..LongestReason] : reason).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));

    private static bool TryRead(string text, out RosterRoles role)
    {
        role = all.FirstOrDefault(one => one.Text == text).Role;
        return role != RosterRoles.None;
    }
}
