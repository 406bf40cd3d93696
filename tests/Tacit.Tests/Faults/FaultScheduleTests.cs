using System.Globalization;
using Tacit.Aggregation.Rounds;
using Tacit.Simulation.Conformance;
using Tacit.Tests.Attacks;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Faults;

/// <summary>SA-12 and SA-19: whatever is lost, late, doubled, altered or crashed, a sum is right or the round says why there is none.</summary>
public sealed class FaultScheduleTests(ITestOutputHelper output)
{
    [Fact]
    public void Random_fault_schedules_end_in_bounded_time_with_a_right_sum_or_a_reason()
    {
        SortedDictionary<string, int> outcomes = [];
        List<string> failures = [];
        for (ulong seed = 1; seed <= (ulong)Effort.Schedules && failures.Count < 10; seed++)
        {
            ConformanceScenario scenario = FaultSchedule.Draw(seed);
            string violations = FaultSchedule.Violations(scenario, out ConformanceResult? result);
            if (violations.Length > 0) failures.Add($"seed {seed}: {violations}");
            string outcome = result?.Run.Outcome is RoundOutcome.Aborted aborted ? aborted.Reason.Name : "completed";
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }

        foreach ((string outcome, int count) in outcomes) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} {outcome}"));
        Assert.True(failures.Count == 0, $"paste the seeds into Reproductions.cs:\n{string.Join('\n', failures)}");
        Assert.True(outcomes["completed"] > Effort.Schedules / 3, "schedules that nearly always abort test little");
    }

    [Fact]
    public void The_same_seed_gives_the_same_outcome_sum_traffic_and_incidents()
    {
        for (ulong seed = 1; seed <= 200; seed++)
        {
            FaultSchedule.Violations(FaultSchedule.Draw(seed), out ConformanceResult? first);
            FaultSchedule.Violations(FaultSchedule.Draw(seed), out ConformanceResult? second);

            Assert.Equal(FaultSchedule.Describe(first!.Run), FaultSchedule.Describe(second!.Run));
        }
    }
}
