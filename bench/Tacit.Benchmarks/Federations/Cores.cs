using System.Diagnostics;
using System.Numerics;

namespace Tacit.Benchmarks.Federations;

/// <summary>Starts processes on one processor each, so that neither runs where the other does. A child inherits what its parent may use while it starts it.</summary>
internal static class Cores
{
    /// <summary>Whether the system can be told, and there are two.</summary>
    public static bool CanChoose => (OperatingSystem.IsLinux() || OperatingSystem.IsWindows()) && Environment.ProcessorCount >= 2;

    /// <summary>Starts a process on the processor of this place among those that may be used; null, or where the system cannot be told: on any.</summary>
    public static Process On(int? place, Func<Process> start)
    {
        if (place is not { } wanted || !(OperatingSystem.IsLinux() || OperatingSystem.IsWindows()) || !CanChoose) return start();
        using var self = Process.GetCurrentProcess();
        nint all = self.ProcessorAffinity, rest = all;
        for (int skipped = 0; skipped < wanted; skipped++) rest &= rest - 1;
        try
        {
            self.ProcessorAffinity = (nint)1 << BitOperations.TrailingZeroCount(rest);
            return start();
        }
        finally
        {
            self.ProcessorAffinity = all;
        }
    }
}
