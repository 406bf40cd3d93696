using System.Globalization;
using System.Text.Json.Nodes;
using Tacit.Aggregation.Rounds;
using Tacit.Cli.Output;
using Tacit.Coordination.Jobs;
using Tacit.Learning.Models;

namespace Tacit.Cli.Federations;

/// <summary>Progress of <c>tacit up</c> on standard error, its result on standard output.</summary>
internal sealed class UpDisplay(FederatedJob job)
{
    private readonly System.Diagnostics.Stopwatch clock = System.Diagnostics.Stopwatch.StartNew();

    public void Started(Uri address, string? operatorToken, Uri dashboard)
    {
        Console.Error.WriteLine($"up: coordinator at {address}, {job.Participants} participants, {job.Plan.Rounds} rounds, {job.Plan.Protection.Protocol}");
        Console.Error.WriteLine($"up: dashboard (works once): {dashboard}");
        if (operatorToken is not null) Console.Error.WriteLine($"up: operator's token: {operatorToken}");
    }

    public static void Finished(FederatedRound round)
    {
        string outcome = round.Aborted is { } aborted
            ? $"aborted {aborted.Reason}: {aborted.Detail}"
            : $"{round.Included.Length} of {round.Invited} in the sum, {round.Dropped.Length} dropped out, {round.Declined.Length} declined";
        string accuracy = round.Metrics is { } m ? string.Create(CultureInfo.InvariantCulture, $", accuracy {m.Accuracy:P1}") : "";
        string name = round.Round > 0 ? $"round {round.Round}" : "moments of the features";
        Console.Error.WriteLine(FormattableString.Invariant($"up: {name}: {outcome}, {round.Elapsed.TotalSeconds:F2} s{accuracy}"));
        foreach ((string participant, string reason) in round.Declined) Console.Error.WriteLine($"up:   {participant} declined: {reason}");
    }

    public void Done(FederatedResult result, bool json)
    {
        if (result.Stopped is { } stopped) Console.Error.WriteLine($"up: stopped at the privacy ceiling: {stopped}");
        FederatedRound? last = result.Rounds.LastOrDefault(round => round.Metrics is not null);
        if (json)
        {
            Json.Print(Of(result, last?.Metrics));
            return;
        }

        string accuracy = last?.Metrics is { } metrics ? string.Create(CultureInfo.InvariantCulture, $"accuracy {metrics.Accuracy:P1}, ") : "";
        string privacy = last?.Spent is { } spent ? FormattableString.Invariant($"epsilon {spent.Epsilon:g4} at delta {job.Plan.Privacy.Delta:g3} spent") : "sums are exact: no differential privacy";
        Console.Out.WriteLine(FormattableString.Invariant($"DONE  {result.Rounds.Count(round => round.Round > 0 && round.Aborted is null)} rounds in {clock.Elapsed.TotalSeconds:F1} s, {accuracy}{privacy}"));
    }

    private JsonObject Of(FederatedResult result, Evaluation? metrics) => new()
    {
        ["task"] = "training",
        ["mode"] = "network",
        ["protocol"] = job.Plan.Protection.Protocol,
        ["participants"] = job.Participants,
        ["parameters"] = result.Model.Length,
        ["seconds"] = Json.Number(clock.Elapsed.TotalSeconds, 2),
        ["metrics"] = metrics is null ? null : new JsonObject { ["accuracy"] = Json.Number(metrics.Accuracy), ["loss"] = Json.Number(metrics.MeanLoss) },
        ["privacy"] = result.Rounds.LastOrDefault(round => round.Spent is not null)?.Spent is { } spent
            ? new JsonObject { ["epsilon"] = Json.Number(spent.Epsilon), ["delta"] = job.Plan.Privacy.Delta, ["accountant"] = spent.Accountant }
            : null,
        ["stopped"] = result.Stopped,
        ["rounds"] = Json.Array(result.Rounds, round => new JsonObject
        {
            ["number"] = round.Number,
            ["round"] = round.Round,
            ["purpose"] = round.Purpose.ToString(),
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
