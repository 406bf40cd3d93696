using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tacit.Aggregation.Failures;

namespace Tacit.Orchestration.Comparisons;

/// <summary>Runs comparisons in the background, one after another, and keeps the last few in memory. Thread-safe.</summary>
internal sealed partial class ComparisonBoard(OrchestrationOptions options, TimeProvider clock, ILogger<ComparisonBoard> log) : BackgroundService
{
    private const int Kept = 20, MostWaiting = 4;

    private readonly ConcurrentDictionary<int, ComparisonEntry> entries = new();
    private readonly System.Threading.Channels.Channel<ComparisonEntry> waiting = System.Threading.Channels.Channel.CreateBounded<ComparisonEntry>(MostWaiting);
    private int last;

    public ImmutableArray<ComparisonEntry> All => [.. entries.Values.OrderBy(entry => entry.Number)];

    public ComparisonEntry? Find(int number) => entries.GetValueOrDefault(number);

    public ComparisonEntry Submit(ComparisonRequest request)
    {
        if (options.Compare is null) throw new FailureException(FailureCodes.NotImplemented, "the program that serves this façade brought nothing that compares; tacit serve and tacit up do");
        ComparisonEntry entry = new(Interlocked.Increment(ref last), request, clock.GetUtcNow());
        if (!waiting.Writer.TryWrite(entry)) throw new FailureException(FailureCodes.QueueFull, $"{MostWaiting} comparisons are waiting; try again when one has ended");
        entries[entry.Number] = entry;
        entries.TryRemove(entry.Number - Kept, out _);
        return entry;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (ComparisonEntry entry in waiting.Reader.ReadAllAsync(stoppingToken))
        {
            entry.State = "running";
            try
            {
                await options.Compare!(entry.Request, entry, stoppingToken);
                entry.State = "finished";
            }
            catch (Exception problem) when (problem is not OperationCanceledException)
            {
                string reason = problem is FailureException failure ? $"{failure.Code}: {failure.Message}" : problem.GetType().Name;
                (entry.Reason, entry.State) = (reason, "failed");
                LogFailed(entry.Number, problem.GetType().Name);
            }
        }
    }

    [LoggerMessage(EventId = 2101, Level = LogLevel.Warning, Message = "Comparison {Number} failed: {Type}")]
    private partial void LogFailed(int number, string type);
}

/// <summary>One comparison. Thread-safe.</summary>
internal sealed class ComparisonEntry(int number, ComparisonRequest request, DateTimeOffset submitted) : IProgress<ComparisonRow>
{
    private readonly ConcurrentQueue<ComparisonRow> rows = new();

    public int Number { get; } = number;

    public ComparisonRequest Request { get; } = request;

    public DateTimeOffset Submitted { get; } = submitted;

    public string State { get; set; } = "planned";

    public string Reason { get; set; } = "";

    public ImmutableArray<ComparisonRow> Rows => [.. rows];

    public void Report(ComparisonRow value) => rows.Enqueue(value);
}
