using System.CommandLine;
using System.IO;
using System.Net;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Federations;
using Tacit.Cli.Output;
using Tacit.Coordination.Hosting;
using Tacit.Coordination.Jobs;
using Tacit.Federation.Jobs;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Storage.Jobs;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit up</c>: a coordinator and N participants on this host, each participant a process of its own.</summary>
internal static class UpVerb
{
    private static readonly Option<string?> participants = Arguments.Text("--participants", "How many; as many as the plan's data has if not given.", "N");
    private static readonly Option<string?> file = Arguments.Text("--plan", "A training plan in YAML; the embedded demo if not given.", "PLAN");
    private static readonly Option<string?> data = Arguments.Text("--data", "File or folder (or .zip) with the examples; instead of data.path.", "DIR");
    private static readonly Option<string?> rounds = Arguments.Text("--rounds", "Rounds of the job, instead of the plan's; then exits with the result. Without it, serves until Ctrl-C.", "R");
    private static readonly Option<string?> port = Arguments.Text("--port", "Port of the coordinator on loopback; a free one if not given.", "P");
    private static readonly Option<string?> folder = Arguments.Text("--data-dir", $"Where coordinator and participants keep what outlives them: a job that is interrupted goes on from there. {ServeVerb.DefaultFolder}, or with --rounds a temporary folder, if not given.", "DIR");
    private static readonly Option<string?> drop = Arguments.Text("--drop", "For trials: the probability of each participant to fall silent before each phase.", "F");
    private static readonly Option<string?> phaseTimeout = Arguments.Text("--phase-timeout", "Seconds that a phase waits for participants; 30, or 5 with --drop, if not given.", "S");
    private static readonly Option<string[]> settings = Arguments.Texts("--set", "Replaces a value of the plan. Repeatable.", "KEY=VALUE");
    private static readonly Option<bool> json = Arguments.Json();

    public static Command Create()
    {
        Command command = new("up", "A coordinator and its participants on this host: real processes, real HTTPS on loopback, real cryptography.") { participants, file, data, rounds, port, folder, drop, phaseTimeout, settings, json };
        FacadeOptions.AddTo(command);
        command.SetAction(RunAsync);
        return command.WithExamples(
            "tacit up --rounds 3",
            "tacit up --participants 10 --plan plans/demo.yaml --rounds 5 --json",
            "tacit up --participants 12 --rounds 3 --drop 0.1",
            "tacit up --plan plans/har-features.yaml --data ../shared/data/har --port 8443");
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stopping)
    {
        int? count = Arguments.Integer(parsed, participants, 2, 1000), wanted = Arguments.Integer(parsed, rounds, 1, 1_000_000);
        int listen = Arguments.Integer(parsed, port, 0, 65535) ?? 0;
        double loss = Arguments.Number(parsed, drop, value => value is >= 0 and < 1, "from 0 to below 1") ?? 0;
        double phase = Arguments.Number(parsed, phaseTimeout, value => value is >= 0.5 and <= 86400, "of seconds, 0.5 to 86400") ?? (loss > 0 ? 5 : 30);
        LocalPlan plan = PlanOf(parsed, wanted);
        TrainingPlan training = plan.Read();
        FederatedPlans.Check(training);
        TrainTestSplit split = plan.Load(training);
        Partition dealt = LocalPlan.Deal(training, split.Train, count);
        JobDocument document = new(plan.Name, plan.Text, dealt.Rows.Length, plan.Settings, plan.Data);
        FederatedJob job = new()
        {
            Plan = training,
            Input = split.Train.InputShape,
            Classes = split.Train.ClassNames.Length,
            Participants = dealt.Rows.Length,
            Test = split.Test,
            PlanText = plan.Shown,
            Document = document.Write(),
        };
        job.ThrowUnlessPossible();
        using RunFolder home = RunFolder.Of(parsed.GetValue(folder), keep: wanted is null);
        await using CoordinatorProcess coordinator = await CoordinatorProcess.StartAsync(
            home.Path,
            "--port",
            new IPEndPoint(IPAddress.Loopback, listen),
            options =>
            {
                FacadeOptions.Apply(parsed, options);
                options.OpenEnrolment = true;   // for the participants that are started here
                options.JoinTimeout = TimeSpan.FromMinutes(5);
                options.PhaseTimeout = TimeSpan.FromSeconds(phase);
                options.MostFailures = loss > 0 ? 20 : options.MostFailures;
            },
            stopping);
        UpDisplay display = new(job);
        display.Started(coordinator.Server.Address, coordinator.DashboardLink(), home.Path, loss);
        using ParticipantProcesses processes = new();
        for (int i = 0; i < dealt.Rows.Length; i++)
        {
            stopping.ThrowIfCancellationRequested();
            string name = $"participant-{i + 1}";
            processes.Start(new ParticipantOrder(
                coordinator.Server.Address, coordinator.Server.Secrets.Join, coordinator.CertificateHash, name, i, dealt.Rows.Length, plan, Path.Combine(home.Path, "participants", name), loss));
        }

        await FinishAsync(coordinator.Server.Jobs, job, display, processes, parsed.GetValue(json), stopping);
        if (wanted is not null) return 0;
        await ServeAsync(stopping);
        return 0;
    }

    // A job of the same plan that was interrupted goes on; otherwise a new one begins.
    private static async Task FinishAsync(JobHost jobs, FederatedJob job, UpDisplay display, ParticipantProcesses processes, bool asJson, CancellationToken stopping)
    {
        int receipts = 0;
        jobs.RoundFinished += (_, round) =>
        {
            if (round.Aborted is null) Interlocked.Add(ref receipts, round.Included.Length);
            UpDisplay.Finished(round);
        };
        JobReport? interrupted = jobs.All.FirstOrDefault(before => !before.IsOver && before.Name == job.Name && before.RoundsPlanned == job.Plan.Rounds && before.Participants == job.Participants);
        if (interrupted is not null) Console.Error.WriteLine($"up: job {interrupted.Id} goes on after round {interrupted.RoundsDone} of {interrupted.RoundsPlanned}");
        string id = interrupted?.Id ?? (await jobs.SubmitAsync(job, CoordinatorState.Actor, stopping)).Id;
        JobReport end = await jobs.EndAsync(id, stopping);
        if (end.State == JobState.Failed) throw Failed(end);
        await processes.ReceiptsAsync(Volatile.Read(ref receipts), TimeSpan.FromSeconds(15), stopping);
        int parameters = (await jobs.ModelAsync(id, stopping))?.Length ?? 0;
        display.Done(end, parameters, processes.Receipts, asJson);
    }

    private static FailureException Failed(JobReport job)
    {
        int colon = job.Reason.IndexOf(": ", StringComparison.Ordinal);
        string code = colon > 0 ? job.Reason[..colon] : "";
        return FailureCatalogue.Pages.ContainsKey(code) ? new FailureException(new FailureCode(code), job.Reason[(colon + 2)..]) : new FailureException(FailureCodes.JobFailed, $"job {job.Id} failed: {job.Reason}");
    }

    private static LocalPlan PlanOf(ParseResult parsed, int? wanted)
    {
        List<string> replaced = [.. Arguments.Settings(parsed, settings)];
        if (wanted is { } number) replaced.Add(FormattableString.Invariant($"rounds={number}"));
        return parsed.GetValue(file) is { } path
            ? LocalPlan.FromFile(path, [.. replaced], parsed.GetValue(data))
            : new LocalPlan("demo.yaml", DemoVerb.ReadResource("demo.yaml"), [.. replaced], parsed.GetValue(data) is { } folder ? Path.GetFullPath(folder) : null);
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
