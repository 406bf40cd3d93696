namespace Tacit.Aggregation.Failures;

/// <summary>The stable name of one way to fail, such as <c>COHORT_BELOW_THRESHOLD</c>; <c>tacit explain CODE</c> tells the rest.</summary>
/// <param name="Name">Upper snake case; never renamed once released.</param>
public readonly record struct FailureCode(string Name)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
