using System.Threading;

namespace Tacit.EndToEnd.Tests.Federation;

/// <summary>Time that passes when a test says so; timers run in the thread that says it.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly List<ManualTimer> timers = [];
    private long now;   // ticks; the first moment is 0

    /// <summary>Timers that will run.</summary>
    public int Pending => timers.Count(timer => timer.Due < long.MaxValue);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => now;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ManualTimer timer = new(this, () => callback(state));
        timer.Change(dueTime, period);
        timers.Add(timer);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        long end = now + by.Ticks;
        while (timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due) is { } next)
        {
            now = Math.Max(now, next.Due);
            next.Run();
        }

        now = end;
    }

    private sealed class ManualTimer(ManualClock clock, Action run) : ITimer
    {
        private bool disposed;

        public long Due { get; private set; } = long.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (disposed) return false;
            Due = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : clock.now + dueTime.Ticks;
            return true;
        }

        public void Run()
        {
            Due = long.MaxValue;
            run();
        }

        public void Dispose() => (Due, disposed) = (long.MaxValue, true);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
