using System.Diagnostics;

namespace Tacit.Benchmarks.Harness;

/// <summary>One thing to time.</summary>
/// <param name="Name">As reported.</param>
/// <param name="Body">Does the work once.</param>
internal sealed record Timed(string Name, Action Body);

/// <summary>Measures product and limit in turns, so that a change of the machine's speed meets both.</summary>
internal static class Timing
{
    private const double LeastSampleSeconds = 0.004;
    private const double WarmupSeconds = 0.25;

    /// <summary>Times each body once per repeat, in turns, in CPU time of this thread.</summary>
    /// <param name="repeats">At least 1; the rule asks for 9.</param>
    /// <param name="bodies">Short ones are run several times within a sample.</param>
    /// <returns>Seconds of one run of each body.</returns>
    public static Samples[] InTurns(int repeats, params Timed[] bodies) => InTurns(() => CpuClock.Seconds, repeats, bodies);

    /// <summary>As above, by the clock on the wall: for work on several threads.</summary>
    public static Samples[] InTurnsByWallClock(int repeats, params Timed[] bodies) =>
        InTurns(() => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency, repeats, bodies);

    /// <summary>Time of one call.</summary>
    public static double Once(Action body)
    {
        double start = CpuClock.Seconds;
        body();
        return CpuClock.Seconds - start;
    }

    private static Samples[] InTurns(Func<double> clock, int repeats, Timed[] bodies)
    {
        int[] runs = [.. bodies.Select(body => WarmUp(clock, body.Body))];
        double[][] seconds = [.. bodies.Select(_ => new double[repeats])];
        for (int repeat = 0; repeat < repeats; repeat++)
        {
            for (int i = 0; i < bodies.Length; i++)
            {
                double start = clock();
                for (int run = 0; run < runs[i]; run++) bodies[i].Body();
                seconds[i][repeat] = (clock() - start) / runs[i];
            }
        }

        return [.. seconds.Select(s => new Samples(s))];
    }

    // Long enough for the JIT to replace its first code, and then the runs that make a sample readable.
    private static int WarmUp(Func<double> clock, Action body)
    {
        long begun = Stopwatch.GetTimestamp();
        double least = double.PositiveInfinity;
        do
        {
            double start = clock();
            body();
            least = Math.Min(least, clock() - start);
        }
        while (Stopwatch.GetElapsedTime(begun).TotalSeconds < WarmupSeconds);
        return (int)Math.Clamp(Math.Ceiling(LeastSampleSeconds / Math.Max(least, 1e-9)), 1, 1_000_000);
    }
}

/// <summary>Repeated measurements of one thing, in seconds.</summary>
internal sealed class Samples(IEnumerable<double> seconds)
{
    private readonly double[] sorted = [.. seconds.Order()];

    public double Median => sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2] + sorted[(sorted.Length / 2) - 1]) / 2;

    public double Least => sorted[0];

    public double Most => sorted[^1];

    public int Count => sorted.Length;
}
