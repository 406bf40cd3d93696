using System.IO;
using Tacit.Benchmarks.Clusters;
using Tacit.Benchmarks.Harness;
using Tacit.Learning.Clustering;
using Tacit.Learning.Clustering.Stages;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Simulation.Clustering;
using Tacit.Simulation.Files;
using Tacit.Simulation.Parallelism;

namespace Tacit.Benchmarks.Cases;

/// <summary>How good private centres are: on published data sets, on a million records, and which method suits which numbers.</summary>
/// <remarks>
/// NICV, features scaled to [−1, 1], twenty participants of whom eighteen shares of noise are certain that no reader knows, δ = 1/(n ln n). Sums are added in the clear: masks cancel exactly, as
/// tests show. The range of each feature is the file's, taken as public, as in the published figures.
/// </remarks>
internal sealed class ClusteringAccuracy : IBenchmark
{
    private const string Folder = "../shared/data/clustering";

    private static readonly (int Records, int Dimension, int Clusters, double Deviation)[] mixtures =
    [
        (400, 2, 3, 0.2), (3000, 2, 20, 0.05), (20000, 2, 40, 0.04), (1000, 3, 3, 0.2), (10000, 3, 10, 0.1), (1000, 4, 4, 0.2), (5000, 4, 8, 0.12), (1500, 6, 8, 0.15),
        (40000, 6, 3, 0.3), (1500, 8, 8, 0.15), (10000, 8, 6, 0.15), (200, 13, 3, 0.25), (10000, 16, 16, 0.1), (600, 30, 2, 0.2), (2048, 64, 2, 0.23),
    ];

    public string Name => "clustering";

    public string Summary => "NICV of private clustering: data sets, a million records, methods on generated mixtures";

    public void Run(Section section, Options options)
    {
        DataSets(section, options);
        Million(section, options);
        Methods(section, options);
    }

    private static void DataSets(Section section, Options options)
    {
        if (!Directory.Exists(Folder))
        {
            section.Note($"{Folder} is not there: data sets are left out");
            return;
        }

        int seeds = options.Quick ? 3 : 20, cells = 0, worse = 0, far = 0, nine = 0;
        foreach (PublishedNicv set in PublishedNicv.All)
        {
            FeatureTable table = Read(set.Name);
            string line = $"{set.Name,-11}";
            for (int e = 0; e < PublishedNicv.Epsilons.Length; e++)
            {
                double mean = Mean(table, set.Clusters, PublishedNicv.Epsilons[e], ClusteringMethod.Auto, seeds);
                cells++;
                if (mean > set.FastLloyd[e]) worse++;
                if (mean <= 0.8 * set.FastLloyd[e]) far++;
                if (mean <= 0.8 * set.FastLloyd[e] && set.Name != "iris") nine++;
                line += FormattableString.Invariant($"  {mean:f5} ({mean / set.FastLloyd[e]:f2} of {set.FastLloyd[e]}{(set.Histogram is null ? "" : FormattableString.Invariant($", {mean / set.Histogram[e]:f3} of one histogram"))})");
            }

            section.Note(line + FormattableString.Invariant($"  best known {set.Best}, without noise {Run(table, set.Clusters, null, ClusteringMethod.Auto, 1) / set.Best:f3} of it"));
        }

        section.AtMost("cells worse than FastLloyd", 0, worse);
        section.AtLeast("cells at least 20 % lower, of the 36 without iris", 0.75, (double)nine / (cells - PublishedNicv.Epsilons.Length));
        section.Note($"{far} of {cells} cells are at least 20 % lower; {PublishedNicv.All.Sum(set => set.FastLloyd.Count(nicv => 0.8 * nicv < set.Best))} cannot be, because that is below the best known without privacy");
    }

    private static void Million(Section section, Options options)
    {
        int records = options.Quick ? 100_000 : 1_000_000, seeds = options.Quick ? 3 : 20;
        GaussianMixture mixture = GaussianMixture.Draw(records, 16, 16, 0.06, seed: 7);
        double truth = ClusterQuality.Nicv(mixture.Table.Records, mixture.Centres, 16, new int[mixture.Table.Count], new ThreadPoolLoop());
        foreach (double epsilon in options.Quick ? [0.5] : new[] { 0.5, 1.0 })
        {
            double[] all = [.. Enumerable.Range(1, seeds).Select(seed => Run(mixture.Table, 16, epsilon, ClusteringMethod.Auto, (ulong)seed) / truth)];
            section.AtMost(FormattableString.Invariant($"{records} records, d = 16, k = 16, epsilon {epsilon}: worst of {seeds} seeds over the true centres"), 1.1, all.Max(), "x");
        }
    }

    private static void Methods(Section section, Options options)
    {
        int seeds = options.Quick ? 1 : 3;
        section.Note("generated mixtures: mean NICV over the best, at epsilon 0.1, 0.5, 1, 2; the choice of auto");
        foreach ((int n, int d, int k, double deviation) in mixtures)
        {
            GaussianMixture[] drawn = [.. Enumerable.Range(1, seeds).Select(seed => GaussianMixture.Draw(n, d, k, deviation, seed, skewed: seed % 2 == 0))];
            double[] best = [.. drawn.Select(mixture => mixture.BestNicv())];
            foreach (ClusteringMethod method in new[] { ClusteringMethod.Auto, ClusteringMethod.Histogram, ClusteringMethod.HistogramLloyd, ClusteringMethod.SummaryLloyd, ClusteringMethod.FastLloyd })
            {
                if (d > 8 && method is ClusteringMethod.Histogram or ClusteringMethod.HistogramLloyd) continue;
                IEnumerable<double> ratios = PublishedNicv.Epsilons.Select(epsilon => drawn.Select((mixture, i) => Run(mixture.Table, k, epsilon, method, (ulong)i + 1) / best[i]).Average());
                section.Note($"n = {n}, d = {d}, k = {k}, {ClusteringNames.Of(method),-15} {string.Join("  ", ratios.Select(ratio => FormattableString.Invariant($"{ratio:f3}")))}");
            }
        }
    }

    private static double Mean(FeatureTable table, int clusters, double epsilon, ClusteringMethod method, int seeds) =>
        Enumerable.Range(1, seeds).Average(seed => Run(table, clusters, epsilon, method, (ulong)seed));

    private static double Run(FeatureTable table, int clusters, double? epsilon, ClusteringMethod method, ulong seed)
    {
        ClusteringJob job = new() { Clusters = clusters, Epsilon = epsilon, Method = method, Seed = seed, Protection = new ProtectionPlan { Protocol = "plain-sum" } };
        return new ClusteringSimulation(job, table).Run().Nicv;
    }

    private static FeatureTable Read(string name)
    {
        string plain = Path.Combine(Folder, name + ".csv");
        return FeatureTable.From(CsvTable.Parse(DataFiles.Read(File.Exists(plain) ? plain : plain + ".gz"), name), labels: null, owners: null, ignore: []);
    }
}
