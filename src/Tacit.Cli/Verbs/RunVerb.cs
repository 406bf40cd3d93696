using System.CommandLine;
using System.Net.Http;
using System.Text.Json;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Federations;
using Tacit.Cli.Output;
using Tacit.Federation.Jobs;
using Tacit.Federation.Offers;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit run</c>: gives a plan to a running coordinator.</summary>
internal static class RunVerb
{
    private static readonly TimeSpan pause = TimeSpan.FromSeconds(1);

    private static readonly Argument<string> file = new("plan") { Description = "A training plan in YAML.", HelpName = "PLAN" };
    private static readonly Option<string?> data = Arguments.Text("--data", "Examples of the same shape as the participants': read here for the shape alone, and never sent. Instead of --channels and --classes.", "DIR");
    private static readonly Option<string?> channels = Arguments.Text("--channels", "Features of one example, or channels of one window.", "C");
    private static readonly Option<string?> steps = Arguments.Text("--steps", "Steps of one window; 1 if not given.", "S");
    private static readonly Option<string?> classes = Arguments.Text("--classes", "Classes of the task.", "K");
    private static readonly Option<string?> participants = Arguments.Text("--participants", "How many have to be there before the first round; all that are approved if not given.", "N");
    private static readonly Option<bool> wait = Arguments.Flag("--wait", "Shows the rounds and ends with the job.");
    private static readonly Option<string[]> settings = Arguments.Texts("--set", "Replaces a value of the plan. Repeatable.", "KEY=VALUE");
    private static readonly Option<bool> json = Arguments.Json();

    public static Command Create()
    {
        Command command = new("run", "Gives a plan to a running coordinator, which waits for participants and begins.") { file, data, channels, steps, classes, participants, wait, settings, json };
        CoordinatorClient.AddTo(command);
        command.SetAction(RunAsync);
        return command.WithExamples(
            "tacit run plans/demo.yaml --participants 12 --wait",
            "tacit run plans/har-ddg.yaml --channels 561 --classes 6 --participants 12",
            "tacit run job.yaml --data cohort.csv --set privacy.epsilon=4 --coordinator https://tacit.example.org:8443 --token-file operator.token --pin 5e88...");
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stopping)
    {
        LocalPlan local = LocalPlan.FromFile(parsed.GetValue(file)!, Arguments.Settings(parsed, settings), parsed.GetValue(data));
        TrainingPlan plan = local.Read();
        FederatedPlans.Check(plan);
        JobDocument document = ShapeOf(parsed, local, plan);
        using CoordinatorClient client = CoordinatorClient.Create(parsed);
        int wanted = Arguments.Integer(parsed, participants, 2, 1_000_000) ?? await ApprovedAsync(client, stopping);
        JsonElement job = await client.SendAsync<JsonElement>(HttpMethod.Post, "/api/v1/jobs", document with { Participants = wanted }, stopping);
        bool asJson = parsed.GetValue(json);
        if (parsed.GetValue(wait)) return await FollowAsync(client, job.Text("id"), asJson, stopping);
        if (asJson) Printable.PrintAsIs(job);
        else Console.Out.WriteLine(ListVerb.LineOf(job));
        return 0;
    }

    private static JobDocument ShapeOf(ParseResult parsed, LocalPlan local, TrainingPlan plan)
    {
        JobDocument document = new(local.Name, local.Text, 0, local.Settings);
        int? c = Arguments.Integer(parsed, channels, 1, 1_000_000), s = Arguments.Integer(parsed, steps, 1, 1_000_000), k = Arguments.Integer(parsed, classes, 2, 100_000);
        if (c is not null && k is not null) return document with { Channels = c, Steps = s ?? 1, Classes = k };
        if (c is not null || k is not null || s is not null) throw new UsageException(FailureCodes.MissingValue, "--channels and --classes belong together");
        if (plan.Data.Format == "synthetic-activity") return document;
        TrainTestSplit split = local.Load(plan);
        return document with { Channels = split.Train.InputShape.Channels, Steps = split.Train.InputShape.Steps, Classes = split.Train.ClassNames.Length };
    }

    private static async Task<int> ApprovedAsync(CoordinatorClient client, CancellationToken stopping)
    {
        JsonElement roster = await client.GetAsync("/api/v1/participants", stopping);
        int approved = roster.Items("participants").Count();
        return approved >= 2 ? approved : throw new FailureException(FailureCodes.TooFewParticipants, $"{approved} participants are approved and a job needs 2 at least; invite more, or say with --participants how many to wait for");
    }

    private static async Task<int> FollowAsync(CoordinatorClient client, string id, bool asJson, CancellationToken stopping)
    {
        string path = $"/api/v1/jobs/{Uri.EscapeDataString(id)}", waiting = "";
        int shown = 0;
        while (true)
        {
            JsonElement answer = await client.GetAsync(path, stopping), job = answer.GetProperty("job");
            foreach (JsonElement round in answer.Items("rounds").Skip(shown))
            {
                shown++;
                Console.Error.WriteLine($"run: {Line(round)}");
            }

            if (job.Text("waiting") is { Length: > 0 } reason && reason != waiting) Console.Error.WriteLine($"run: {waiting = reason}");
            string state = job.Text("state");
            if (state is "finished" or "stopped" or "failed")
            {
                if (asJson) Printable.PrintAsIs(answer);
                else Console.Out.WriteLine(ListVerb.LineOf(job));
                return state == "failed" ? throw new FailureException(FailureCodes.JobFailed, $"job {id} failed: {job.Text("reason")}") : 0;
            }

            await Task.Delay(pause, stopping);
        }
    }

    private static string Line(JsonElement round)
    {
        string name = round.Text("purpose") switch
        {
            nameof(RoundPurpose.FeatureMeans) => "means of the features",
            nameof(RoundPurpose.FeatureSquares) => "variances of the features",
            _ => $"round {round.Text("round")}",
        };
        if (round.TryGetProperty("aborted", out JsonElement aborted) && aborted.ValueKind == JsonValueKind.Object) return $"{name}: aborted {aborted.Text("code")}: {aborted.Text("detail")}";
        string accuracy = round.TryGetProperty("accuracy", out JsonElement share) && share.ValueKind == JsonValueKind.Number ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $", accuracy {share.GetDouble():P1}") : "";
        return $"{name}: {round.Items("included").Count()} of {round.Text("invited")} in the sum{accuracy}";
    }
}
