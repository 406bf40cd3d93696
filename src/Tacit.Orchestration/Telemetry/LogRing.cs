using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Tacit.Orchestration.Telemetry;

/// <summary>One event of the log.</summary>
/// <param name="Number">From 1, by this process.</param>
/// <param name="At">In UTC.</param>
/// <param name="Level">debug, information, warning, error or critical.</param>
/// <param name="Event">The event's id.</param>
/// <param name="Source">Who says it.</param>
/// <param name="Message">What it says; control characters are replaced.</param>
public sealed record LogEvent(long Number, DateTimeOffset At, string Level, int Event, string Source, string Message);

/// <summary>Keeps the last events for whoever asks over HTTP. Thread-safe.</summary>
internal sealed class LogRing(TimeProvider clock) : ILoggerProvider
{
    private const int Kept = 2000, LongestMessage = 2000;

    private readonly Queue<LogEvent> events = new();
    private readonly Lock gate = new();
    private TaskCompletionSource more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long last;

    public ILogger CreateLogger(string categoryName) => new Writer(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    /// <summary>Events after a number, and a task that ends when there are more.</summary>
    public (ImmutableArray<LogEvent> Events, long Last, Task More) After(long number)
    {
        lock (gate) return ([.. events.Where(entry => entry.Number > number)], last, more.Task);
    }

    public void Dispose()
    {
        // nothing is held
    }

    private void Add(LogLevel level, EventId id, string source, string message)
    {
        TaskCompletionSource done;
        string shown = message.Length <= LongestMessage ? message : message[..LongestMessage];
        lock (gate)
        {
            last++;
            events.Enqueue(new LogEvent(last, clock.GetUtcNow(), level.ToString().ToLower(CultureInfo.InvariantCulture), id.Id, source, string.Concat(shown.Select(letter => char.IsControl(letter) ? ' ' : letter))));
            if (events.Count > Kept) events.Dequeue();
            done = more;
            more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        done.TrySetResult();
    }

    private sealed class Writer(LogRing ring, string source) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        // Of an exception only its type: its message may quote what a request held.
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            ring.Add(logLevel, eventId, source, exception is null ? formatter(state, null) : $"{formatter(state, null)} ({exception.GetType().Name})");
    }
}
