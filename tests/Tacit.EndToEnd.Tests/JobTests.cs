using System.Diagnostics;
using System.IO;
using System.IO.Compression;
using System.Text.Json;
using Tacit.Learning.Jobs;
using Tacit.Simulation.Jobs;
using Tacit.Simulation.Plans;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.EndToEnd.Tests;

public sealed class JobTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Demo_learns_like_plain_averaging_and_leaves_report_model_and_figures()
    {
        TacitProcess.Result result = TacitProcess.Run("demo", "--json", "--out", folder.Path);

        Assert.Equal(0, result.Exit);
        double secure = Accuracy(result.Json), plain = Accuracy(result.Json.GetProperty("plain_fedavg"));
        output.WriteLine($"secure {secure}, plain {plain}");
        Assert.True(secure >= 0.85, $"accuracy {secure}");
        Assert.InRange(secure, plain - 0.03, plain + 0.03);
        JsonElement[] dropped = [.. result.Json.GetProperty("rounds").EnumerateArray().SelectMany(round => round.GetProperty("dropped").EnumerateArray())];
        Assert.NotEmpty(dropped);
        Assert.All(dropped, drop => Assert.True(drop.GetProperty("recovered").GetBoolean()));
        string report = File.ReadAllText(Path.Combine(folder.Path, "report.html"));
        Assert.DoesNotContain("http://", report.Replace("http://www.w3.org", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("<script", report, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder.Path, "model.safetensors")));
        Assert.Equal(secure, Accuracy(JsonDocument.Parse(File.ReadAllText(Path.Combine(folder.Path, "result.json"))).RootElement));
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*.part"));
    }

    [Fact]
    public void An_interrupted_run_says_so_and_leaves_nothing_half_written()
    {
        if (OperatingSystem.IsWindows()) return;   // there is no signal to send to a child there
        string result = Path.Combine(folder.Path, "out");
        using Process shell = Process.Start(new ProcessStartInfo("sh")
        {
            RedirectStandardError = true,
            UseShellExecute = false,
            ArgumentList = { "-c", $"exec dotnet '{Path.Combine(AppContext.BaseDirectory, "tacit.dll")}' demo --out '{result}'" },
        })!;
        while (shell.StandardError.ReadLine() is { } line && !line.Contains("round 2", StringComparison.Ordinal))
        {
        }

        using Process signal = Process.Start("kill", $"-INT {shell.Id}");
        string error = shell.StandardError.ReadToEnd();
        shell.WaitForExit();

        Assert.Equal(130, shell.ExitCode);
        Assert.Contains("INTERRUPTED", error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(result));
    }

    [Fact]
    public void One_seed_gives_one_course()
    {
        string plan = SmallPlan();

        JsonElement first = TacitProcess.Run("simulate", plan, "--json", "--seed", "5").Json, second = TacitProcess.Run("simulate", plan, "--json", "--seed", "5").Json;
        JsonElement other = TacitProcess.Run("simulate", plan, "--json", "--seed", "6").Json;

        Assert.Equal(first.GetProperty("metrics").ToString(), second.GetProperty("metrics").ToString());
        Assert.Equal(Included(first), Included(second));
        Assert.NotEqual(first.GetProperty("metrics").ToString(), other.GetProperty("metrics").ToString());
    }

    [Fact]
    public void A_run_goes_on_from_the_model_of_another()
    {
        string plan = SmallPlan();
        JsonElement first = TacitProcess.Run("simulate", plan, "--json", "--out", folder.Path).Json;

        JsonElement second = TacitProcess.Run("simulate", plan, "--json", "--model", Path.Combine(folder.Path, "model.safetensors")).Json;

        Assert.True(Loss(second) < Loss(first), $"{Loss(second)} after {Loss(first)}");
    }

    [Theory]
    [InlineData("secagg")]
    [InlineData("secagg-plus")]
    public void Every_protocol_gives_the_same_model(string protocol)
    {
        JsonElement plain = TacitProcess.Run("simulate", SmallPlan(), "--json", "--set", "protection.protocol=plain-sum").Json;

        JsonElement secure = TacitProcess.Run("simulate", SmallPlan(), "--json", "--set", $"protection.protocol={protocol}").Json;

        Assert.Equal(plain.GetProperty("metrics").ToString(), secure.GetProperty("metrics").ToString());
    }

    [Fact]
    public void Real_people_are_recognised_at_90_percent_within_one_point_of_plain_averaging()
    {
        if (SharedData("har") is not { } har)
        {
            output.WriteLine("shared data absent: nothing was checked");
            return;
        }

        string plan = Path.Combine(TacitProcess.Repository, "plans", "har-features.yaml");
        JsonElement secure = TacitProcess.Run("simulate", plan, "--data", har, "--dropout", "0.1", "--json").Json;
        double plain = PlainFedAvg(plan, har);

        output.WriteLine($"secagg-plus {Accuracy(secure)}, plain FedAvg {plain}");
        Assert.True(Accuracy(secure) >= 0.90);
        Assert.InRange(Accuracy(secure), plain - 0.01, plain + 0.01);
    }

    [Fact]
    public void Aggregate_sums_the_survivors_and_names_the_dropped()
    {
        string numbers = folder.Write("n.csv", "a,b\n1,10\n2,20\n3,30\n4,40\n5,50\n6,60\n7,70\n");

        JsonElement json = TacitProcess.Run("aggregate", "--protocol", "SecAggPlus", "--in", numbers, "--bits", "16", "--drop", "2@share-keys", "--drop", "5@masked-input", "--drop", "7@unmasking", "--json").Json;

        Assert.Equal([1 + 3 + 4 + 6 + 7, 10 * (1 + 3 + 4 + 6 + 7)], json.GetProperty("sum").EnumerateArray().Select(x => x.GetInt32()));
        Assert.Equal([1, 3, 4, 6, 7], json.GetProperty("included").EnumerateArray().Select(x => x.GetInt32()));
        Assert.Equal("[{\"participant\":2,\"phase\":\"share-keys\",\"recovered\":true},{\"participant\":5,\"phase\":\"masked-input\",\"recovered\":true},{\"participant\":7,\"phase\":\"unmasking\",\"recovered\":true}]", json.GetProperty("dropped").ToString());
    }

    [Fact]
    public void Aggregate_reads_gzip()
    {
        using MemoryStream buffer = new();
        using (GZipStream gzip = new(buffer, CompressionMode.Compress)) gzip.Write("1\n2\n3\n"u8);

        JsonElement json = TacitProcess.Run("aggregate", "--protocol", "secagg", "--bits", "64", "--in", folder.Write("n.csv.gz", buffer.ToArray()), "--json").Json;

        Assert.Equal("[6]", json.GetProperty("sum").ToString());
    }

    public void Dispose() => folder.Dispose();

    private string SmallPlan() => folder.Write("small.yaml", """
        task: training
        rounds: 3
        data: {format: synthetic-activity, persons: 10, windows: 20, standardize: true}
        model: {kind: mlp, hidden: [8]}
        training: {learning-rate: 0.05}
        faults: {dropout: 0.1}
        protection: {drop: 0.3}
        """);

    // Float means without quantisation: plain-sum would quantise too, and be equal by construction.
    private static double PlainFedAvg(string path, string data)
    {
        TrainingPlan plan = TrainingPlanReader.Read(path, PlanFile.Apply(PlanFile.Read(path), ["faults.dropout=0.1"]));
        return new TrainingSimulation(plan with { Mode = TrainingMode.Plain }, JobData.Load(plan.Data, data, plan.Seed)).Run().Last().Metrics!.Accuracy;
    }

    private static double Accuracy(JsonElement json) => json.GetProperty("metrics").GetProperty("accuracy").GetDouble();

    private static double Loss(JsonElement json) => json.GetProperty("metrics").GetProperty("loss").GetDouble();

    private static string Included(JsonElement json) => string.Join(';', json.GetProperty("rounds").EnumerateArray().Select(round => round.GetProperty("included").ToString()));

    private static string? SharedData(string name)
    {
        string path = Path.Combine(Path.GetDirectoryName(TacitProcess.Repository)!, "shared", "data", name);
        return Directory.Exists(path) ? path : null;
    }
}
