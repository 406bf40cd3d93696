using System.Diagnostics;
using System.IO;
using System.Text;
using System.Text.Json.Nodes;
using Tacit.Aggregation.Pipeline;
using Tacit.Cli.Output;
using Tacit.Learning.Jobs;
using Tacit.Simulation.Jobs;

namespace Tacit.Cli.Reports;

/// <summary>Metrics while the job runs: one file of the coordinator and one of each participant, whole and valid after every round.</summary>
/// <remarks>A participant's file holds what only it knows; in production it never leaves the participant.</remarks>
internal sealed class MetricsFiles
{
    private readonly TrainingSimulation simulation;
    private readonly string folder;
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly JsonObject server;
    private readonly Dictionary<string, JsonObject> participants = [];

    private MetricsFiles(TrainingSimulation simulation, string folder)
    {
        (this.simulation, this.folder) = (simulation, folder);
        server = new JsonObject
        {
            ["party"] = "server",
            ["task_name"] = simulation.Plan.Name,
            ["privacy_hyperparameters"] = Settings(),
            ["model_size"] = simulation.Dimension,
            ["current_round"] = 0,
            ["included"] = new JsonArray(),
            ["loss"] = new JsonArray(),
            ["accuracy"] = new JsonArray(),
            ["epsilon_readers"] = new JsonArray(),
            ["epsilon_coordinator"] = new JsonArray(),
            ["epsilon_second_accountant"] = new JsonArray(),
            ["clip"] = new JsonArray(),
            ["signal_to_noise"] = new JsonArray(),
            ["error_on_round"] = new JsonObject(),
            ["errors_are"] = "from plain updates, which only a simulation has",
            ["time"] = new JsonArray(),
        };
    }

    /// <summary>Begins the files in a folder <c>metrics</c>.</summary>
    public static MetricsFiles Begin(TrainingSimulation simulation, string output)
    {
        string folder = Path.Combine(output, "metrics");
        Directory.CreateDirectory(folder);
        return new MetricsFiles(simulation, folder);
    }

    /// <summary>Adds a round to every file it concerns.</summary>
    public void Add(RoundReport report)
    {
        if (report.Round < 1) return;
        server["current_round"] = report.Round;
        Append(server, "included", report.Included.Length);
        Append(server, "loss", Json.Number(report.Metrics!.MeanLoss));
        Append(server, "accuracy", Json.Number(report.Metrics.Accuracy));
        Append(server, "epsilon_readers", report.Privacy is { } p ? Json.Number(p.Spent.Readers, 9) : null);
        Append(server, "epsilon_coordinator", report.Privacy?.Spent.Coordinator is { } c ? Json.Number(c, 9) : null);
        Append(server, "epsilon_second_accountant", report.Privacy?.Spent.Second is { } s ? Json.Number(s, 9) : null);
        Append(server, "clip", report.Privacy is { Clip: > 0 } k ? Json.Number(k.Clip, 9) : null);
        Append(server, "signal_to_noise", report.Privacy is { } n ? Json.Number(n.SignalToNoise, 9) : null);
        if (report.Privacy?.Simulated is { } errors)
        {
            server["error_on_round"]!.AsObject()[$"{report.Round}"] = new JsonObject { ["l_inf"] = errors.Infinity, ["l_1"] = errors.L1, ["l_2"] = errors.L2 };
        }

        Append(server, "time", Json.Number(clock.Elapsed.TotalSeconds, 3));
        OutputFolder.Put(folder, "server_metrics.json", Encoding.UTF8.GetBytes(Json.ToText(server)));
        foreach (LocalReport local in report.Local) Add(report.Round, local);
    }

    private void Add(int round, LocalReport local)
    {
        if (!participants.TryGetValue(local.Participant, out JsonObject? file))
        {
            file = new JsonObject
            {
                ["task_name"] = simulation.Plan.Name,
                ["client_id"] = local.Participant,
                ["privacy_settings"] = Settings(),
                ["model_size"] = simulation.Dimension,
                ["current_round"] = 0,
                ["rounds"] = new JsonArray(),
                ["loss"] = new JsonArray(),
                ["examples"] = new JsonArray(),
                ["private_steps"] = new JsonArray(),
                ["clipped_fraction"] = new JsonArray(),
                ["training_seconds"] = new JsonArray(),
                ["time"] = new JsonArray(),
            };
            participants.Add(local.Participant, file);
        }

        file["current_round"] = round;
        Append(file, "rounds", round);
        Append(file, "loss", Json.Number(local.MeanLoss));
        Append(file, "examples", local.Examples);
        Append(file, "private_steps", local.DpSgd?.Steps);
        Append(file, "clipped_fraction", local.DpSgd is { } steps ? Json.Number(steps.ClippedFraction) : null);
        Append(file, "training_seconds", Json.Number(local.Time.TotalSeconds, 3));
        Append(file, "time", Json.Number(clock.Elapsed.TotalSeconds, 3));
        OutputFolder.Put(folder, $"client_{FileName(local.Participant)}_metrics.json", Encoding.UTF8.GetBytes(Json.ToText(file)));
    }

    private JsonObject Settings()
    {
        JsonObject settings = new() { ["dp_mechanism"] = simulation.Plan.Privacy.Name, ["num_fl_rounds"] = simulation.Plan.Rounds };
        PrivacyPlan plan = simulation.Plan.Privacy;
        if (plan.Mechanism != PrivacyMechanism.None) settings["clipping_threshold"] = plan.Clip;
        if (simulation.Sums is not { Forecast.Plan: { } sum }) return settings;
        settings["granularity"] = sum.Granularity;
        settings["model_integer_range"] = Math.Floor(Math.Sqrt(sum.SquaredRoundedBound));
        settings["noise_scale"] = sum.NoiseScale * sum.Granularity;
        settings["bias"] = sum.Bias;
        settings["arithmetic_modulus"] = 1L << sum.ModulusBits;
        settings["model_dimension"] = simulation.Dimension;
        settings["padded_model_dimension"] = sum.PaddedDimension;
        settings["num_clients"] = sum.Participants;
        settings["num_mini_clients"] = sum.ShardsPerParticipant;
        settings["noise_placement"] = sum.Placement switch { NoisePlacement.Central => "central", NoisePlacement.Local => "local", _ => "distributed" };
        return settings;
    }

    private static void Append(JsonObject file, string list, JsonNode? value) => file[list]!.AsArray().Add(value);

    private static string FileName(string participant) => string.Concat(participant.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '-'));
}
