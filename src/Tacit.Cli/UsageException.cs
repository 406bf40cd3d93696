using Tacit.Aggregation.Failures;

namespace Tacit.Cli;

/// <summary>The command line itself is wrong: exit 2, whatever the code's kind is elsewhere.</summary>
internal sealed class UsageException(FailureCode code, string message) : Exception(message)
{
    public FailureCode Code { get; } = code;
}
