namespace Tacit.Privacy.Budgets;

/// <summary>A charge would pass a ceiling. Nothing was written.</summary>
/// <param name="spent">What has been spent.</param>
/// <param name="after">What would have been.</param>
/// <param name="ceiling">What is allowed.</param>
public sealed class BudgetExceededException(LedgerBalance spent, LedgerBalance after, PrivacyCeiling ceiling)
    : Exception(FormattableString.Invariant($"epsilon is {spent.Readers:g6} against readers and {spent.Coordinator:g6} against the coordinator; the charge would bring it to {after.Readers:g6} and {after.Coordinator:g6} at delta {ceiling.Delta:g3}, and the ceiling is {ceiling.Epsilon:g6}"))
{
    /// <summary>What has been spent.</summary>
    public LedgerBalance Spent => spent;

    /// <summary>What would have been.</summary>
    public LedgerBalance After => after;
}

/// <summary>A ledger is not the one that was written.</summary>
/// <param name="line">From 1.</param>
/// <param name="problem">What is wrong with it.</param>
public sealed class LedgerCorruptException(long line, string problem) : Exception($"line {line} of the ledger: {problem}")
{
    /// <summary>From 1.</summary>
    public long Line => line;
}
