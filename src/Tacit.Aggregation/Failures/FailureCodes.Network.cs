namespace Tacit.Aggregation.Failures;

public static partial class FailureCodes
{
    /// <summary>A request shows no identity, or one that is not known.</summary>
    public static readonly FailureCode NotAuthenticated = new("NOT_AUTHENTICATED");

    /// <summary>A request's identity may not do what it asks for.</summary>
    public static readonly FailureCode NotAllowed = new("NOT_ALLOWED");

    /// <summary>A body arrives too slowly.</summary>
    public static readonly FailureCode SenderTooSlow = new("SENDER_TOO_SLOW");

    /// <summary>A participant's policy refuses an offer, or terms are not those of the offer.</summary>
    public static readonly FailureCode TermsRefused = new("TERMS_REFUSED");

    /// <summary>A coordinator could not be reached.</summary>
    public static readonly FailureCode CoordinatorUnreachable = new("COORDINATOR_UNREACHABLE");

    /// <summary>Not enough participants came in time.</summary>
    public static readonly FailureCode TooFewParticipants = new("TOO_FEW_PARTICIPANTS");

    /// <summary>There is no such job.</summary>
    public static readonly FailureCode UnknownJob = new("UNKNOWN_JOB");

    /// <summary>A participant was asked to begin a round that it had begun before.</summary>
    public static readonly FailureCode RoundRepeated = new("ROUND_REPEATED");

    /// <summary>A job that was followed has failed.</summary>
    public static readonly FailureCode JobFailed = new("JOB_FAILED");
}
