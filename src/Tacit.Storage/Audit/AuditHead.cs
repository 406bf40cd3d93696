namespace Tacit.Storage.Audit;

/// <summary>The head row: who may write, and where the chain ends.</summary>
internal sealed record AuditHead(long Epoch, string Owner, long Entry, string Hash);
