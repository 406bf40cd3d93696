using System.IO;
using System.Text.Json.Nodes;
using Spectre.Console;
using Tacit.Aggregation.Pipeline;
using Tacit.Cli.Output;
using Tacit.Cli.Reports;
using Tacit.Learning.Clustering.Stages;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Protocols;
using Tacit.Simulation.Clustering;

namespace Tacit.Cli.Verbs;

/// <summary>What a clustering plan will cost, from the number of records and features alone: rounds, noise, bits, bytes.</summary>
internal static class ClusterForecast
{
    public static int Print(string path, PlanMapping root, string? data, bool asJson)
    {
        ClusteringJob job = ClusteringJobReader.Read(Path.GetFileName(path), root);
        FeatureTable table = PlanLoading.Records(path, job, data);
        ClusteringSimulation simulation = new(job, table);
        ClusteringPlan? plan = job.Epsilon is null ? null : simulation.Plan();
        JsonObject forecast = Of(job, table, simulation, plan);
        if (asJson) Json.Print(forecast);
        else Show(job, table, simulation, plan);
        return 0;
    }

    private static JsonObject Of(ClusteringJob job, FeatureTable table, ClusteringSimulation simulation, ClusteringPlan? plan) => new()
    {
        ["plan"] = job.Name,
        ["task"] = "clustering",
        ["method"] = ClusteringNames.Of(plan?.Method ?? ClusteringMethod.Lloyd),
        ["protocol"] = job.Protection.Protocol,
        ["records"] = table.Count,
        ["features"] = table.Dimension,
        ["k"] = job.Clusters,
        ["participants"] = simulation.Participants,
        ["least_included"] = simulation.LeastIncluded,
        ["noise_shares"] = simulation.LeastShares,
        ["epsilon"] = job.Epsilon,
        ["delta"] = plan is null ? null : JsonValue.Create(simulation.Delta),
        ["epsilon_forecast"] = plan is null ? null : Json.Number(plan.Forecast.Spending.Epsilon, 9),
        ["rounds"] = plan is null ? null : Json.Array(Enumerable.Range(0, plan.Forecast.Plans.Length), i => Round(job, simulation, plan, i)),
    };

    private static JsonObject Round(ClusteringJob job, ClusteringSimulation simulation, ClusteringPlan plan, int index)
    {
        RecordSumPlan sum = plan.Forecast.Plans[index];
        ExpectedTraffic? traffic = Traffic(job, simulation, sum);
        return new JsonObject
        {
            ["stage"] = Name(plan, index),
            ["numbers"] = sum.Length,
            ["bits"] = sum.Bits,
            ["noise"] = Json.Array(sum.Blocks, block => new JsonObject
            {
                ["law"] = block.Law == NoiseLaw.DiscreteLaplace ? "discrete-laplace" : "discrete-gaussian",
                ["scale_in_steps"] = Json.Number(block.Scale, 3),
                ["sensitivity_in_steps"] = Json.Number(block.Law == NoiseLaw.DiscreteLaplace ? block.L1Sensitivity : block.L2Sensitivity, 3),
            }),
            ["bytes_up"] = traffic?.Up,
            ["bytes_down"] = traffic?.Down,
        };
    }

    private static void Show(ClusteringJob job, FeatureTable table, ClusteringSimulation simulation, ClusteringPlan? plan)
    {
        IAnsiConsole console = Consoles.Output();
        ClusterDisplay.Plan(job, table, simulation, console);
        if (plan is null)
        {
            console.MarkupLineInterpolated($"      exact Lloyd rounds from 12 starts until they converge, at most 40");
            return;
        }

        Table rounds = new Table().Border(TableBorder.Simple).AddColumns("round", "question", "numbers", "bits", "noise over sensitivity", "sent", "received");
        for (int i = 0; i < plan.Forecast.Plans.Length; i++)
        {
            RecordSumPlan sum = plan.Forecast.Plans[i];
            string noise = string.Join(", ", sum.Blocks.Select(block => block.Law == NoiseLaw.DiscreteLaplace
                ? FormattableString.Invariant($"Laplace {block.Scale / block.L1Sensitivity:g3}")
                : FormattableString.Invariant($"Gaussian {block.Scale / block.L2Sensitivity:g3}")));
            ExpectedTraffic? traffic = Traffic(job, simulation, sum);
            rounds.AddRow(FormattableString.Invariant($"{i + 1}"), Name(plan, i), FormattableString.Invariant($"{sum.Length}"), FormattableString.Invariant($"{sum.Bits}"), noise, Size(traffic?.Up), Size(traffic?.Down));
        }

        console.MarkupLineInterpolated($"      method {ClusteringNames.Of(plan.Method)}; forecast {FormattableString.Invariant($"epsilon {plan.Forecast.Spending.Epsilon:g6}")} ({plan.Forecast.Spending.Accountant})");
        console.Write(rounds);
    }

    private static string Name(ClusteringPlan plan, int index) => index < plan.RoundsBefore ? "bounds" : plan.Stages[index - plan.RoundsBefore].Name;

    // The formulas cover the protocols that open the sum at the coordinator.
    private static ExpectedTraffic? Traffic(ClusteringJob job, ClusteringSimulation simulation, RecordSumPlan sum)
    {
        if (job.Protection.Protocol == "shared-mask") return null;
        return ExpectedTraffic.Of(job.Protection.Protocol, simulation.Protection, sum.Participants, sum.Length, sum.Bits);
    }

    private static string Size(double? bytes) => bytes is { } known ? JobSummary.Size(known) : "";
}
