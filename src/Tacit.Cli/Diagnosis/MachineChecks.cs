using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Tacit.Cli.Diagnosis;

/// <summary>What this machine has to offer.</summary>
internal static class MachineChecks
{
    private const int WantedRuntime = 10;
    private const long LeastDiskBytes = 1L << 30, LeastMemoryBytes = 512L << 20;

    public static Finding Runtime() => Environment.Version.Major >= WantedRuntime
        ? Finding.Good("runtime", $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.RuntimeIdentifier}")
        : Finding.Problem("runtime", $"{RuntimeInformation.FrameworkDescription}", $"install .NET {WantedRuntime} or newer");

    public static Finding Processor()
    {
        (string Name, bool There)[] capabilities =
        [
            ("AES", Aes.IsSupported || System.Runtime.Intrinsics.Arm.Aes.IsSupported),
            ("carry-less multiplication", Pclmulqdq.IsSupported || System.Runtime.Intrinsics.Arm.Aes.IsSupported),
            ("256-bit vectors", Avx2.IsSupported),
            ("512-bit vectors", Avx512F.IsSupported),
        ];
        string found = string.Join(", ", capabilities.Select(capability => $"{capability.Name}: {(capability.There ? "yes" : "no")}")) + $"; {Environment.ProcessorCount} processors";
        return capabilities[0].There
            ? Finding.Good("processor", found)
            : Finding.Advice("processor", found, "without AES instructions masks are expanded several times slower, and the portable code is not constant-time against other programs of the machine; use another machine for real data");
    }

    public static Finding Memory()
    {
        long bytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        string found = FormattableString.Invariant($"{bytes / (1024.0 * 1024 * 1024):F1} GiB for this process");
        return bytes >= LeastMemoryBytes ? Finding.Good("memory", found) : Finding.Advice("memory", found, "a coordinator needs about six times its model and 64 KiB for each participant");
    }

    public static Finding Disk(string folder)
    {
        try
        {
            DriveInfo drive = new(Path.GetFullPath(Existing(folder)));
            string found = FormattableString.Invariant($"{drive.AvailableFreeSpace / (1024.0 * 1024 * 1024):F1} GiB free where {folder} is");
            return drive.AvailableFreeSpace >= LeastDiskBytes ? Finding.Good("disk", found) : Finding.Problem("disk", found, "free 1 GiB, or name another --data-dir: a full disk stops rounds before their sums are opened");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Finding.Advice("disk", $"the free space of {folder} cannot be read", "look at it by hand");
        }
    }

    /// <summary>Rights of a data directory: nobody but its owner reads keys and tokens.</summary>
    public static Finding DataFolder(string folder)
    {
        if (!Directory.Exists(folder)) return Finding.Good("data", $"{folder} is not there yet; tacit serve makes it, for its owner alone");
        try
        {
            string probe = Path.Combine(folder, $".doctor-{Environment.ProcessId}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Finding.Problem("data", $"{folder} cannot be written", "make it writable for the user that runs the coordinator, or name another --data-dir");
        }

        return OperatingSystem.IsWindows() ? Finding.Good("data", $"{folder} can be written; look at its access control list by hand") : Rights(folder);
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static Finding Rights(string folder)
    {
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        List<string> open = [];
        foreach (string path in Directory.EnumerateFileSystemEntries(folder).Prepend(folder).Order(StringComparer.Ordinal))
        {
            if ((File.GetUnixFileMode(path) & Others) != 0) open.Add(Path.GetRelativePath(folder, path));
        }

        return open.Count == 0
            ? Finding.Good("data", $"{folder} can be written, and nobody but its owner reads it")
            : Finding.Problem("data", $"{folder}: others may use {string.Join(", ", open.Take(5))}{(open.Count > 5 ? $" and {open.Count - 5} more" : "")}", $"chmod -R go-rwx {folder}: it holds keys and tokens");
    }

    /// <summary>Whether ports can be listened on.</summary>
    public static Finding Ports(IEnumerable<int> ports, bool coordinatorRuns)
    {
        List<int> taken = [];
        int[] all = [.. ports];
        foreach (int port in all)
        {
            try
            {
                using TcpListener listener = new(IPAddress.Loopback, port);
                listener.Start();
            }
            catch (SocketException)
            {
                taken.Add(port);
            }
        }

        string list = string.Join(", ", all);
        if (taken.Count == 0) return Finding.Good("ports", $"{list} are free");
        string found = $"{string.Join(", ", taken)} of {list} cannot be listened on";
        return coordinatorRuns
            ? Finding.Good("ports", $"{found}; a coordinator runs, and may be who has them")
            : Finding.Advice("ports", found, "end what listens there, or give serve other ports");
    }

    private static string Existing(string folder)
    {
        string path = Path.GetFullPath(folder);
        while (!Directory.Exists(path) && Path.GetDirectoryName(path) is { } parent) path = parent;
        return path;
    }
}
