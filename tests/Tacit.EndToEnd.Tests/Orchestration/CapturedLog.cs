using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Tacit.EndToEnd.Tests.Orchestration;

/// <summary>Everything that is logged: of ours at every level, of the server what the coordinator lets through; exceptions whole.</summary>
internal sealed class CapturedLog : ILoggerProvider
{
    public ConcurrentQueue<(LogLevel Level, string Source, string Text)> Events { get; } = new();

    public string All => string.Join('\n', Events.Select(entry => $"{entry.Level} {entry.Source} {entry.Text}"));

    public IEnumerable<string> Unhandled => Events.Where(entry => entry.Level >= LogLevel.Error || entry.Text.Contains("unhandled exception", StringComparison.OrdinalIgnoreCase)).Select(entry => $"{entry.Source}: {entry.Text}");

    public void AddTo(ILoggingBuilder logging) => logging.AddProvider(this).SetMinimumLevel(LogLevel.Trace).AddFilter<CapturedLog>("Tacit", LogLevel.Trace);

    public ILogger CreateLogger(string categoryName) => new Writer(this, categoryName);

    public void Dispose()
    {
        // nothing is held
    }

    private sealed class Writer(CapturedLog log, string source) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Events.Enqueue((logLevel, source, $"{formatter(state, exception)} {exception}"));
    }
}
