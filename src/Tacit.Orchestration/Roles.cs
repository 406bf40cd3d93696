using Tacit.Coordination.Access;

namespace Tacit.Orchestration;

/// <summary>Which role reads.</summary>
internal static class Roles
{
    /// <summary>Whoever may look and change nothing.</summary>
    public const Role Reader = Role.Viewer;
}
