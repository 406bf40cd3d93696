using System.Collections.Immutable;

namespace Tacit.Aggregation.Receipts;

/// <summary>What a check came to.</summary>
public enum ReceiptVerdict
{
    /// <summary>It holds.</summary>
    Holds,

    /// <summary>It could not be made: what it needs is not at hand.</summary>
    Unchecked,

    /// <summary>It does not hold: the receipt is not accepted.</summary>
    Wrong,
}

/// <summary>One check.</summary>
/// <param name="Index">Which receipt of the chain, from 1 in the order they were given; 0 for the chain as a whole.</param>
/// <param name="Field">The field as the file calls it; <c>json</c> for what is around the fields.</param>
/// <param name="Verdict">What it came to.</param>
/// <param name="Detail">One line.</param>
public sealed record ReceiptFinding(long Index, string Field, ReceiptVerdict Verdict, string Detail);

/// <summary>What the checks of a receipt or of a chain came to.</summary>
/// <param name="Findings">In the order of the checks.</param>
public sealed record ReceiptFindings(ImmutableArray<ReceiptFinding> Findings)
{
    /// <summary>Whether nothing is wrong. Checks that could not be made do not count against it: show them.</summary>
    public bool IsAccepted => Findings.All(finding => finding.Verdict != ReceiptVerdict.Wrong);

    /// <summary>What is wrong.</summary>
    public IEnumerable<ReceiptFinding> Wrong => Findings.Where(finding => finding.Verdict == ReceiptVerdict.Wrong);
}
