namespace Tacit.Storage.Audit;

/// <summary>What walking the chain showed.</summary>
/// <param name="Rows">How many rows are whole, from the first.</param>
/// <param name="Head">The hash of the last whole row: keep it elsewhere to see later that the end was cut off together with the head row.</param>
/// <param name="Broken">The first row that does not fit, or null.</param>
/// <param name="Problem">What is wrong with it; empty if nothing is.</param>
public sealed record AuditVerification(long Rows, string Head, long? Broken, string Problem)
{
    /// <summary>Whether the chain is whole.</summary>
    public bool IsWhole => Broken is null;
}
