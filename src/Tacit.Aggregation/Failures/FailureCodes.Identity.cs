namespace Tacit.Aggregation.Failures;

public static partial class FailureCodes
{
    /// <summary>A text is no invitation, or was copied wrongly.</summary>
    public static readonly FailureCode InvitationInvalid = new("INVITATION_INVALID");

    /// <summary>An invitation was used, has ended or was taken back.</summary>
    public static readonly FailureCode InvitationRefused = new("INVITATION_REFUSED");

    /// <summary>The words of the two sides are not the same.</summary>
    public static readonly FailureCode WordsDiffer = new("WORDS_DIFFER");

    /// <summary>The other side of a connection shows a certificate that is not the one that was agreed on.</summary>
    public static readonly FailureCode CertificateRefused = new("CERTIFICATE_REFUSED");

    /// <summary>An address failed too often to show who it is.</summary>
    public static readonly FailureCode TooManyAttempts = new("TOO_MANY_ATTEMPTS");
}
