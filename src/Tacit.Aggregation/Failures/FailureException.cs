namespace Tacit.Aggregation.Failures;

/// <summary>A failure that a person has to read: a stable code and one line naming the field, the value, what is allowed and the way out.</summary>
public sealed class FailureException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="code">A code of the catalogue.</param>
    /// <param name="message">One line: field, value received, what is allowed, way out. Never a secret.</param>
    /// <param name="cause">The exception underneath, or null.</param>
    public FailureException(FailureCode code, string message, Exception? cause = null)
        : base(message, cause) => Code = code;

    /// <summary>The stable code.</summary>
    public FailureCode Code { get; }
}
