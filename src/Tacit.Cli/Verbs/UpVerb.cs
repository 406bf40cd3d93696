using System.CommandLine;
using System.IO;
using System.Security.Cryptography.X509Certificates;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Federations;
using Tacit.Cli.Output;
using Tacit.Coordination.Access;
using Tacit.Coordination.Hosting;
using Tacit.Coordination.Jobs;
using Tacit.Dashboard;
using Tacit.Federation.Jobs;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit up</c>: a coordinator and N participants on this host, each participant a process of its own.</summary>
internal static class UpVerb
{
    private static readonly Option<string?> participants = Arguments.Text("--participants", "How many; as many as the plan's data has if not given.", "N");
    private static readonly Option<string?> file = Arguments.Text("--plan", "A training plan in YAML; the embedded demo if not given.", "PLAN");
    private static readonly Option<string?> data = Arguments.Text("--data", "File or folder (or .zip) with the examples; instead of data.path.", "DIR");
    private static readonly Option<string?> rounds = Arguments.Text("--rounds", "Rounds of the job, instead of the plan's; then exits with the result. Without it, serves until Ctrl-C.", "R");
    private static readonly Option<string?> port = Arguments.Text("--port", "Port of the coordinator on loopback; a free one if not given.", "P");
    private static readonly Option<string[]> settings = Arguments.Texts("--set", "Replaces a value of the plan. Repeatable.", "KEY=VALUE");
    private static readonly Option<bool> json = Arguments.Json();

    public static Command Create()
    {
        Command command = new("up", "A coordinator and its participants on this host: real processes, real HTTPS on loopback, real cryptography.") { participants, file, data, rounds, port, settings, json };
        command.SetAction(RunAsync);
        return command.WithExamples(
            "tacit up --rounds 3",
            "tacit up --participants 10 --plan plans/demo.yaml --rounds 5 --json",
            "tacit up --plan plans/har-features.yaml --data ../shared/data/har --port 8443");
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stopping)
    {
        int? count = Arguments.Integer(parsed, participants, 2, 1000), wanted = Arguments.Integer(parsed, rounds, 1, 1_000_000);
        int listen = Arguments.Integer(parsed, port, 0, 65535) ?? 0;
        LocalPlan plan = PlanOf(parsed, wanted);
        TrainingPlan training = plan.Read();
        FederatedPlans.Check(training);
        TrainTestSplit split = plan.Load(training);
        Partition dealt = LocalPlan.Deal(training, split.Train, count);
        FederatedJob job = new() { Plan = training, Input = split.Train.InputShape, Classes = split.Train.ClassNames.Length, Participants = dealt.Rows.Length, Test = split.Test };

        using X509Certificate2 certificate = ServerCertificate.Create("localhost", TimeProvider.System.GetUtcNow());
        await using CoordinatorServer server = await StartAsync(listen, certificate, stopping);
        UpDisplay display = new(job);
        display.Started(server.Address, wanted is null ? server.Secrets.Operator : null, TacitDashboard.CreateLink(server.Sessions, server.Address, Role.Owner));
        using ParticipantProcesses processes = new();
        for (int i = 0; i < dealt.Rows.Length; i++)
        {
            stopping.ThrowIfCancellationRequested();
            processes.Start(new ParticipantOrder(server.Address, server.Secrets.Join, ServerCertificate.HashOf(certificate), $"participant-{i + 1}", i, dealt.Rows.Length, plan));
        }

        FederatedResult result = await server.Jobs.RunAsync(job, UpDisplay.Finished, stopping);
        display.Done(result, parsed.GetValue(json));
        if (wanted is not null) return 0;
        await ServeAsync(stopping);
        return 0;
    }

    private static LocalPlan PlanOf(ParseResult parsed, int? wanted)
    {
        List<string> replaced = [.. parsed.GetValue(settings) ?? []];
        if (wanted is { } number) replaced.Add(FormattableString.Invariant($"rounds={number}"));
        return parsed.GetValue(file) is { } path
            ? LocalPlan.FromFile(path, [.. replaced], parsed.GetValue(data))
            : new LocalPlan("demo.yaml", DemoVerb.ReadResource("demo.yaml"), [.. replaced], parsed.GetValue(data) is { } folder ? Path.GetFullPath(folder) : null);
    }

    private static async Task<CoordinatorServer> StartAsync(int port, X509Certificate2 certificate, CancellationToken stopping)
    {
        try
        {
            return await CoordinatorServer.StartAsync(
                options =>
                {
                    options.Port = port;
                    options.Certificate = certificate;
                    options.MapMore = routes => routes.MapTacitDashboard();
                    options.JoinTimeout = TimeSpan.FromMinutes(2);
                    options.PhaseTimeout = TimeSpan.FromSeconds(30);
                },
                stopping: stopping);
        }
        catch (IOException taken)
        {
            throw new FailureException(FailureCodes.InvalidValue, $"--port is {port}, which cannot be listened on: {taken.Message.ReplaceLineEndings(" ")}; leave it out to take a free one", taken);
        }
    }

    private static async Task ServeAsync(CancellationToken stopping)
    {
        Console.Error.WriteLine("up: the job is done; serving until Ctrl-C");
        try
        {
            await Task.Delay(Timeout.Infinite, stopping);
        }
        catch (OperationCanceledException)
        {
            // this is how serving ends
        }
    }
}
