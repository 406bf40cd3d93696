using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Learning.Clustering.Stages;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Simulation.Clustering;
using Xunit;

namespace Tacit.Tests.Simulation.Clustering;

public sealed class ClusteringSimulationTests
{
    [Theory]
    [InlineData(2, ClusteringMethod.Histogram, BoundsSource.Given)]
    [InlineData(2, ClusteringMethod.HistogramLloyd, BoundsSource.Private)]
    [InlineData(9, ClusteringMethod.SummaryLloyd, BoundsSource.Given)]
    public void Every_protocol_gives_the_same_centres_bit_for_bit(int d, ClusteringMethod method, BoundsSource bounds)
    {
        FeatureTable table = ClusteringJobs.Table(2000, d);
        ClusteringJob job = ClusteringJobs.Job(method: method);
        if (bounds == BoundsSource.Private) job = job with { Bounds = BoundsChoice.Private };

        ClusteringResult plain = ClusteringJobs.Run(job, table).Result;

        foreach (string protocol in new[] { "secagg", "secagg-plus" })
        {
            ClusteringResult masked = ClusteringJobs.Run(job with { Protection = job.Protection with { Protocol = protocol } }, table).Result;
            Assert.Equal(plain.Centres.AsEnumerable(), masked.Centres);
            Assert.Equal(plain.Bounds.Ranges.AsEnumerable(), masked.Bounds.Ranges);
            Assert.Equal(plain.Spent!.Epsilon, masked.Spent!.Epsilon);
        }
    }

    [Theory]
    [InlineData(Phase.AdvertiseKeys)]
    [InlineData(Phase.ShareKeys)]
    [InlineData(Phase.MaskedInput)]
    [InlineData(Phase.ConsistencyCheck)]
    [InlineData(Phase.Unmasking)]
    public void Losing_one_of_ten_takes_its_records_and_its_noise_out_and_nothing_else(Phase phase)
    {
        ClusteringJobs.Seen seen = ClusteringJobs.Run(ClusteringJobs.Job("secagg-plus", ClusteringMethod.HistogramLloyd), ClusteringJobs.Table(1000), (4, phase));

        seen.AssertSumsOfAllBut(phase <= Phase.MaskedInput ? [4] : []);
        Assert.All(seen.Result.Rounds, round => Assert.Equal(phase <= Phase.MaskedInput ? 9 : 10, round.Report.Included.Length));
        Assert.All(seen.Opened, opened => Assert.Equal(phase <= Phase.MaskedInput ? 900 : 1000, opened.Records, 1e-9));
    }

    [Fact]
    public void A_participant_that_is_lost_gives_the_same_result_at_each_phase_before_its_input()
    {
        FeatureTable table = ClusteringJobs.Table(1000);

        ClusteringResult[] lost = [.. new[] { Phase.AdvertiseKeys, Phase.ShareKeys, Phase.MaskedInput }.Select(phase => ClusteringJobs.Run(ClusteringJobs.Job(), table, (7, phase)).Result)];
        ClusteringResult whole = ClusteringJobs.Run(ClusteringJobs.Job(), table).Result;

        Assert.All(lost, result => Assert.Equal(lost[0].Centres.AsEnumerable(), result.Centres));
        Assert.NotEqual(whole.Centres.AsEnumerable(), lost[0].Centres);
        Assert.InRange(lost[0].Nicv, 0, 0.1);
    }

    [Theory]
    [InlineData("plain-sum")]
    [InlineData("secagg")]
    [InlineData("secagg-plus")]
    public void More_drop_outs_than_are_tolerated_abort_with_a_reason_and_open_nothing(string protocol)
    {
        List<string> opened = [];
        ClusteringSimulation simulation = new(ClusteringJobs.Job(protocol), ClusteringJobs.Table(1000))
        {
            Crashes = _ => Enumerable.Range(1, 3).ToImmutableDictionary(i => new PartyId(i), _ => Phase.MaskedInput),
            Opened = _ => opened.Add("sum"),
        };

        FailureException failure = Assert.Throws<FailureException>(() => simulation.Run());

        Assert.Equal(FailureCodes.CohortBelowThreshold, failure.Code);
        Assert.Contains("round 1 (histogram) aborted", failure.Message, StringComparison.Ordinal);
        Assert.Empty(opened);
    }

    [Fact]
    public void One_seed_repeats_exactly_and_another_differs()
    {
        FeatureTable table = ClusteringJobs.Table(1000);
        ClusteringJob job = ClusteringJobs.Job();

        ClusteringResult first = ClusteringJobs.Run(job, table).Result, again = ClusteringJobs.Run(job, table).Result, other = ClusteringJobs.Run(job with { Seed = 4 }, table).Result;

        Assert.Equal(first.Centres.AsEnumerable(), again.Centres);
        Assert.Equal(first.Labels.AsEnumerable(), again.Labels);
        Assert.Equal(first.Nicv, again.Nicv);
        Assert.NotEqual(first.Centres.AsEnumerable(), other.Centres);
    }

    [Fact]
    public void Drop_outs_of_the_jobs_own_seed_repeat_too()
    {
        FeatureTable table = ClusteringJobs.Table(1000);
        ClusteringJob job = ClusteringJobs.Job() with { Dropout = 0.1, Seed = 11, Drop = 0.5 };

        ClusteringResult first = new ClusteringSimulation(job, table).Run(), again = new ClusteringSimulation(job, table).Run();

        Assert.Equal(first.Centres.AsEnumerable(), again.Centres);
        Assert.Equal(first.Rounds.Select(round => round.Report.Included.Length), again.Rounds.Select(round => round.Report.Included.Length));
    }

    [Fact]
    public void A_job_spends_what_its_plan_forecast_and_no_more_than_asked()
    {
        foreach (BoundsChoice bounds in new[] { BoundsChoice.Private, BoundsChoice.OfFile })
        {
            ClusteringSimulation simulation = new(ClusteringJobs.Job() with { Bounds = bounds }, ClusteringJobs.Table());
            ClusteringPlan plan = simulation.Plan();

            ClusteringResult result = simulation.Run();

            Assert.InRange(result.Spent!.Epsilon, 0, 2);
            Assert.Equal(plan.Forecast.Spending.Epsilon, result.Spent!.Epsilon, 1e-12);
            Assert.Equal(plan.Forecast.Plans.Length, result.Rounds.Length);
            Assert.Equal(plan.RoundsBefore, result.Rounds.Count(round => round.Stage == "bounds"));
        }
    }

    [Fact]
    public void Too_few_records_for_private_bounds_are_refused_before_a_round()
    {
        List<int> begun = [];
        ClusteringSimulation simulation = new(ClusteringJobs.Job() with { Bounds = BoundsChoice.Private, Epsilon = 0.05 }, ClusteringJobs.Table(200)) { Progress = (round, _) => begun.Add(round) };

        FailureException failure = Assert.Throws<FailureException>(() => simulation.Run());

        Assert.Equal(FailureCodes.BoundsNotFound, failure.Code);
        Assert.Empty(begun);
    }
}
