using System.IO;
using System.Text.Json;
using Xunit;

namespace Tacit.EndToEnd.Tests;

/// <summary>Benchmarks check their own results, so one that runs to its end has seen the product work. No time is judged here.</summary>
public sealed class BenchmarkTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("shamir")]
    [InlineData("p256")]
    [InlineData("client")]
    [InlineData("coordinator")]
    [InlineData("traffic")]
    public void A_benchmark_runs_to_its_end(string name)
    {
        string file = Path.Combine(folder.Path, "figures.json");

        TacitProcess.Result result = TacitProcess.RunProgram("Tacit.Benchmarks.dll", new Dictionary<string, string>(), name, "--quick", "--json", file);

        Assert.True(result.Exit == 0, result.Output + result.Error);
        using JsonDocument figures = JsonDocument.Parse(File.ReadAllText(file));
        JsonElement section = Assert.Single(figures.RootElement.GetProperty("benchmarks").EnumerateArray());
        Assert.NotEmpty(section.GetProperty("figures").EnumerateArray());
    }
}
