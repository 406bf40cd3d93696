namespace Tacit.Privacy.Budgets;

/// <summary>What a data set may cost in all, over every job.</summary>
/// <param name="Epsilon">Against readers of the models; positive.</param>
/// <param name="Delta">In (0, 1).</param>
/// <param name="CoordinatorEpsilon">Against the coordinator, or null for no ceiling there.</param>
public sealed record PrivacyCeiling(double Epsilon, double Delta, double? CoordinatorEpsilon = null);

/// <summary>What has been charged to a data set.</summary>
/// <param name="Readers">ε against readers of the models.</param>
/// <param name="Coordinator">ε against the coordinator.</param>
/// <param name="Entries">Entries of the ledger.</param>
public readonly record struct LedgerBalance(double Readers, double Coordinator, long Entries);
