using System.Text.Json.Nodes;
using Tacit.Aggregation.Rounds;
using Tacit.Cli.Output;
using Tacit.Learning.Jobs;
using Tacit.Simulation.Clustering;

namespace Tacit.Cli.Reports;

/// <summary>A clustering job as one JSON object.</summary>
internal static class ClusterJson
{
    public static JsonObject Of(ClusterOutcome outcome)
    {
        (ClusteringJob job, ClusteringResult result) = (outcome.Job, outcome.Result);
        JsonObject json = new()
        {
            ["nicv"] = result.Nicv,
            ["epsilon"] = job.Epsilon,
            ["delta"] = job.Epsilon is null ? null : JsonValue.Create(outcome.Simulation.Delta),
            ["epsilon_spent"] = result.Spent is null ? null : Json.Number(result.Spent.Epsilon, 9),
            ["epsilon_against_readers"] = result.Spent is null ? null : Json.Number(result.Spent.Readers, 9),
            ["epsilon_against_coordinator"] = outcome.IsHidden && result.Spent?.Coordinator is { } coordinator ? Json.Number(coordinator, 9) : null,
            ["accountant"] = result.Spent?.Accountant,
            ["unit"] = "one record, present or not",
            ["iterations"] = result.Rounds.Length,
            ["unassigned"] = result.Unassigned,
            ["method"] = ClusteringNames.Of(result.Method),
            ["protocol"] = job.Protection.Protocol,
            ["participants"] = outcome.Simulation.Participants,
            ["noise_shares"] = outcome.Simulation.Request.NoiseShares,
            ["records"] = outcome.Table.Count,
            ["features"] = Json.Texts(outcome.Table.Features),
            ["k"] = job.Clusters,
            ["seed"] = job.Seed,
            ["clipped"] = result.Clipped,
            ["bounds"] = new JsonObject
            {
                ["source"] = outcome.BoundsName,
                ["covered_by_epsilon"] = job.Epsilon is not null && job.Bounds.Source != BoundsSource.File,
                ["ranges"] = Json.Array(result.Bounds.Ranges, range => new JsonArray(range.Low, range.High)),
            },
            ["centroids"] = Json.Array(Enumerable.Range(0, job.Clusters), j => Json.Array(outcome.Centre(j).ToArray(), x => JsonValue.Create(x))),
            ["rounds"] = Json.Array(result.Rounds, Round),
            ["seconds"] = Json.Number(outcome.Elapsed.TotalSeconds, 3),
            ["simulated"] = Json.Texts(["network", "drop-outs", "noise (from the seed)", "nicv, adjusted_rand_index, unassigned and clipped are counted on the records, which only a simulation holds together"]),
        };
        if (result.AdjustedRandIndex is { } index) json["adjusted_rand_index"] = index;
        return json;
    }

    private static JsonObject Round(ClusteringRound round) => new()
    {
        ["stage"] = round.Stage,
        ["numbers"] = round.Length,
        ["bits"] = round.Bits,
        ["included"] = round.Report.Included.Length,
        ["dropped"] = Json.Array(round.Report.Dropped, drop => new JsonObject { ["participant"] = drop.Participant, ["phase"] = drop.Phase.Name(), ["recovered"] = drop.Recovered }),
        ["epsilon_spent"] = round.Spent is null ? null : Json.Number(round.Spent.Epsilon, 9),
        ["bytes_up"] = Json.Number(round.Report.Cost.MeanUp, 1),
        ["bytes_down"] = Json.Number(round.Report.Cost.MeanDown, 1),
    };
}
