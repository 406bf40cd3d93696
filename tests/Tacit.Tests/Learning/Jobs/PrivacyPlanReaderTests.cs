using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Learning.Jobs;
using Xunit;

namespace Tacit.Tests.Learning.Jobs;

public sealed class PrivacyPlanReaderTests
{
    [Fact]
    public void An_adaptive_norm_is_read_with_its_quantile()
    {
        PrivacyPlan plan = Read(("mechanism", "ddg"), ("epsilon", "8"), ("clipping", "adaptive"), ("clip-quantile", "0.7"));

        Assert.Equal((true, 0.7), (plan.AdaptiveClip, plan.ClipQuantile));
    }

    [Fact]
    public void A_tree_is_noise_of_the_coordinator()
    {
        PrivacyPlan plan = Read(("mechanism", "tree"), ("epsilon", "8"));

        Assert.Equal((PrivacyMechanism.Tree, NoisePlacement.Central, CohortSampling.Fixed), (plan.Mechanism, plan.Placement, plan.Sampling));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("tree")]
    [InlineData("local-discrete-gaussian")]
    public void An_adaptive_norm_is_refused_where_nobody_could_keep_it(string mechanism) => Given.Failure(
        FailureCodes.MechanismNotValid, () => Read(("mechanism", mechanism), ("epsilon", "8"), ("clipping", "adaptive")), "clipping: fixed", mechanism);

    [Fact]
    public void An_adaptive_norm_is_refused_for_local_steps() => Given.Failure(
        FailureCodes.MechanismNotValid, () => Read(("mechanism", "dp-sgd"), ("epsilon", "8"), ("sampling-rate", "0.1"), ("clipping", "adaptive")), "clipping: fixed");

    [Fact]
    public void A_quantile_without_an_adaptive_norm_is_refused() => Given.Failure(
        FailureCodes.MechanismNotValid, () => Read(("mechanism", "ddg"), ("epsilon", "8"), ("clip-quantile", "0.7")), "clipping: adaptive");

    [Fact]
    public void A_tree_gains_nothing_from_sampling() => Given.Failure(
        FailureCodes.AccountantMismatch, () => Read(("mechanism", "tree"), ("epsilon", "8"), ("sampling", "poisson"), ("sampling-rate", "0.1")), "correlated");

    private static PrivacyPlan Read(params (string Key, string Text)[] entries) => PrivacyPlanReader.Read(
        new PlanSection("plan.yaml", "privacy", new PlanMapping(entries.ToImmutableDictionary(entry => entry.Key, entry => (PlanNode)new PlanScalar(entry.Text, 1)), 1)));
}
