namespace Tacit.Participation.Connections;

/// <summary>How long to wait before the next attempt to reach a coordinator: twice as long after each that failed, up to a minute.</summary>
public sealed class BackOff
{
    private const int MostDoublings = 6;
    private static readonly TimeSpan longest = TimeSpan.FromMinutes(1);

    private int failed;

    /// <summary>An attempt failed.</summary>
    /// <returns>1, 2, 4, … 60 seconds.</returns>
    public TimeSpan Next()
    {
        TimeSpan pause = TimeSpan.FromSeconds(1 << failed);
        failed = Math.Min(MostDoublings, failed + 1);
        return pause < longest ? pause : longest;
    }

    /// <summary>An attempt succeeded.</summary>
    public void Reset() => failed = 0;
}
