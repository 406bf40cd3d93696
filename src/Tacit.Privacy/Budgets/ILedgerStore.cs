namespace Tacit.Privacy.Budgets;

/// <summary>Where a ledger's lines are kept.</summary>
public interface ILedgerStore
{
    /// <summary>All lines that were appended, in order. A line that was cut off while it was written was never acknowledged and is not among them.</summary>
    IReadOnlyList<string> ReadAll();

    /// <summary>Adds a line. Returns only when it would survive a loss of power.</summary>
    /// <param name="line">Without its end.</param>
    void Append(string line);
}
