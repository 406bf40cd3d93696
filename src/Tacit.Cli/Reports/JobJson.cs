using System.Text.Json.Nodes;
using Tacit.Aggregation.Rounds;
using Tacit.Cli.Output;
using Tacit.Learning.Jobs;
using Tacit.Learning.Models;
using Tacit.Simulation.Jobs;

namespace Tacit.Cli.Reports;

/// <summary>A job's result as JSON. Names are stable; docs/plans.md lists them.</summary>
internal static class JobJson
{
    public static JsonObject Of(JobResult result)
    {
        JsonObject json = new()
        {
            ["task"] = "training",
            ["mode"] = result.Mode,
            ["protocol"] = result.Plan.Mode == TrainingMode.Secure ? result.Plan.Protection.Protocol : "none",
            ["seed"] = result.Plan.Seed,
            ["participants"] = result.Simulation.Participants.Rows.Length,
            ["parameters"] = result.Simulation.Dimension,
            ["protection"] = result.Plan.Mode == TrainingMode.Secure ? Protection(result.Simulation) : null,
            ["metrics"] = result.Secure.Training.LastOrDefault()?.Metrics is { } last ? Metrics(last, full: true) : null,
            ["rounds"] = Json.Array(result.Secure.Rounds, round => Round(round, result.Plan.Privacy.Sampling == CohortSampling.Poisson)),
            ["cost"] = Cost(result.Secure),
            ["privacy"] = PrivacyReport.Of(result.Simulation, result.Secure.Training.LastOrDefault(round => round.Privacy is not null)?.Privacy),
            ["simulated"] = Json.Texts(result.Plan.Mode == TrainingMode.Central ? [] : ["network", "drop-outs", "randomness"]),
        };
        if (result.Plain is { } plain)
        {
            json["plain_fedavg"] = new JsonObject
            {
                ["metrics"] = Metrics(plain.Last.Metrics!, full: false),
                ["rounds"] = Json.Array(plain.Training, round => new JsonObject { ["round"] = round.Round, ["accuracy"] = Json.Number(round.Metrics!.Accuracy) }),
                ["cost"] = Cost(plain),
            };
        }

        return json;
    }

    private static JsonObject Protection(TrainingSimulation simulation)
    {
        ProtectionTerms terms = simulation.Protection;
        return new JsonObject
        {
            ["mode"] = terms.Mode == ProtectionMode.Malicious ? "malicious" : "semi-honest",
            ["threshold"] = terms.Threshold,
            ["neighbours"] = terms.Neighbours,
            ["sigma"] = terms.Sigma,
            ["maximum_corrupt"] = terms.MaximumCorrupt,
            ["maximum_dropouts"] = terms.MaximumDropouts == int.MaxValue ? null : terms.MaximumDropouts,
            ["value_bits"] = simulation.Sums is null ? simulation.Contribution.Quantization.Bits : null,
            ["ring_bits"] = simulation.Sums?.Forecast.Plan.Bits ?? simulation.Contribution.Bits,
            ["range"] = simulation.Sums is null ? simulation.Contribution.Quantization.Range : null,
        };
    }

    // Whoever knows the draw gains nothing from it being random, so a report beside the model does not name the drawn.
    private static JsonObject Round(RoundReport round, bool hidden) => new()
    {
        ["round"] = round.Round,
        ["purpose"] = round.Round > 0 ? "training" : "moments",
        ["included"] = hidden ? null : Json.Texts(round.Included),
        ["included_count"] = round.Included.Length,
        ["dropped"] = hidden ? null : Json.Array(round.Dropped, drop => new JsonObject { ["participant"] = drop.Participant, ["phase"] = drop.Phase.Name(), ["recovered"] = drop.Recovered }),
        ["aborted"] = round.Aborted is { } aborted ? new JsonObject { ["code"] = aborted.Reason.Name, ["message"] = aborted.Detail } : null,
        ["metrics"] = round.Metrics is { } metrics ? Metrics(metrics, full: false) : null,
        ["bytes"] = new JsonObject
        {
            ["up_per_participant"] = Json.Number(round.Cost.MeanUp, 1),
            ["down_per_participant"] = Json.Number(round.Cost.MeanDown, 1),
            ["up_most"] = round.Cost.MostUp,
            ["down_most"] = round.Cost.MostDown,
        },
        ["milliseconds"] = Milliseconds(round),
        ["saturated"] = round.Saturated,
        ["weight"] = round.Weight,
        ["privacy"] = round.Privacy is { } privacy ? PrivacyReport.Round(privacy) : null,
        ["incidents"] = Json.Texts(round.Incidents),
    };

    private static JsonObject Milliseconds(RoundReport round)
    {
        JsonObject json = new() { ["training"] = Json.Number(round.TrainingTime.TotalMilliseconds, 1) };
        foreach (Phase phase in Enum.GetValues<Phase>())
        {
            json[phase.Name()] = Json.Number(round.ComputeTime.GetValueOrDefault(phase).TotalMilliseconds, 1);
        }

        return json;
    }

    private static JsonObject Metrics(Evaluation metrics, bool full)
    {
        JsonObject json = new() { ["accuracy"] = Json.Number(metrics.Accuracy), ["loss"] = Json.Number(metrics.MeanLoss) };
        if (full)
        {
            json["examples"] = metrics.Examples;
            json["per_class"] = Json.Array(metrics.Classes, c => new JsonObject { ["class"] = c.Name, ["precision"] = Json.Number(c.Precision), ["recall"] = Json.Number(c.Recall), ["support"] = c.Support });
        }

        return json;
    }

    private static JsonObject Cost(JobRun run) => new()
    {
        ["seconds"] = Json.Number(run.Elapsed.TotalSeconds, 2),
        ["bytes_up_per_participant"] = Json.Number(run.Rounds.Sum(round => round.Cost.MeanUp), 0),
        ["bytes_down_per_participant"] = Json.Number(run.Rounds.Sum(round => round.Cost.MeanDown), 0),
        ["rounds_completed"] = run.Training.Count(round => round.Aborted is null),
        ["rounds_aborted"] = run.Training.Count(round => round.Aborted is not null),
        ["saturated"] = run.Rounds.Sum(round => round.Saturated),
    };
}
