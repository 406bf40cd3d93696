using static Tacit.Aggregation.Failures.FailureKind;

namespace Tacit.Aggregation.Failures;

internal static partial class FailurePages
{
    public static IReadOnlyList<FailurePage> Storage { get; } =
    [
        new(FailureCodes.StorageUnavailable, FailureKind.Environment, "The database cannot be opened or reached: the file or its folder is missing or not writable, the server does not answer, or it refused the user.", "Check the path or the connection, that the server runs, and the rights of the user. What was acknowledged before is safe."),
        new(FailureCodes.StorageNewer, Input, "The database was migrated by a newer program. An older one would not understand what it reads, so it does not start.", "Start the newer program, or restore a backup from before its first start."),
        new(FailureCodes.StorageAltered, Input, "The tables are not the ones that this program's migrations made: a migration was changed after it ran, somebody changed a table or its triggers, or the database belongs to something else.", "Undo the change that the message names, restore a backup, or give the coordinator a database of its own."),
        new(FailureCodes.StorageConflict, Input, "A write contradicts what is stored: the same key with other content, or a change that the present state does not allow. Nothing was written.", "Read the present state and decide again. Repeating a write that succeeded is no conflict."),
        new(FailureCodes.StorageTakenOver, FailureKind.Environment, "Another coordinator has taken over this database. Two that write could both spend the last of a budget, so the older one may not write any more.", "Let only one coordinator run on a database; restart this one if it is the one that should go on."),
        new(FailureCodes.KeyFilePermissions, Input, "A file with a secret key can be read by others than its owner.", "chmod 600 the file. If somebody may have read it, rotate the key."),
        new(FailureCodes.StorageCorrupt, Input, "What was read does not have the hash it was written with: the disk or somebody changed it.", "Restore a backup. Do not go on with a model or a log that nobody can vouch for."),
    ];
}
