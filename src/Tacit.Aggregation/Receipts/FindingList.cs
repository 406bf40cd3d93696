namespace Tacit.Aggregation.Receipts;

/// <summary>Collects the checks of one receipt.</summary>
internal sealed class FindingList(long index)
{
    private readonly List<ReceiptFinding> findings = [];

    public bool AnyWrong => findings.Exists(finding => finding.Verdict == ReceiptVerdict.Wrong);

    public bool Has(string field) => findings.Exists(finding => finding.Verdict == ReceiptVerdict.Wrong && finding.Field == field);

    public void Add(string field, ReceiptVerdict verdict, string detail) => findings.Add(new ReceiptFinding(index, field, verdict, detail));

    public void AddRange(FindingList other) => findings.AddRange(other.findings);

    /// <summary>Always false.</summary>
    public bool Wrong(string field, string detail)
    {
        Add(field, ReceiptVerdict.Wrong, detail);
        return false;
    }

    public bool Check(string field, bool holds, string good, string bad)
    {
        Add(field, holds ? ReceiptVerdict.Holds : ReceiptVerdict.Wrong, holds ? good : bad);
        return holds;
    }

    public ReceiptFindings ToFindings() => new([.. findings]);
}
