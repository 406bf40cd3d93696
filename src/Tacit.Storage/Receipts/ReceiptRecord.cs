namespace Tacit.Storage.Receipts;

/// <summary>A receipt as it was handed out.</summary>
/// <param name="Job">Of which job.</param>
/// <param name="Number">Of which round.</param>
/// <param name="Participant">Whose.</param>
/// <param name="Receipt">The signed bytes.</param>
/// <param name="SavedAt">When it was stored; what <see cref="IReceiptStore.AddAsync"/> is given here counts for nothing.</param>
public sealed record ReceiptRecord(string Job, long Number, string Participant, ReadOnlyMemory<byte> Receipt, DateTimeOffset SavedAt = default);
