using System.Diagnostics;
using Tacit.Aggregation.Rounds;
using Tacit.Benchmarks.Cohorts;
using Tacit.Benchmarks.Harness;

namespace Tacit.Benchmarks.Cases;

/// <summary>How cost grows with the cohort.</summary>
internal sealed class Growth : IBenchmark
{
    private const int Small = 1 << 14;
    private const int Model = 1 << 20;

    /// <summary>Enough for 3,200: growth of the work itself, without that of k and t.</summary>
    private const int FixedDegree = 40;

    private const int FixedThreshold = 21;

    public string Name => "growth";

    public string Summary => "coordinator and participant for n = 100 … 3,200, 5 % dropped: k by the finder and k = 40 at d = 2^14, k = 98 at d = 2^20";

    public void Run(Section section, Options options)
    {
        WarmUp();
        int[] sizes = options.Quick ? [100, 200, 400] : [100, 200, 400, 800, 1_600, 3_200];
        Series(section, options, "k by the finder, d = 2^14", sizes, new CohortOptions(0, Small));
        Series(section, options, "k = 40, d = 2^14", sizes, new CohortOptions(0, Small) { Neighbours = FixedDegree, Threshold = FixedThreshold });
        Series(section, options, "k = 98, d = 2^20", sizes, new CohortOptions(0, Model) { Neighbours = 98, Threshold = 66 });   // the size of the other targets; the most neighbours that a hundred have without being all
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

    // A size and its double are measured in turns, so that a change of the machine's speed meets both.
    private static void Series(Section section, Options options, string rule, int[] sizes, CohortOptions shape)
    {
        Size? smaller = null;
        foreach (int n in sizes)
        {
            Size size = new(shape with { Participants = n });
            smaller?.Forget();
            for (int i = 0; i < options.Repeats; i++)
            {
                smaller?.Measure();
                size.Measure();
            }

            Show(section, rule, size);
            if (smaller is not null)
            {
                double growth = size.Coordinator / smaller.Coordinator, ofDegree = (double)size.Degree / smaller.Degree;
                section.AtMost($"{rule}: coordinator T({n}) / T({n / 2})", 2.1, growth);
                if (ofDegree != 1) section.Add($"{rule}: the same, divided by k({n}) / k({n / 2})", growth / ofDegree, "x");
                section.Add($"{rule}: participant T({n}) / T({n / 2})", size.Participant / smaller.Participant, "x");
            }

            smaller?.Dispose();
            smaller = size;
        }

        smaller?.Dispose();
    }

    private static void Show(Section section, string rule, Size size)
    {
        string name = $"{rule}, n = {size.Participants}, k = {size.Degree}, t = {size.Threshold}";
        section.Add($"{name}: coordinator", new Samples(size.Coordinators.Select(t => t.Total)), "ms");
        foreach ((string part, Func<CoordinatorTimes, double> of) in new (string, Func<CoordinatorTimes, double>)[]
        {
            ("key bundles", t => t.Keys), ("coins and graph", t => t.Coins), ("shares", t => t.Shares), ("ingest", t => t.Ingest),
            ("requests", t => t.Requests), ("answers", t => t.Answers), ("close", t => t.Close),
        })
        {
            section.Add($"{name}:   {part}", new Samples(size.Coordinators.Select(of)), "ms");
        }

        section.Add($"{name}: one participant", new Samples(size.Clients.Select(c => c.Total)), "ms");
        section.Add($"{name}: bytes of one participant", size.Clients[0].Traffic / 1e3, "kB");
    }

    private sealed class Size : IDisposable
    {
        private readonly PreparedCohort cohort;
        private readonly CoordinatorRun coordinator;
        private readonly ParticipantRun participant;

        public Size(CohortOptions options)
        {
            cohort = new PreparedCohort(options);
            coordinator = new CoordinatorRun(cohort, new Uploads(cohort));
            participant = new ParticipantRun(cohort, cohort.Survivors[options.Participants / 2]);
            Measure();
            Forget();
        }

        public List<CoordinatorTimes> Coordinators { get; } = [];

        public List<ParticipantTimes> Clients { get; } = [];

        public int Participants => cohort.Options.Participants;

        public int Degree => cohort.Terms.Protection.Neighbours;

        public int Threshold => cohort.Terms.Protection.Threshold;

        public double Coordinator => new Samples(Coordinators.Select(t => t.Total)).Median;

        public double Participant => new Samples(Clients.Select(c => c.Total)).Median;

        public void Measure()
        {
            Coordinators.Add(coordinator.Run());
            Clients.Add(participant.Run());
        }

        public void Forget()
        {
            Coordinators.Clear();
            Clients.Clear();
        }

        public void Dispose() => cohort.Dispose();
    }
}
