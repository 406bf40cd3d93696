using System.IO;
using System.IO.Compression;
using Tacit.Aggregation.Failures;

namespace Tacit.Simulation.Files;

/// <summary>A folder of data files, or a ZIP archive of one: files are found by relative path, with or without <c>.gz</c>.</summary>
public sealed class DataFolder : IDisposable
{
    private readonly string root;
    private readonly ZipArchive? archive;

    private DataFolder(string root, ZipArchive? archive)
    {
        this.root = root;
        this.archive = archive;
    }

    /// <summary>Opens a folder or an archive.</summary>
    /// <param name="path">A folder, or a file that ends in <c>.zip</c>.</param>
    /// <exception cref="FailureException">FILE_NOT_FOUND, INVALID_VALUE for another kind of file, MALFORMED_FILE or PATH_NOT_ALLOWED.</exception>
    public static DataFolder Open(string path)
    {
        if (Directory.Exists(path)) return new DataFolder(path, null);
        if (!File.Exists(path)) throw new FailureException(FailureCodes.FileNotFound, $"{path} does not exist; --data names a folder or an archive that ends in .zip");
        if (!path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase)) throw new FailureException(FailureCodes.InvalidValue, $"{path} is a file; this format needs a folder or an archive that ends in .zip");
        try
        {
            ZipArchive archive = ZipFile.OpenRead(path);
            ZipArchiveEntry? escaping = archive.Entries.FirstOrDefault(entry => Leaves(entry.FullName));
            if (escaping is not null) throw new FailureException(FailureCodes.PathNotAllowed, $"{path}: the entry \"{escaping.FullName}\" leads out of the archive; nothing was read");
            return new DataFolder(path, archive);
        }
        catch (InvalidDataException problem)
        {
            throw new FailureException(FailureCodes.MalformedFile, $"{path} is not a ZIP archive: {problem.Message.ReplaceLineEndings(" ")}", problem);
        }
    }

    /// <summary>Finds a file.</summary>
    /// <param name="relativePath">With forward slashes, without <c>.gz</c>.</param>
    /// <returns>Its content, decompressed, or null if it is not there.</returns>
    public ReadOnlyMemory<byte>? Find(string relativePath)
    {
        if (Leaves(relativePath)) throw new FailureException(FailureCodes.PathNotAllowed, $"\"{relativePath}\" leads out of {root}");
        return archive is null ? FindFile(relativePath) : FindEntry(relativePath);
    }

    /// <inheritdoc/>
    public void Dispose() => archive?.Dispose();

    private ReadOnlyMemory<byte>? FindFile(string relativePath)
    {
        string path = Path.Combine(root, relativePath.Replace('/', Path.DirectorySeparatorChar));
        if (File.Exists(path)) return DataFiles.Read(path);
        if (File.Exists(path + ".gz")) return DataFiles.Read(path + ".gz");
        return null;   // not the other branch of ?:, where null would become an empty memory
    }

    // Archives often wrap everything in one folder: the path may begin anywhere after a slash.
    private ReadOnlyMemory<byte>? FindEntry(string relativePath)
    {
        ZipArchiveEntry? entry = archive!.Entries.FirstOrDefault(e => Matches(e.FullName, relativePath) || Matches(e.FullName, relativePath + ".gz"));
        if (entry is null) return null;
        if (entry.Length > DataFiles.LimitBytes) throw new FailureException(FailureCodes.TooLarge, $"{root}: the entry \"{entry.FullName}\" says it has {entry.Length} bytes; the limit is {DataFiles.LimitBytes}");
        using Stream stream = entry.Open();
        byte[] bytes = DataFiles.Drain($"{root}:{entry.FullName}", stream, DataFiles.LimitBytes);
        return entry.FullName.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? DataFiles.Gunzip(entry.FullName, bytes, DataFiles.LimitBytes) : bytes;
    }

    private static bool Matches(string entry, string path) => entry == path || entry.EndsWith("/" + path, StringComparison.Ordinal);

    private static bool Leaves(string path) =>
        Path.IsPathRooted(path) || path.Contains(':', StringComparison.Ordinal) || path.Split('/', '\\').Contains("..");
}
