using System.Collections.Immutable;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Planning;
using Tacit.Aggregation.Receipts;
using Tacit.Aggregation.Rounds;
using Tacit.Learning.Clustering.Stages;
using Tacit.Learning.Jobs;
using Tacit.Simulation.Clustering;
using Tacit.Simulation.Jobs;
using Tacit.Simulation.Receipts;
using Tacit.Tests.Learning.Jobs;
using Tacit.Tests.Simulation.Clustering;
using Xunit;

namespace Tacit.Tests.Simulation.Receipts;

public sealed class ReceiptBookTests
{
    private readonly Dictionary<string, List<RoundReceipt>> chains = [];
    private readonly Dictionary<long, ReceiptRoster> rosters = [];

    [Fact]
    public void Private_steps_cost_in_receipts_what_they_cost_in_reports()
    {
        PrivacyPlan privacy = new() { Mechanism = PrivacyMechanism.LocalSteps, Name = "dp-sgd", NoiseMultiplier = 1, SamplingRate = 0.5, Steps = 2 };

        PrivacySpending spent = Train(privacy, rounds: 3).Last().Privacy!.Spent;

        AssertAllHold(participants: 30, rounds: 3);
        RoundReceipt last = chains["3"][^1];
        Assert.Equal((spent.Epsilon, "example"), (last.Readers.Epsilon!.Value, last.Unit));
        Assert.Equal(last.Readers.Epsilon, last.Coordinator.Epsilon);
    }

    [Theory]
    [InlineData(NoisePlacement.Distributed, true)]
    [InlineData(NoisePlacement.Local, true)]
    [InlineData(NoisePlacement.Central, false)]
    public void Noised_sums_cost_in_receipts_about_what_they_cost_in_reports(NoisePlacement placement, bool bounded)
    {
        PrivacyPlan privacy = new() { Mechanism = PrivacyMechanism.Sum, Name = "sum", Placement = placement, NoiseMultiplier = 3 };

        PrivacySpending spent = Train(privacy, rounds: 2).Last().Privacy!.Spent;

        AssertAllHold(participants: 30, rounds: 2);
        RoundReceipt last = chains["3"][^1];
        Assert.InRange(last.Readers.Epsilon!.Value, spent.Epsilon * 0.9, spent.Epsilon * (1 + 1e-9));
        Assert.Equal(bounded, last.Coordinator.Epsilon is not null);
        Assert.Equal(bounded, spent.Coordinator is not null);
    }

    [Fact]
    public void Those_who_were_not_drawn_are_charged_too()
    {
        PrivacyPlan privacy = new() { Mechanism = PrivacyMechanism.Sum, Name = "sum", NoiseMultiplier = 3, Sampling = CohortSampling.Poisson, SamplingRate = 0.5 };

        RoundReport[] reports = Train(privacy, rounds: 3);

        Assert.All(reports, report => Assert.Null(report.Aborted));
        AssertAllHold(participants: 30, rounds: 3);
        Assert.Contains(chains.Values.SelectMany(own => own), receipt => receipt.Seat == 0);
        Assert.Single(chains.Values.SelectMany(own => own).SelectMany(receipt => receipt.Readers.Events).Distinct());   // says nothing of how many were drawn
        Assert.All(chains.Values, own => Assert.Equal(chains["1"][^1].Readers.Epsilon, own[^1].Readers.Epsilon));
        Assert.All(chains["1"][^1].Readers.Events, text => Assert.StartsWith("poisson(0.5,", text, StringComparison.Ordinal));
        Assert.True(chains["1"][^1].Readers.Epsilon < chains["1"][^1].Coordinator.Epsilon);
    }

    [Fact]
    public void A_tree_is_charged_with_its_first_round()
    {
        PrivacySpending spent = Train(PrivateJobs.Tree(multiplier: 4), rounds: 3, cohort: 10).Last().Privacy!.Spent;

        AssertAllHold(participants: 30, rounds: 3);
        Assert.Equal([1, 0, 0], chains["1"].Select(receipt => receipt.Readers.Events.Length));
        Assert.InRange(chains["1"][^1].Readers.Epsilon!.Value, spent.Epsilon * 0.9, spent.Epsilon * (1 + 1e-9));
    }

    [Fact]
    public void Exact_sums_promise_nothing()
    {
        Train(PrivacyPlan.None, rounds: 2);

        AssertAllHold(participants: 30, rounds: 2);
        Assert.All(chains["1"], receipt => Assert.Equal((null, "unbounded", "none"), (receipt.Readers.Epsilon, receipt.Readers.Accountant, receipt.Mechanism)));
    }

    [Theory]
    [InlineData("secagg-plus", true)]
    [InlineData("shared-mask", false)]
    public void Clusterings_give_receipts(string protocol, bool bounded)
    {
        ClusteringSimulation simulation = new(ClusteringJobs.Job(protocol, bounded ? ClusteringMethod.HistogramLloyd : ClusteringMethod.FastLloyd), ClusteringJobs.Table(1000))
        {
            Crashes = _ => bounded ? ImmutableDictionary<PartyId, Phase>.Empty.Add(new PartyId(4), Phase.MaskedInput) : ImmutableDictionary<PartyId, Phase>.Empty,
        };
        using ReceiptBook book = simulation.CreateReceipts();
        simulation.Receipts = Collect(book);

        ClusteringResult result = simulation.Run();

        AssertAllHold(participants: 10, result.Rounds.Length, book);
        RoundReceipt last = chains["p4"][^1];
        Assert.InRange(last.Readers.Epsilon!.Value, result.Spent!.Readers * 0.99, result.Spent.Readers * 1.5);
        Assert.Equal((!bounded, bounded), (last.Included, last.Coordinator.Epsilon is not null));
        Assert.True(chains["p3"][^1].Included);
    }

    private RoundReport[] Train(PrivacyPlan privacy, int rounds, int? cohort = null)
    {
        TrainingSimulation simulation = PrivateJobs.Of(PrivateJobs.Plan(privacy, rounds, cohort, rate: 0.1), participants: 30);
        using ReceiptBook book = simulation.CreateReceipts();
        simulation.Receipts = Collect(book);
        return [.. simulation.Run()];
    }

    private ReceiptBook Collect(ReceiptBook book)
    {
        book.Issued = (roster, receipts) =>
        {
            rosters.Add(receipts[0].Round, roster);
            foreach (RoundReceipt receipt in receipts)
            {
                if (!chains.TryGetValue(receipt.Participant, out List<RoundReceipt>? own)) chains[receipt.Participant] = own = [];
                own.Add(receipt);
            }
        };
        return book;
    }

    private void AssertAllHold(int participants, int rounds, ReceiptBook? book = null)
    {
        ReceiptVerifier verifier = new(new ReceiptEvidence { Key = book?.Key, Roster = round => rosters[round] });
        Assert.Equal(participants, chains.Count);
        foreach (List<RoundReceipt> own in chains.Values.Take(3).Append(chains.Values.Last()))
        {
            ReceiptFindings found = verifier.VerifyChain(own);
            Assert.Equal(rounds, own.Count);
            Assert.True(found.IsAccepted, string.Join("\n", found.Wrong));
        }
    }
}
