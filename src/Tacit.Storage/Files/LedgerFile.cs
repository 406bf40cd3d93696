using System.IO;
using System.Text;
using Tacit.Aggregation.Failures;
using Tacit.Privacy.Budgets;

namespace Tacit.Storage.Files;

/// <summary>A ledger in a file of its own: one line an entry, locked while it is open, flushed to the disk before a charge counts.</summary>
public sealed class LedgerFile : ILedgerStore, IDisposable
{
    private const long LargestBytes = 1L << 30;

    private readonly FileStream stream;
    private readonly List<string> lines = [];
    private bool broken;

    private LedgerFile(FileStream stream) => this.stream = stream;

    /// <summary>Opens or creates a ledger; nobody else can have it open.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FailureException">The file cannot be opened, or is somebody else's.</exception>
    public static LedgerFile Open(string path)
    {
        FileStream stream;
        try
        {
            stream = PrivateFolder.OpenFile(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new FailureException(FailureCodes.FileAccess, $"the ledger {Path.GetFileName(path)} cannot be opened; another job may have it, or the folder is missing: {problem.Message.ReplaceLineEndings(" ")}", problem);
        }

        LedgerFile file = new(stream);
        try
        {
            file.Load(Path.GetFileName(path));
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> ReadAll() => lines;

    /// <inheritdoc/>
    /// <exception cref="FailureException">FILE_ACCESS: the disk is full or fails; nothing was charged.</exception>
    public void Append(string line)
    {
        if (broken) throw new FailureException(FailureCodes.FileAccess, "the ledger could not be put right after a failed write; make room on the disk and start again");
        long end = stream.Length;
        stream.Position = end;
        try
        {
            stream.Write(Encoding.UTF8.GetBytes(line + "\n"));
            stream.Flush(flushToDisk: true);
        }
        catch (Exception problem) when (problem is IOException or ArgumentException)   // a file that may not grow is, to the platform, an argument out of range
        {
            broken = true;
            stream.SetLength(end);   // half a line would make the next one unreadable
            broken = false;
            throw new FailureException(FailureCodes.FileAccess, $"the ledger cannot be written: {problem.Message.ReplaceLineEndings(" ")}; make room on the disk", problem);
        }

        lines.Add(line);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => stream.Dispose();

    // A last line without an end was cut off by a crash before its charge was acknowledged: no noise was drawn for it.
    private void Load(string name)
    {
        if (stream.Length > LargestBytes) throw new FailureException(FailureCodes.TooLarge, $"the ledger {name} has {stream.Length} bytes; at most {LargestBytes} are read");
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        int whole = Array.LastIndexOf(content, (byte)'\n') + 1;
        if (whole < content.Length) stream.SetLength(whole);
        foreach (string line in Encoding.UTF8.GetString(content, 0, whole).Split('\n', StringSplitOptions.RemoveEmptyEntries)) lines.Add(line.TrimEnd('\r'));
    }
}
