using System.Collections.Immutable;

namespace Tacit.Aggregation.Failures;

/// <summary>What kind of trouble a failure is; the command line's exit code follows from it.</summary>
public enum FailureKind
{
    /// <summary>The command line was wrong: exit 2.</summary>
    Usage = 2,

    /// <summary>A file, a plan or a value was wrong: exit 3.</summary>
    Input = 3,

    /// <summary>A privacy budget would be exceeded: exit 4.</summary>
    Budget = 4,

    /// <summary>A party broke the protocol, or the round could not be finished by its rules: exit 5.</summary>
    Protocol = 5,

    /// <summary>The machine: disk, memory, missing support: exit 6.</summary>
    Environment = 6,

    /// <summary>The user ended it: exit 130.</summary>
    Interruption = 130,
}

/// <summary>The page of one failure code.</summary>
/// <param name="Code">The stable name.</param>
/// <param name="Kind">What kind of trouble.</param>
/// <param name="Meaning">What happened, and why it is refused.</param>
/// <param name="WayOut">What to do.</param>
public sealed record FailurePage(FailureCode Code, FailureKind Kind, string Meaning, string WayOut);

/// <summary>Every failure code with its explanation: what <c>tacit explain CODE</c> prints.</summary>
public static class FailureCatalogue
{
    /// <summary>All pages, by code.</summary>
    public static ImmutableSortedDictionary<string, FailurePage> Pages { get; } =
        FailurePages.Rounds.Concat(FailurePages.Files).Concat(FailurePages.Plans).Concat(FailurePages.Privacy).Concat(FailurePages.Storage).Concat(FailurePages.Network).Concat(FailurePages.Identity).Concat(FailurePages.Operation).ToImmutableSortedDictionary(page => page.Code.Name, page => page, StringComparer.Ordinal);

    /// <summary>The kind of a code; unknown codes are trouble of the environment.</summary>
    /// <param name="code">Any code.</param>
    public static FailureKind KindOf(FailureCode code) => Pages.TryGetValue(code.Name, out FailurePage? page) ? page.Kind : FailureKind.Environment;
}
