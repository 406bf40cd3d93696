namespace Tacit.Aggregation.Failures;

public static partial class FailureCodes
{
    /// <summary>A database cannot be opened or reached.</summary>
    public static readonly FailureCode StorageUnavailable = new("STORAGE_UNAVAILABLE");

    /// <summary>A database was written by a newer program.</summary>
    public static readonly FailureCode StorageNewer = new("STORAGE_NEWER");

    /// <summary>A database's tables are not the ones that the program's migrations made.</summary>
    public static readonly FailureCode StorageAltered = new("STORAGE_ALTERED");

    /// <summary>Something else is already stored under the same key, or the state does not allow the change.</summary>
    public static readonly FailureCode StorageConflict = new("STORAGE_CONFLICT");

    /// <summary>Another coordinator has taken over the database.</summary>
    public static readonly FailureCode StorageTakenOver = new("STORAGE_TAKEN_OVER");

    /// <summary>What was read is not what was written.</summary>
    public static readonly FailureCode StorageCorrupt = new("STORAGE_CORRUPT");

    /// <summary>A secret's file can be read by others than its owner.</summary>
    public static readonly FailureCode KeyFilePermissions = new("KEY_FILE_PERMISSIONS");
}
