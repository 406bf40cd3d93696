namespace Tacit.Storage.Jobs;

/// <summary>How far a job is.</summary>
public enum JobState
{
    /// <summary>Known, not begun.</summary>
    Planned,

    /// <summary>Runs rounds, or will when its coordinator is back.</summary>
    Running,

    /// <summary>Stopped by somebody; can run again.</summary>
    Stopped,

    /// <summary>Did what its plan says.</summary>
    Finished,

    /// <summary>Cannot go on.</summary>
    Failed,
}

/// <summary>One job.</summary>
/// <param name="Id">1 to 100 letters, digits, dots, dashes or underscores.</param>
/// <param name="Plan">The plan's text, as its owner wrote it; at most 1 MiB.</param>
/// <param name="PlanHash">The hash that parties compare, in hexadecimal.</param>
/// <param name="State">How far it is.</param>
/// <param name="Reason">Why it is in this state; may be empty.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="ChangedAt">When its state changed last.</param>
public sealed record JobRecord(string Id, string Plan, string PlanHash, JobState State, string Reason, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt);
