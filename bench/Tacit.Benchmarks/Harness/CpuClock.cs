using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Tacit.Benchmarks.Harness;

/// <summary>Seconds of processor time that the calling thread has used.</summary>
/// <remarks>
/// On 64-bit Linux this is CLOCK_THREAD_CPUTIME_ID, which other processes on the machine do not inflate. Elsewhere it falls back to
/// <see cref="Stopwatch"/>, wall-clock time: figures are then only as good as the machine is idle, and the report says so.
/// </remarks>
internal static class CpuClock
{
    private const int ThreadCpuTime = 3;

    public static bool IsThreadTime { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess && Works();

    public static string Name => IsThreadTime ? "thread CPU time (CLOCK_THREAD_CPUTIME_ID)" : "wall-clock time (Stopwatch)";

    public static double Seconds
    {
        get
        {
            if (!IsThreadTime) return Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
            _ = ClockGetTime(ThreadCpuTime, out Timespec time);
            return time.Seconds + (time.Nanoseconds * 1e-9);
        }
    }

    private static bool Works()
    {
        try
        {
            return ClockGetTime(ThreadCpuTime, out _) == 0;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ClockGetTime(int clock, out Timespec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
