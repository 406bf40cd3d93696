namespace Tacit.Privacy.Accounting;

/// <summary>An accountant was asked to account for what its proofs do not cover: another sampler, relation or mechanism.</summary>
public sealed class AccountantMismatchException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was given, why it is not covered, and what to use instead.</param>
    public AccountantMismatchException(string message)
        : base(message)
    {
    }
}
