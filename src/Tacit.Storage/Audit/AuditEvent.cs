namespace Tacit.Storage.Audit;

/// <summary>Something worth keeping that is no change of the store: a refused login, a downloaded model.</summary>
/// <param name="Id">The caller's key: adding the same event twice keeps one. 1 to 100 letters, digits, dots, dashes or underscores.</param>
/// <param name="Action">What happened; as above.</param>
/// <param name="Subject">To what; any text of at most 1 MiB.</param>
/// <param name="Detail">More about it; as above. Never a secret.</param>
public sealed record AuditEvent(string Id, string Action, string Subject, string Detail);
