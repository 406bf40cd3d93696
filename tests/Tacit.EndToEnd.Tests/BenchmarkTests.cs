using System.Diagnostics;
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
    public async Task A_benchmark_runs_to_its_end(string name)
    {
        string file = Path.Combine(folder.Path, "figures.json");
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder.Path };
        foreach (string argument in new[] { Path.Combine(AppContext.BaseDirectory, "Tacit.Benchmarks.dll"), name, "--quick", "--json", file }) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();

        await process.WaitForExitAsync();

        Assert.True(process.ExitCode == 0, $"{await output}{await error}");
        using JsonDocument figures = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        JsonElement section = Assert.Single(figures.RootElement.GetProperty("benchmarks").EnumerateArray());
        Assert.NotEmpty(section.GetProperty("figures").EnumerateArray());
    }
}
