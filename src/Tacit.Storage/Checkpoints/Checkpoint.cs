namespace Tacit.Storage.Checkpoints;

/// <summary>A model after a round.</summary>
/// <param name="Job">Whose.</param>
/// <param name="Number">The round that made it; 0 for the model a job begins with.</param>
/// <param name="Hash">SHA-256 of its bytes, in hexadecimal.</param>
/// <param name="Bytes">How many there are or were.</param>
/// <param name="Model">The bytes, which have this hash; empty in lists and for a model that was pruned.</param>
/// <param name="SavedAt">When.</param>
public sealed record Checkpoint(string Job, long Number, string Hash, long Bytes, ReadOnlyMemory<byte> Model, DateTimeOffset SavedAt);
