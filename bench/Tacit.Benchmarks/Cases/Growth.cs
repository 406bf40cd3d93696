using System.Diagnostics;
using Tacit.Aggregation.Rounds;
using Tacit.Benchmarks.Cohorts;
using Tacit.Benchmarks.Harness;

namespace Tacit.Benchmarks.Cases;

/// <summary>How cost grows with the cohort.</summary>
internal sealed class Growth : IBenchmark
{
    private const int Length = 1 << 14;

    /// <summary>Enough for 3,200: growth of the work itself, without that of k.</summary>
    private const int FixedDegree = 40;

    public string Name => "growth";

    public string Summary => "coordinator and participant for n = 100 … 3,200, k by the parameter finder, 5 % dropped, d = 2^14";

    public void Run(Section section, Options options)
    {
        WarmUp();
        int[] sizes = options.Quick ? [100, 200, 400] : [100, 200, 400, 800, 1_600, 3_200];
        Series(section, options, "k by the finder", sizes, neighbours: null);
        Series(section, options, $"k = {FixedDegree}", sizes, FixedDegree);
    }

    // The JIT settles over many calls; the smallest cohort alone would be measured before it has.
    private static void WarmUp()
    {
        using PreparedCohort cohort = new(new CohortOptions(200, Length));
        CoordinatorRun coordinator = new(cohort, new Uploads(cohort));
        ParticipantRun participant = new(cohort, cohort.Survivors[0]);
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < 6;)
        {
            coordinator.Run();
            participant.Run();
        }
    }

    private static void Series(Section section, Options options, string rule, int[] sizes, int? neighbours)
    {
        Dictionary<int, (double Coordinator, double Participant)> totals = [];
        foreach (int n in sizes)
        {
            using PreparedCohort cohort = new(new CohortOptions(n, Length) { Neighbours = neighbours });
            CoordinatorRun coordinator = new(cohort, new Uploads(cohort));
            ParticipantRun participant = new(cohort, cohort.Survivors[n / 2]);
            coordinator.Run();
            participant.Run();
            CoordinatorTimes[] times = new CoordinatorTimes[options.Repeats];
            ParticipantTimes[] clients = new ParticipantTimes[options.Repeats];
            for (int i = 0; i < options.Repeats; i++) (times[i], clients[i]) = (coordinator.Run(), participant.Run());
            totals[n] = Show(section, cohort, times, clients);
        }

        foreach (int n in sizes.Where(n => totals.ContainsKey(2 * n)))
        {
            section.AtMost($"{rule}: coordinator T({2 * n}) / T({n})", 2.1, totals[2 * n].Coordinator / totals[n].Coordinator);
            section.Add($"{rule}: participant T({2 * n}) / T({n})", totals[2 * n].Participant / totals[n].Participant, "x");
        }
    }

    private static (double Coordinator, double Participant) Show(Section section, PreparedCohort cohort, CoordinatorTimes[] times, ParticipantTimes[] clients)
    {
        ProtectionTerms protection = cohort.Terms.Protection;
        string name = $"n = {cohort.Options.Participants}, k = {protection.Neighbours}, t = {protection.Threshold}";
        Samples total = new(times.Select(t => t.Total));
        section.Add($"{name}: coordinator", total, "ms");
        foreach ((string part, Func<CoordinatorTimes, double> of) in new (string, Func<CoordinatorTimes, double>)[]
        {
            ("key bundles", t => t.Keys), ("coins and graph", t => t.Coins), ("shares", t => t.Shares), ("ingest", t => t.Ingest),
            ("requests", t => t.Requests), ("answers", t => t.Answers), ("close", t => t.Close),
        })
        {
            section.Add($"{name}:   {part}", new Samples(times.Select(of)), "ms");
        }

        Samples participant = new(clients.Select(c => c.Total));
        section.Add($"{name}: one participant", participant, "ms");
        section.Add($"{name}: bytes of one participant", clients[0].Traffic / 1e3, "kB");
        return (total.Median, participant.Median);
    }
}
