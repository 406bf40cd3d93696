using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Tacit.Aggregation.Rounds;
using Tacit.Coordination.Hosting;
using Tacit.Coordination.Jobs;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Xunit;

namespace Tacit.EndToEnd.Tests.Federation;

/// <summary>Participants as processes of their own.</summary>
public sealed class UpTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Up_runs_a_job_over_the_network_and_exits_with_its_result()
    {
        string plan = folder.Write("small.yaml", Given.PlanText);

        TacitProcess.Result result = TacitProcess.Run("up", "--participants", "5", "--plan", plan, "--rounds", "2", "--json");

        Assert.Equal(0, result.Exit);
        Assert.Equal("network", result.Json.GetProperty("mode").GetString());
        Assert.Equal([5, 5], result.Json.GetProperty("rounds").EnumerateArray().Select(round => round.GetProperty("included").GetArrayLength()));
        Assert.Contains("round 2: 5 of 5 in the sum", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("join.", result.Error + result.Output, StringComparison.Ordinal);   // the secret to join with is shown to nobody
    }

    [Fact]
    public void Up_runs_without_protection_too_and_says_so()
    {
        string plan = folder.Write("small.yaml", Given.PlanText);

        TacitProcess.Result result = TacitProcess.Run("up", "--participants", "5", "--plan", plan, "--rounds", "1", "--set", "protection={protocol: plain-sum}", "--json");

        Assert.True(result.Exit == 0, result.Error);
        Assert.Equal(5, Assert.Single(result.Json.GetProperty("rounds").EnumerateArray()).GetProperty("included").GetArrayLength());
        Assert.Contains("plain-sum", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Up_refuses_what_it_cannot_do_before_anybody_is_started()
    {
        string plan = folder.Write("small.yaml", Given.PlanText);

        TacitProcess.Run("up", "--plan", plan, "--participants", "70").AssertFails("INVALID_VALUE", 3, "--participants is 70");
        TacitProcess.Run("up", "--plan", plan, "--set", "mode=plain").AssertFails("INVALID_VALUE", 3, "mode is plain");
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        string port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        TacitProcess.Run("up", "--plan", plan, "--participants", "4", "--rounds", "1", "--port", port).AssertFails("INVALID_VALUE", 3, $"--port is {port}");
        TacitProcess.Run("up", "--participants", "x").AssertFails("INVALID_NUMBER", 2, "--participants");
    }

    [Fact]
    public async Task A_process_that_is_killed_between_sharing_and_sending_is_recovered()
    {
        ConcurrentDictionary<string, Process> processes = new();
        TrainingPlan plan = Given.Plan("rounds=2");
        TrainTestSplit data = Given.Data(plan);
        string killed = "";
        // The round waits for its journal: participant 3 of the cohort has shared its keys and is gone before it can send its input.
        RecordedRounds journal = new()
        {
            Arrived = (message, names) =>
            {
                if (killed.Length > 0 || message.Phase != Phase.ShareKeys || message.From != new PartyId(3)) return;
                killed = names[2];
                processes[killed].Kill();
                processes[killed].WaitForExit();
            },
        };
        await using CoordinatorServer server = await Given.ServerAsync(journal, phase: TimeSpan.FromSeconds(3));
        try
        {
            for (int i = 0; i < 6; i++) processes[$"p{i}"] = Start(server, $"p{i}", i);

            FederatedResult result = await server.Jobs.RunAsync(Given.Job(plan, data));

            (string participant, Phase phase, bool recovered) = Assert.Single(result.Rounds[0].Dropped);
            Assert.Equal((killed, Phase.MaskedInput, true), (participant, phase, recovered));
            Assert.Equal(5, result.Rounds[0].Included.Length);
            Assert.Null(result.Rounds[^1].Aborted);
            Assert.DoesNotContain(killed, result.Rounds[^1].Included);
        }
        finally
        {
            foreach (Process process in processes.Values)
            {
                process.StandardInput.Close();
                if (!process.WaitForExit(TimeSpan.FromSeconds(5))) process.Kill();
                process.Dispose();
            }
        }
    }

    public void Dispose() => folder.Dispose();

    private Process Start(CoordinatorServer server, string name, int index)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "tacit.dll"));
        start.ArgumentList.Add("up-participant");
        Process process = Process.Start(start)!;
        process.StandardInput.WriteLine(JsonSerializer.Serialize(new
        {
            Coordinator = server.Address,
            JoinToken = server.Secrets.Join,
            CertificateHash = (string?)null,
            Name = name,
            Index = index,
            Participants = 6,
            Folder = Path.Combine(folder.Path, name),
            Loss = 0.0,
            Plan = new { Name = "small.yaml", Text = Given.PlanText, Settings = Array.Empty<string>(), Data = (string?)null },
        }));
        process.StandardInput.Flush();
        return process;
    }
}
