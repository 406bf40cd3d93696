using System.Diagnostics;
using Tacit.Aggregation.Rounds;
using Tacit.Benchmarks.Cohorts;
using Tacit.Benchmarks.Harness;

namespace Tacit.Benchmarks.Cases;

/// <summary>How cost grows with the cohort.</summary>
internal sealed class Growth : IBenchmark
{
    private const int Small = 1 << 14;
    private const int Model = 1 << 18;

    /// <summary>Enough for 3,200: growth of the work itself, without that of k and t.</summary>
    private const int FixedDegree = 40;

    private const int FixedThreshold = 21;

    public string Name => "growth";

    public string Summary => "coordinator and participant for n = 100 … 3,200, 5 % dropped: k by the finder and k = 40, d = 2^14 and 2^18";

    public void Run(Section section, Options options)
    {
        WarmUp();
        int[] sizes = options.Quick ? [100, 200, 400] : [100, 200, 400, 800, 1_600, 3_200];
        Series(section, options, "k by the finder, d = 2^14", sizes, new CohortOptions(0, Small));
        Series(section, options, "k = 40, d = 2^14", sizes, new CohortOptions(0, Small) { Neighbours = FixedDegree, Threshold = FixedThreshold });
        Series(section, options, "k = 40, d = 2^18", sizes, new CohortOptions(0, Model) { Neighbours = FixedDegree, Threshold = FixedThreshold });
    }

    // The JIT settles over many calls; the smallest cohort alone would be measured before it has.
    private static void WarmUp()
    {
        using PreparedCohort cohort = new(new CohortOptions(200, Small));
        CoordinatorRun coordinator = new(cohort, new Uploads(cohort));
        ParticipantRun participant = new(cohort, cohort.Survivors[0]);
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < 6;)
        {
            coordinator.Run();
            participant.Run();
        }
    }

    private static void Series(Section section, Options options, string rule, int[] sizes, CohortOptions shape)
    {
        Dictionary<int, (double Coordinator, double Participant)> totals = [];
        Dictionary<int, int> degrees = [];
        foreach (int n in sizes)
        {
            using PreparedCohort cohort = new(shape with { Participants = n });
            CoordinatorRun coordinator = new(cohort, new Uploads(cohort));
            ParticipantRun participant = new(cohort, cohort.Survivors[n / 2]);
            coordinator.Run();
            participant.Run();
            CoordinatorTimes[] times = new CoordinatorTimes[options.Repeats];
            ParticipantTimes[] clients = new ParticipantTimes[options.Repeats];
            for (int i = 0; i < options.Repeats; i++) (times[i], clients[i]) = (coordinator.Run(), participant.Run());
            totals[n] = Show(section, rule, cohort, times, clients);
            degrees[n] = cohort.Terms.Protection.Neighbours;
        }

        foreach (int n in sizes.Where(n => totals.ContainsKey(2 * n)))
        {
            double growth = totals[2 * n].Coordinator / totals[n].Coordinator, ofDegree = (double)degrees[2 * n] / degrees[n];
            section.AtMost($"{rule}: coordinator T({2 * n}) / T({n})", 2.1, growth);
            if (ofDegree != 1) section.Add($"{rule}: the same, divided by k({2 * n}) / k({n})", growth / ofDegree, "x");
            section.Add($"{rule}: participant T({2 * n}) / T({n})", totals[2 * n].Participant / totals[n].Participant, "x");
        }
    }

    private static (double Coordinator, double Participant) Show(Section section, string rule, PreparedCohort cohort, CoordinatorTimes[] times, ParticipantTimes[] clients)
    {
        ProtectionTerms protection = cohort.Terms.Protection;
        string name = $"{rule}, n = {cohort.Options.Participants}, k = {protection.Neighbours}, t = {protection.Threshold}";
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
