using System.Globalization;
using System.Text.Json.Nodes;
using Tacit.Aggregation.Rounds;
using Tacit.Cli.Output;
using Tacit.Cli.Reports;
using Tacit.Coordination.Jobs;
using Tacit.Federation.Offers;
using Tacit.Learning.Models;
using Tacit.Storage.Jobs;

namespace Tacit.Cli.Federations;

/// <summary>Progress of <c>tacit up</c> on standard error, its result on standard output.</summary>
internal sealed class UpDisplay(FederatedJob job)
{
    private readonly System.Diagnostics.Stopwatch clock = System.Diagnostics.Stopwatch.StartNew();

    public void Started(Uri address, Uri dashboard, string home, double loss)
    {
        Console.Error.WriteLine($"up: coordinator at {address}, {job.Participants} participants, {job.Plan.Rounds} rounds, {job.Plan.Protection.Protocol}, data in {home}");
        Console.Error.WriteLine($"up: dashboard, opens once: {dashboard}");
        if (loss > 0) Console.Error.WriteLine(FormattableString.Invariant($"up: each participant falls silent before each phase with probability {loss} (simulated)"));
    }

    public static void Finished(FederatedRound round, string name = "up")
    {
        string outcome = round.Aborted is { } aborted
            ? $"aborted {aborted.Reason}: {aborted.Detail}"
            : $"{round.Included.Length} of {round.Invited} in the sum, {round.Dropped.Length} dropped out, {round.Declined.Length} declined";
        string accuracy = round.Metrics is { } m ? string.Create(CultureInfo.InvariantCulture, $", accuracy {m.Accuracy:P1}") : "";
        string what = round.Purpose switch
        {
            RoundPurpose.FeatureMeans => "means of the features",
            RoundPurpose.FeatureSquares => "variances of the features",
            _ => $"round {round.Round}",
        };
        Console.Error.WriteLine(FormattableString.Invariant($"{name}: {what}: {outcome}, {round.Elapsed.TotalSeconds:F2} s{accuracy}"));
        foreach ((string participant, string reason) in round.Declined) Console.Error.WriteLine($"{name}:   {participant} declined: {reason}");
    }

    public void Done(JobReport result, int parameters, (int Verified, int Refused) receipts, bool json)
    {
        if (Stopped(result) is { } stopped) Console.Error.WriteLine($"up: stopped: {stopped}");
        FederatedRound? last = result.Rounds.LastOrDefault(round => round.Metrics is not null);
        if (json)
        {
            Json.Print(Of(result, parameters, receipts, last?.Metrics));
            return;
        }

        string accuracy = last?.Metrics is { } metrics ? string.Create(CultureInfo.InvariantCulture, $"accuracy {metrics.Accuracy:P1}, ") : "";
        string privacy = last?.Spent is { } spent ? FormattableString.Invariant($"epsilon {spent.Epsilon:g4} at delta {job.Plan.Privacy.Delta:g3} spent, for {PrivacyReport.Unit(job.Plan.Privacy)}") : "sums are exact: no differential privacy";
        Console.Out.WriteLine(FormattableString.Invariant($"DONE  {result.Rounds.Count(round => round.Round > 0 && round.Aborted is null)} rounds in {clock.Elapsed.TotalSeconds:F1} s, {accuracy}{privacy}, {receipts.Verified} receipts verified{(receipts.Refused > 0 ? $", {receipts.Refused} REFUSED" : "")}"));
    }

    private static string? Stopped(JobReport job) => job.State == JobState.Stopped ? job.Reason : null;

    private JsonObject Of(JobReport result, int parameters, (int Verified, int Refused) receipts, Evaluation? metrics) => new()
    {
        ["task"] = "training",
        ["mode"] = "network",
        ["protocol"] = job.Plan.Protection.Protocol,
        ["participants"] = job.Participants,
        ["job"] = result.Id,
        ["parameters"] = parameters,
        ["receipts"] = new JsonObject { ["verified"] = receipts.Verified, ["refused"] = receipts.Refused },
        ["seconds"] = Json.Number(clock.Elapsed.TotalSeconds, 2),
        ["metrics"] = metrics is null ? null : new JsonObject { ["accuracy"] = Json.Number(metrics.Accuracy), ["loss"] = Json.Number(metrics.MeanLoss) },
        ["privacy"] = result.Rounds.LastOrDefault(round => round.Spent is not null)?.Spent is { } spent
            ? new JsonObject { ["epsilon"] = Json.Number(spent.Epsilon), ["epsilon_coordinator"] = spent.Coordinator is { } known ? Json.Number(known) : null, ["delta"] = job.Plan.Privacy.Delta, ["unit"] = job.Plan.Privacy.Unit, ["accountant"] = spent.Accountant }
            : null,
        ["stopped"] = Stopped(result),
        ["rounds"] = Json.Array(result.Rounds, round => new JsonObject
        {
            ["number"] = round.Number,
            ["round"] = round.Round,
            ["purpose"] = round.Purpose == RoundPurpose.Training ? "training" : "moments",
            ["invited"] = round.Invited,
            ["included"] = Json.Texts(round.Included),
            ["dropped"] = Json.Array(round.Dropped, drop => new JsonObject { ["participant"] = drop.Participant, ["phase"] = drop.Phase.Name(), ["recovered"] = drop.Recovered }),
            ["declined"] = Json.Array(round.Declined, answer => new JsonObject { ["participant"] = answer.Participant, ["reason"] = answer.Reason }),
            ["aborted"] = round.Aborted is { } aborted ? new JsonObject { ["code"] = aborted.Reason.Name, ["message"] = aborted.Detail } : null,
            ["bytes_received"] = round.BytesReceived,
            ["seconds"] = Json.Number(round.Elapsed.TotalSeconds, 3),
            ["accuracy"] = round.Metrics is { } m ? Json.Number(m.Accuracy) : null,
            ["incidents"] = Json.Texts(round.Incidents),
        }),
    };
}
