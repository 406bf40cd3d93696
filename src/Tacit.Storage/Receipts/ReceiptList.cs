using System.Collections.Immutable;

namespace Tacit.Storage.Receipts;

/// <summary>What lists show of a receipt.</summary>
/// <param name="Job">Of which job.</param>
/// <param name="Number">Of which round.</param>
/// <param name="Participant">Whose.</param>
/// <param name="Bytes">How many it has.</param>
/// <param name="SavedAt">When it was stored.</param>
public sealed record ReceiptLine(string Job, long Number, string Participant, long Bytes, DateTimeOffset SavedAt);

/// <summary>The newest receipts.</summary>
/// <param name="Total">How many there are, shown or not.</param>
/// <param name="Participants">Everybody who has any, by name.</param>
/// <param name="Newest">Newest first.</param>
public sealed record ReceiptList(long Total, ImmutableArray<string> Participants, ImmutableArray<ReceiptLine> Newest);
