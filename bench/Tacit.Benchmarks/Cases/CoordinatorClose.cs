using Tacit.Benchmarks.Cohorts;
using Tacit.Benchmarks.Harness;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;

namespace Tacit.Benchmarks.Cases;

/// <summary>Taking the masks out of the sum of a thousand participants.</summary>
internal sealed class CoordinatorClose : IBenchmark
{
    public string Name => "coordinator";

    public string Summary => "unmasking, n = 1,000, k = 100, d = 2^20, 5 % dropped, by the real coordinator machine";

    public void Run(Section section, Options options)
    {
        CohortOptions of = new CohortOptions(1_000, 1 << 20).OfHundred();
        using PreparedCohort cohort = new(of);
        Uploads uploads = new(cohort);
        CoordinatorRun run = new(cohort, uploads);
        MaskTerm[] masks = Masks.Terms(256);
        ModularVector vector = new(of.Ring, of.Length);
        List<CoordinatorTimes> times = [];
        List<double> expansions = [];
        run.Run();
        for (int i = 0; i < options.Repeats; i++)
        {
            times.Add(run.Run());
            expansions.Add(Timing.Once(() => MaskExpansion.Accumulate(vector, masks, SequentialLoop.Instance)) / masks.Length);
        }

        Samples close = new(times.Select(t => t.Close)), expansion = new(expansions);
        section.Add("masks to take out", uploads.Masks, "expansions");
        section.Add("one expansion of 2^20 residues of 26 bits", expansion, "us");
        section.Add("key bundles, coins and graph", new Samples(times.Select(t => t.Keys + t.Coins)), "ms");
        section.Add("passing sealed shares on", new Samples(times.Select(t => t.Shares)), "ms");
        section.Add("ingest of all uploads", new Samples(times.Select(t => t.Ingest)), "ms");
        section.Add("unmask requests to all survivors", new Samples(times.Select(t => t.Requests)), "ms");
        section.Add("reading the answers", new Samples(times.Select(t => t.Answers)), "ms");
        section.Add("close: reconstruct and unmask", close, "s");
        section.Add("whole coordinator", new Samples(times.Select(t => t.Total)), "s");
        section.AtMost("close", 4, close.Median, "s");
        section.AtMost("close / (expansions x one expansion)", 1.3, close.Median / (uploads.Masks * expansion.Median));
        Parts(section, options, uploads.Masks - cohort.Survivors.Length, expansion.Median * uploads.Masks);
    }

    private static void Parts(Section section, Options options, int pairMasks, double expanding)
    {
        using AgreementKey own = AgreementKey.Create(SystemRandomSource.Instance), peer = AgreementKey.Create(SystemRandomSource.Instance);
        byte[] secret = new byte[32];
        Samples agree = Timing.InTurns(options.ManyRepeats, new Timed("agree", () => own.Agree(peer.PublicPoint, secret)))[0];
        section.Add("part: expansions", expanding, "s");
        section.Add($"part: {pairMasks} agreements with the dropped", pairMasks * agree.Median, "s");
    }
}
