using System.Text.Json;
using Xunit;

namespace Tacit.EndToEnd.Tests;

/// <summary>The one switch between secure, plain and central training.</summary>
public sealed class ModeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Secure_and_plain_differ_by_the_quantiser_alone()
    {
        JsonElement secure = Simulate("secure"), plain = Simulate("plain");

        Assert.Equal(Included(secure), Included(plain));
        Assert.InRange(Loss(secure), Loss(plain) - 0.01, Loss(plain) + 0.01);
        Assert.NotEqual(Loss(secure), Loss(plain));   // otherwise both went through the quantiser
        Assert.Equal("secagg-plus", secure.GetProperty("protocol").GetString());
        Assert.Equal("none", plain.GetProperty("protocol").GetString());
    }

    [Fact]
    public void Plain_clips_as_secure_does()
    {
        JsonElement free = Simulate("plain"), secure = Simulate("secure", "protection.clip=0.05"), plain = Simulate("plain", "protection.clip=0.05");

        Assert.InRange(Loss(secure), Loss(plain) - 0.01, Loss(plain) + 0.01);
        Assert.True(Loss(plain) > Loss(free), "steps of at most 0.05 must learn less");
    }

    [Fact]
    public void Central_pools_all_examples_and_says_that_nothing_is_protected()
    {
        JsonElement central = Simulate("central", "faults.dropout=0.9", "training.server=fedadam", "protection.clip=0.001"), again = Simulate("central");

        Assert.Equal("central", central.GetProperty("mode").GetString());
        Assert.Equal(8, central.GetProperty("participants").GetInt32());
        Assert.Equal(central.GetProperty("metrics").ToString(), again.GetProperty("metrics").ToString());   // none of the three concerns it
        Assert.All(central.GetProperty("rounds").EnumerateArray(), round => Assert.Equal("all 8 together", Assert.Single(round.GetProperty("included").EnumerateArray()).GetString()));
        Assert.Equal(JsonValueKind.Null, central.GetProperty("protection").ValueKind);
        Assert.Contains("nothing is federated or protected", central.GetProperty("privacy").GetProperty("statement").GetString(), StringComparison.Ordinal);
        Assert.True(Loss(central) < Loss(Simulate("plain")), "one model on all examples takes more steps a round");
    }

    [Fact]
    public void A_mode_that_does_not_exist_is_refused_with_the_three_that_do()
    {
        TacitProcess.Result result = TacitProcess.Run("simulate", Plan(), "--set", "mode=centrall");

        Assert.Equal(3, result.Exit);
        Assert.Contains("it must be one of secure, plain, central: did you mean central?", result.Error, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private JsonElement Simulate(string mode, params string[] settings) =>
        TacitProcess.Run(["simulate", Plan(), "--json", "--set", $"mode={mode}", .. settings.SelectMany(setting => new[] { "--set", setting })]).Json;

    private string Plan() => folder.Write("small.yaml", """
        task: training
        rounds: 3
        data: {format: synthetic-activity, persons: 10, windows: 20, standardize: true}
        model: {kind: mlp, hidden: [8]}
        training: {learning-rate: 0.05}
        faults: {dropout: 0.1}
        protection: {drop: 0.3}
        """);

    private static double Loss(JsonElement json) => json.GetProperty("metrics").GetProperty("loss").GetDouble();

    private static string Included(JsonElement json) => string.Join(';', json.GetProperty("rounds").EnumerateArray().Select(round => round.GetProperty("included").ToString()));
}
