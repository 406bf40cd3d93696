using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Tacit.Coordination.Access;
using Tacit.Coordination.Certificates;
using Tacit.Coordination.Jobs;
using Tacit.Coordination.Telemetry;
using Tacit.Orchestration.Budgets;
using Tacit.Storage.Jobs;

namespace Tacit.Orchestration.Telemetry;

/// <summary>What jobs, rounds and participants look like as metrics; asked for when somebody looks.</summary>
/// <remarks>How often a participant's update is clipped is known to the participant alone: there is no such metric, because asking would be a query of its own.</remarks>
internal sealed class JobMetrics(CoordinatorMetrics metrics, JobHost jobs, Roster roster, CoordinatorCertificates certificates, TimeProvider clock) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Meter meter = metrics.Meter;
        meter.CreateObservableCounter("tacit.rounds", Rounds, "{round}", "Rounds that are over, by job, outcome and failure.");
        meter.CreateObservableCounter("tacit.rounds.bytes.received", () => PerJob(job => job.Rounds.Sum(round => round.BytesReceived)), "By", "Bytes of envelopes of rounds that are over.");
        meter.CreateObservableCounter("tacit.values.saturated", () => PerJob(job => job.Rounds.Sum(round => round.Saturated)), "{value}", "Values that were cut to the range before they were summed.");
        meter.CreateObservableCounter("tacit.rounds.dropped", () => PerJob(job => job.Rounds.Sum(round => (long)round.Dropped.Length)), "{participant}", "Participants that stopped answering in a round.");
        meter.CreateObservableCounter("tacit.rounds.declined", () => PerJob(job => job.Rounds.Sum(round => (long)round.Declined.Length)), "{participant}", "Participants that did not want to take part in a round.");
        meter.CreateObservableGauge("tacit.participants", Participants, "{participant}", "Participants by what is known of them.");
        meter.CreateObservableGauge("tacit.jobs", () => Enum.GetValues<JobState>().Select(state => new Measurement<long>(jobs.All.Count(job => job.State == state), Tag("state", state.ToString().ToLowerInvariant()))), "{job}", "Jobs by state.");
        meter.CreateObservableGauge("tacit.quorum.needed", () => PerJob(job => job.Participants, running: true), "{participant}", "Participants that a running job needs before its first round.");
        meter.CreateObservableGauge("tacit.quorum.missing", () => PerJob(job => Math.Max(0, job.RoundsDone == 0 ? job.Participants - roster.Present.Length : 0), running: true), "{participant}", "Participants that a running job still waits for.");
        meter.CreateObservableGauge("tacit.privacy.epsilon.spent", () => Privacy(budget => budget.EpsilonSpent ?? 0, budget => budget.EpsilonAgainstCoordinator), null, "Epsilon that a job has spent, by whom it holds against.");
        meter.CreateObservableGauge("tacit.privacy.epsilon.ceiling", () => Privacy(budget => budget.EpsilonCeiling, _ => null), null, "Epsilon that a job may spend.");
        meter.CreateObservableGauge("tacit.privacy.alert", Alerts, null, "1 if a job has reached this percentage of its ceiling.");
        meter.CreateObservableGauge("tacit.certificate.remaining", () => certificates.Ends is { } ends ? [new Measurement<double>((ends - clock.GetUtcNow()).TotalSeconds)] : Array.Empty<Measurement<double>>(), "s", "How long the certificate that is shown now is still good.");
        meter.CreateObservableGauge("tacit.identity.key.age", KeyAge, "s", "How old the oldest present key of an approved participant is.");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<Measurement<long>> Rounds() =>
        from job in jobs.All
        from kind in job.Rounds.GroupBy(round => round.Aborted is { } aborted ? aborted.Reason.Name : "")
        select new Measurement<long>(kind.Count(), Tag("job", job.Id), Tag("outcome", kind.Key.Length == 0 ? "completed" : "aborted"), Tag("failure", kind.Key));

    private IEnumerable<Measurement<long>> Participants()
    {
        yield return new Measurement<long>(roster.All.Count(), Tag("state", "known"));
        yield return new Measurement<long>(roster.Present.Length, Tag("state", "present"));
    }

    private IEnumerable<Measurement<double>> KeyAge() =>
        roster.All.Min(member => member.Entry.KeySince) is { } oldest ? [new Measurement<double>((clock.GetUtcNow() - oldest).TotalSeconds)] : [];

    private IEnumerable<Measurement<long>> PerJob(Func<JobReport, long> value, bool running = false) =>
        from job in jobs.All
        where !running || job.State == JobState.Running
        select new Measurement<long>(value(job), Tag("job", job.Id));

    private IEnumerable<Measurement<double>> Privacy(Func<PrivacyBudgetReport, double?> readers, Func<PrivacyBudgetReport, double?> coordinator)
    {
        foreach (PrivacyBudgetReport budget in jobs.All.Where(job => job.EpsilonCeiling is not null).Select(PrivacyBudgetReport.Of))
        {
            if (readers(budget) is { } first) yield return new Measurement<double>(first, Tag("job", budget.Run), Tag("against", "readers"));
            if (coordinator(budget) is { } second) yield return new Measurement<double>(second, Tag("job", budget.Run), Tag("against", "coordinator"));
        }
    }

    private IEnumerable<Measurement<long>> Alerts() =>
        from job in jobs.All
        where job.EpsilonCeiling is not null
        let budget = PrivacyBudgetReport.Of(job)
        from threshold in PrivacyBudgetReport.Thresholds
        select new Measurement<long>(budget.Alerts.Contains(threshold) ? 1 : 0, Tag("job", job.Id), Tag("percent", threshold));

    private static KeyValuePair<string, object?> Tag(string key, object value) => new(key, value);
}
