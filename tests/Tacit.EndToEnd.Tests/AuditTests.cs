using System.Text.Json;
using Xunit;

namespace Tacit.EndToEnd.Tests;

/// <summary>Canaries in a plan's own noise.</summary>
public sealed class AuditTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("ddg", 1)]
    [InlineData("dp-sgd", 0.25)]
    public void A_sound_build_is_not_refuted_and_says_what_was_seen(string mechanism, double rate)
    {
        TacitProcess.Result result = TacitProcess.Run(
            "audit", Plan(), "--json", "--trials", "200", "--seed", "3", "--set", $"privacy.mechanism={mechanism}",
            "--set", mechanism == "ddg" ? "privacy.clip=1" : FormattableString.Invariant($"privacy.sampling-rate={rate}"));

        Assert.Equal(0, result.Exit);
        JsonElement claim = Assert.Single(result.Json.GetProperty("claims").EnumerateArray());
        Assert.Equal("not refuted", result.Json.GetProperty("verdict").GetString());
        Assert.InRange(claim.GetProperty("epsilon_claimed").GetDouble(), 2.9, 3.0001);
        Assert.InRange(claim.GetProperty("epsilon_lower_bound").GetDouble(), 0, claim.GetProperty("epsilon_claimed").GetDouble());
        Assert.Equal(150, claim.GetProperty("counted_trials").GetInt32());
        Assert.True(claim.GetProperty("separation").GetDouble() > 0);
        Assert.Contains("200 of 200 trials", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Sampled_cohorts_are_claimed_and_audited_for_two_observers()
    {
        TacitProcess.Result result = TacitProcess.Run(
            "audit", Plan(), "--json", "--trials", "200", "--set", "privacy.mechanism=ddg", "--set", "privacy.sampling=poisson", "--set", "privacy.sampling-rate=0.5");

        Assert.Equal(0, result.Exit);
        Assert.Equal(["readers", "coordinator"], result.Json.GetProperty("claims").EnumerateArray().Select(claim => claim.GetProperty("observer").GetString()!));
    }

    [Fact]
    public void A_plan_that_claims_nothing_is_refused() =>
        TacitProcess.Run("audit", Plan(), "--set", "privacy.mechanism=none").AssertFails("INVALID_VALUE", 3, "nothing to audit");

    [Fact]
    public void Too_few_trials_are_refused() => TacitProcess.Run("audit", Plan(), "--trials", "10").AssertFails("INVALID_NUMBER", 2, "100 to 10000000", "10");

    public void Dispose() => folder.Dispose();

    private string Plan() => folder.Write("audit.yaml", """
        task: training
        rounds: 3
        data: {format: synthetic-activity, persons: 30, windows: 20}
        model: {kind: linear}
        protection: {corrupt: 0.05, drop: 0.1}
        privacy: {mechanism: ddg, epsilon: 3, delta: 1e-3}
        """);
}
