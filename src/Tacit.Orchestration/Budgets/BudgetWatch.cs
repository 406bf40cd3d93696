using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tacit.Coordination.Jobs;

namespace Tacit.Orchestration.Budgets;

/// <summary>Writes into the log once when a run reaches 50, 80 and 95 percent of its ceiling.</summary>
internal sealed partial class BudgetWatch(JobHost jobs, ChangeSignal changes, ILogger<BudgetWatch> log) : BackgroundService
{
    private readonly Dictionary<string, int> told = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long seen = -1;
        while (!stoppingToken.IsCancellationRequested)
        {
            foreach (JobReport job in jobs.All.Where(job => job.EpsilonCeiling is not null)) Look(PrivacyBudgetReport.Of(job));
            seen = await changes.NextAsync(Math.Max(seen, changes.Version), stoppingToken);
        }
    }

    internal void Look(PrivacyBudgetReport budget)
    {
        int last = told.GetValueOrDefault(budget.Run);
        foreach (int threshold in budget.Alerts.Where(threshold => threshold > last))
        {
            LogAlert(budget.Run, threshold, budget.EpsilonSpent ?? 0, budget.EpsilonCeiling ?? 0);
            told[budget.Run] = threshold;
        }
    }

    [LoggerMessage(EventId = 2001, Level = LogLevel.Warning, Message = "Run {Run} has spent {Threshold} % of its privacy budget or more: epsilon {Spent:g4} of {Ceiling:g4}")]
    private partial void LogAlert(string run, int threshold, double spent, double ceiling);
}
