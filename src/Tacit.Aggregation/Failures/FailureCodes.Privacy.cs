namespace Tacit.Aggregation.Failures;

public static partial class FailureCodes
{
    /// <summary>A plan's noise would be too small for its ceiling, or would not be certain.</summary>
    public static readonly FailureCode PrivacyPlanRefused = new("PRIVACY_PLAN_REFUSED");

    /// <summary>A round would pass a privacy ceiling.</summary>
    public static readonly FailureCode PrivacyBudgetExceeded = new("PRIVACY_BUDGET_EXCEEDED");

    /// <summary>Too few honest shares of noise are in a sum.</summary>
    public static readonly FailureCode NoiseTooSmall = new("NOISE_TOO_SMALL");

    /// <summary>The range of a feature cannot be told from noise.</summary>
    public static readonly FailureCode BoundsNotFound = new("BOUNDS_NOT_FOUND");

    /// <summary>A privacy ledger was altered or damaged.</summary>
    public static readonly FailureCode LedgerCorrupt = new("LEDGER_CORRUPT");

    /// <summary>An audit told canaries apart better than a claimed ε allows.</summary>
    public static readonly FailureCode AuditFailed = new("AUDIT_FAILED");

    /// <summary>A receipt does not hold: a field is not what was signed, or not what follows from the others.</summary>
    public static readonly FailureCode ReceiptInvalid = new("RECEIPT_INVALID");
}
