using System.Diagnostics;
using System.Globalization;
using System.IO;
using Tacit.Simulation.Clustering;
using Xunit;

namespace Tacit.EndToEnd.Tests;

public sealed class ClusteringPartiesTests
{
    [Fact]
    public async Task A_server_and_two_clients_in_three_processes_cluster_as_one_process_does()
    {
        using Process server = Start("server");
        try
        {
            int port = int.Parse((await server.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)))!, CultureInfo.InvariantCulture);
            using Process first = Start("client", "0", $"{port}"), second = Start("client", "1", $"{port}");
            try
            {
                string one = await Finish(first), two = await Finish(second);
                Assert.Empty(await Finish(server));

                Assert.Equal(one, two);
                Assert.Equal(OneProcess(), one);
            }
            finally
            {
                Stop(first);
                Stop(second);
            }
        }
        finally
        {
            Stop(server);
        }
    }

    private static string OneProcess()
    {
        Server server = new(PartyProcess.Parameters, PartyProcess.Noise);
        UnmaskedClient[] clients = [.. Enumerable.Range(0, 2).Select(i => new UnmaskedClient(i, PartyProcess.Values(i), PartyProcess.Parameters))];
        for (int t = 0; t < PartyProcess.Parameters.Iterations; t++)
        {
            ClusterUpload[] uploads = [.. clients.Select(client => client.Step())];
            (var sums, var counts) = server.Step([.. uploads.Select(u => u.Sums)], [.. uploads.Select(u => u.Counts)]);
            foreach (UnmaskedClient client in clients) client.Update(sums, counts);
        }

        return PartyProcess.Text(clients[0].Centres);
    }

    private static Process Start(params string[] role)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, $"{typeof(PartyProcess).Assembly.GetName().Name}.dll"));
        start.ArgumentList.Add(PartyProcess.Verb);
        foreach (string argument in role) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private static async Task<string> Finish(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(90));
        Assert.True(process.ExitCode == 0, await error);
        return (await output).Trim();
    }

    private static void Stop(Process process)
    {
        if (!process.HasExited) process.Kill();
    }
}
