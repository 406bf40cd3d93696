using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Planning;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Jobs;
using Tacit.Privacy.Accounting.Renyi;
using Tacit.Privacy.Budgets;
using Tacit.Privacy.Mechanisms;
using Tacit.Simulation.Jobs;
using Xunit;

namespace Tacit.Tests.Learning.Jobs;

public sealed class TreeJobTests
{
    [Fact]
    public void Models_of_a_pass_carry_the_noise_of_few_nodes()
    {
        const int Features = 3000;
        TrainingPlan plan = PrivateJobs.Plan(PrivateJobs.Tree(multiplier: 1), rounds: 8, cohort: 3, rate: 1e-30);   // updates of zero: the model is noise
        TrainingSimulation simulation = PrivateJobs.Of(plan, participants: 11, Features);
        float[] first = new float[simulation.Dimension];
        simulation.Network.Initialize(first, new SeededRandomSource(plan.Seed, "model"));
        double node = simulation.Sums!.Forecast.SumNoise / 3;   // of the mean of a cohort

        // Passes of ⌊11/3⌋ steps. Each finished pass leaves one node; within one it is the ones of the step's number.
        int[] nodes = [1, 1, 2, 1 + 1, 1 + 1, 1 + 2, 2 + 1, 2 + 1];
        int round = 0;
        foreach (RoundReport _ in simulation.Run())
        {
            double variance = simulation.Released.Select((x, i) => Math.Pow((double)x - first[i], 2)).Average();
            double tolerance = 6.2 * Math.Sqrt(2.0 / simulation.Dimension);   // a false alarm has probability below 1e-9
            Assert.InRange(variance / (nodes[round++] * node * node), 1 - tolerance, 1 + tolerance);
        }

        Assert.Equal(8, round);
    }

    [Fact]
    public void Everybody_takes_part_once_in_a_pass_at_most()
    {
        TrainingPlan plan = PrivateJobs.Plan(PrivateJobs.Tree(multiplier: 1), rounds: 9, cohort: 5, rate: 0.1);
        plan = plan with { Dropout = 0.2, Protection = plan.Protection with { Drop = 0.6 } };
        TrainingSimulation simulation = PrivateJobs.Of(plan, participants: 17);

        RoundReport[] reports = [.. simulation.Run()];

        Assert.Equal(3, simulation.Sums!.TreeSteps);
        Assert.Contains(reports, report => report.Dropped.Length > 0);
        foreach (RoundReport[] pass in reports.Chunk(3))
        {
            string[] drawn = [.. pass.SelectMany(report => report.Included.Concat(report.Dropped.Select(drop => drop.Participant)).Distinct())];
            Assert.Equal(15, drawn.Distinct().Count());
            Assert.Equal(15, drawn.Length);
        }

        Assert.NotEqual(Drawn(reports[0]), Drawn(reports[3]));

        static string Drawn(RoundReport report) => string.Join(' ', report.Included.Concat(report.Dropped.Select(drop => drop.Participant)).Distinct().Order());
    }

    [Fact]
    public void A_tree_is_charged_when_it_begins_and_costs_what_the_formula_says()
    {
        TrainingSimulation simulation = PrivateJobs.Of(PrivateJobs.Plan(PrivateJobs.Tree(multiplier: 8), rounds: 7, cohort: 3, rate: 0.1), participants: 15);

        PrivacySpending[] spent = [.. simulation.Run().Select(report => report.Privacy!.Spent)];

        double z = simulation.Sums!.Forecast.Plan.NoiseScale / Math.Sqrt(simulation.Sums.Forecast.Plan.SquaredRoundedBound);
        double Formula(int trees) => RenyiOrders.Integers.Min(order => RenyiConversion.Epsilon(order, TreeAggregation.RenyiDivergence(order, z, steps: 5, participations: 1, trees), 1e-5));
        for (int round = 1; round <= 7; round++)
        {
            PrivacySpending now = spent[round - 1];
            Assert.True(now.Epsilon <= Formula(trees: round <= 5 ? 1 : 2) + 1e-12);
            Assert.Equal(Formula(trees: round <= 5 ? 1 : 2), now.Epsilon, 0.02 * now.Epsilon);   // zero concentrated at all orders is a little tighter than at whole ones
            Assert.Null(now.Coordinator);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(null)]   // everybody in every round: trees of one step
    public void The_ceiling_is_spent_and_not_passed(int? cohort)
    {
        TrainingSimulation simulation = PrivateJobs.Of(PrivateJobs.Plan(PrivateJobs.Tree(epsilon: 4), rounds: 6, cohort, rate: 0.1), participants: 12);

        RoundReport last = simulation.Run().Last();

        Assert.Equal(6, last.Round);
        Assert.InRange(last.Privacy!.Spent.Epsilon, 4 * 0.999, 4 * (1 + 1e-9));
        Assert.Equal(cohort is null ? 1 : 4, simulation.Sums!.TreeSteps);
    }

    [Fact]
    public void A_job_stops_before_a_tree_that_it_cannot_pay()
    {
        PrivacyPlan privacy = PrivateJobs.Tree(epsilon: 2, multiplier: 5);
        TrainingPlan plan = PrivateJobs.Plan(privacy with { StopsAtCeiling = true }, rounds: 40, cohort: 3, rate: 0.1);
        TrainingSimulation simulation = PrivateJobs.Of(plan, participants: 12);

        RoundReport[] reports = [.. simulation.Run()];

        Assert.Contains("tree of 4 rounds", simulation.Stopped, StringComparison.Ordinal);
        Assert.Equal(0, reports.Length % 4);
        Assert.InRange(reports[^1].Privacy!.Spent.Epsilon, 0.5, 2);
        FailureException refused = Assert.Throws<FailureException>(() => PrivateJobs.Of(plan with { Privacy = privacy }, participants: 12).Sums);
        Assert.Equal(FailureCodes.PrivacyPlanRefused, refused.Code);
        Assert.Contains($"{reports.Length / 4} trees of 4 steps are affordable", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_ledger_is_charged_once_a_tree()
    {
        Store store = new();
        TrainingSimulation simulation = PrivateJobs.Of(PrivateJobs.Plan(PrivateJobs.Tree(epsilon: 3), rounds: 7, cohort: 3, rate: 0.1), participants: 12);
        simulation.Ledger = new JobLedger(PrivacyLedger.Open(store), "data", "participant", "job", new PrivacyCeiling(3.1, 1e-5));

        double spent = simulation.Run().Last().Privacy!.Spent.Readers;

        Assert.Equal(2, store.Lines.Count);
        Assert.All(store.Lines, line => Assert.Contains(" zcdp(", line, StringComparison.Ordinal));
        Assert.Equal(spent, simulation.Ledger.Balance.Readers, 0.05);
        Assert.Equal(2, PrivacyLedger.Open(store).Entries.Count);
    }

    [Fact]
    public void A_tree_over_the_real_protocol_learns()
    {
        TrainingPlan plan = PrivateJobs.Plan(PrivateJobs.Tree(multiplier: 0.05), rounds: 8, cohort: 6, rate: 0.5);
        plan = plan with { Protection = new ProtectionPlan { Corrupt = 0, Drop = 0.2 }, Privacy = plan.Privacy with { Clip = 3 }, Dropout = 0.05 };

        RoundReport[] reports = [.. PrivateJobs.Of(plan, participants: 12, features: 50).Run()];

        Assert.All(reports, report => Assert.Null(report.Aborted));
        Assert.True(reports[^1].Metrics!.Accuracy > reports[0].Metrics!.Accuracy);
        Assert.True(reports[^1].Metrics!.Accuracy > 0.8);
    }

    private sealed class Store : ILedgerStore
    {
        public List<string> Lines { get; } = [];

        public IReadOnlyList<string> ReadAll() => Lines;

        public void Append(string line) => Lines.Add(line);
    }
}
