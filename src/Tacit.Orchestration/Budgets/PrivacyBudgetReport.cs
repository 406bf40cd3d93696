using System.Collections.Immutable;
using Tacit.Coordination.Jobs;

namespace Tacit.Orchestration.Budgets;

/// <summary>What a run may cost and has cost. Every ε is at δ, for a unit.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="State">As in the list of runs.</param>
/// <param name="Mechanism">What kind of noise; none means that nothing is promised and nothing is counted.</param>
/// <param name="EpsilonCeiling">The run stops before it is exceeded; null without noise.</param>
/// <param name="EpsilonSpent">Against whoever sees the models; null before the first round or without noise.</param>
/// <param name="EpsilonAgainstCoordinator">Against the coordinator itself; null if it is trusted, or without noise.</param>
/// <param name="Delta">The chance that is left out of account.</param>
/// <param name="Unit">Whose data every ε protects, such as <c>participant</c> or <c>shard-of-8</c>.</param>
/// <param name="Fraction">Spent over ceiling; null without a ceiling.</param>
/// <param name="Alerts">The thresholds that were reached, in percent, of 50, 80 and 95.</param>
public sealed record PrivacyBudgetReport(
    string Run, string State, string Mechanism, double? EpsilonCeiling, double? EpsilonSpent, double? EpsilonAgainstCoordinator, double Delta, string Unit, double? Fraction, ImmutableArray<int> Alerts)
{
    /// <summary>Percent of a ceiling at which somebody is told.</summary>
    public static ImmutableArray<int> Thresholds { get; } = [50, 80, 95];

    /// <summary>Looks at a job.</summary>
    /// <param name="job">How it stands.</param>
    public static PrivacyBudgetReport Of(JobReport job)
    {
        ArgumentNullException.ThrowIfNull(job);
        double? fraction = job is { EpsilonCeiling: { } ceiling and > 0, Spent: { } spent } ? spent.Epsilon / ceiling : job.EpsilonCeiling is null ? null : 0;
        return new PrivacyBudgetReport(
            job.Id, job.State.ToString().ToLowerInvariant(), job.Mechanism, job.EpsilonCeiling, job.Spent?.Epsilon, job.Spent?.Coordinator, job.Delta, job.Unit, fraction, Reached(fraction));
    }

    /// <summary>The thresholds that a fraction has reached.</summary>
    /// <param name="fraction">Spent over ceiling, or null.</param>
    public static ImmutableArray<int> Reached(double? fraction) => [.. Thresholds.Where(threshold => fraction * 100 >= threshold)];
}
