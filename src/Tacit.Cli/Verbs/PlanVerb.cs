using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Spectre.Console;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Rounds;
using Tacit.Cli.Output;
using Tacit.Cli.Reports;
using Tacit.Learning.Jobs;
using Tacit.Protocols;
using Tacit.Simulation.Jobs;
using Tacit.Simulation.Plans;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit plan PLAN.yaml</c>: what a job will cost, before it runs.</summary>
internal static class PlanVerb
{
    private static readonly Argument<string> file = new("PLAN") { Description = "A plan in YAML; docs/plans.md describes every key." };
    private static readonly Option<string?> data = Arguments.Text("--data", "File or folder (or .zip) with the examples: the model's size and the participants follow from it.", "PATH");
    private static readonly Option<string[]> settings = Arguments.Texts("--set", "Replaces a value of the plan. Repeatable.", "KEY=VALUE");
    private static readonly Option<bool> json = Arguments.Json();

    public static Command Create()
    {
        Command command = new("plan", "Says what a plan will cost before it runs: protocol, bits, noise, privacy, bytes, time, and what the coordinator learns.") { file, data, settings, json };
        command.SetAction(Run);
        return command.WithExamples(
            "tacit plan plans/demo.yaml",
            "tacit plan plans/clusters.yaml --data ../shared/data/clustering/s1.csv",
            "tacit plan plans/har-ddg.yaml --data ../shared/data/har --json",
            "tacit plan plans/har-ddg.yaml --data ../shared/data/har --set privacy.epsilon=2 --set privacy.bits=14");
    }

    private static Task<int> Run(ParseResult parsed, CancellationToken stopping)
    {
        string path = parsed.GetValue(file)!;
        PlanMapping root = PlanFile.Apply(PlanFile.Read(path), Arguments.Settings(parsed, settings));
        if (ClusteringJobReader.IsClustering(root)) return Task.FromResult(ClusterForecast.Print(path, root, parsed.GetValue(data), parsed.GetValue(json)));
        TrainingSimulation simulation = PlanLoading.Load(path, root, parsed.GetValue(data));
        if (simulation.Sums is null) simulation.Contribution.Validate();
        JsonObject forecast = Forecast(simulation);
        if (parsed.GetValue(json)) Json.Print(forecast);
        else Print(simulation, forecast);
        return Task.FromResult(0);
    }

    private static JsonObject Forecast(TrainingSimulation simulation)
    {
        TrainingPlan plan = simulation.Plan;
        ContributionPlan contribution = simulation.Sums is { } sums ? sums.Forecast.Plan : simulation.Contribution;
        ProtectionTerms protection = simulation.Protection;
        bool secure = plan.Mode == TrainingMode.Secure;
        ExpectedTraffic traffic = secure ? ExpectedTraffic.Of(plan.Protection.Protocol, protection, contribution.Participants, contribution.Length, contribution.Bits) : default;
        int rounds = simulation.Steps?.Rounds ?? plan.Rounds;
        return new JsonObject
        {
            ["plan"] = plan.Name,
            ["mode"] = plan.Mode.ToString().ToLowerInvariant(),
            ["protocol"] = secure ? plan.Protection.Protocol : "none",
            ["participants"] = simulation.Participants.Rows.Length,
            ["cohort"] = contribution.Participants,
            ["rounds"] = rounds,
            ["parameters"] = simulation.Dimension,
            ["protection"] = secure ? Protection(protection) : null,
            ["residues"] = contribution.Length,
            ["ring_bits"] = contribution.Bits,
            ["wrap_margin_bits"] = contribution is WeightedMeanPlan exact ? Json.Number(contribution.Bits - 1 - Math.Log2((double)exact.Participants * exact.Quantization.Magnitude), 3) : null,
            ["wrap_probability"] = simulation.Sums?.Forecast.WrapProbability ?? 0,
            ["privacy"] = PrivacyReport.Of(simulation, last: null),
            ["bytes"] = new JsonObject
            {
                ["up_per_participant_and_round"] = traffic.Up,
                ["down_per_participant_and_round"] = traffic.Down,
                ["up_per_participant"] = traffic.Up * rounds,
                ["down_per_participant"] = traffic.Down * rounds,
                ["up_of_a_round"] = traffic.Up * contribution.Participants,
            },
            ["seconds_here"] = Json.Number(Seconds(simulation, rounds), 1),
            ["coordinator_learns"] = Learns(simulation),
        };
    }

    // One participant is trained for real; masks and noise are small beside it and are not counted.
    private static double Seconds(TrainingSimulation simulation, int rounds)
    {
        Stopwatch clock = Stopwatch.StartNew();
        double share = simulation.TrainOneParticipant();
        int cohort = simulation.Plan.Mode == TrainingMode.Central ? 1 : Math.Min(simulation.Plan.Cohort.Size ?? int.MaxValue, simulation.Participants.Rows.Length);
        return clock.Elapsed.TotalSeconds / share * rounds * cohort / (cohort == 1 ? 1 : Math.Min(cohort, Environment.ProcessorCount));
    }

    private static JsonObject Protection(ProtectionTerms terms) => new()
    {
        ["mode"] = terms.Mode == ProtectionMode.Malicious ? "malicious" : "semi-honest",
        ["threshold"] = terms.Threshold,
        ["neighbours"] = terms.Neighbours,
        ["sigma"] = terms.Sigma,
        ["maximum_corrupt"] = terms.MaximumCorrupt,
        ["maximum_dropouts"] = terms.MaximumDropouts == int.MaxValue ? null : terms.MaximumDropouts,
    };

    private static string Learns(TrainingSimulation simulation) => simulation.Plan.Mode != TrainingMode.Secure || simulation.Plan.Protection.Protocol == "plain-sum"
        ? "every update"
        : $"one sum a round over one set of at least {Math.Max(simulation.Plan.Cohort.Minimum, simulation.Sums?.LeastIncluded ?? 0)} participants, and who is in it; {PrivacyReport.Statement(simulation)}";

    private static void Print(TrainingSimulation simulation, JsonObject forecast)
    {
        IAnsiConsole console = Consoles.Output();
        using RunDisplay display = RunDisplay.Create(1, "plan", console);
        display.Plan(simulation);
        JsonNode bytes = forecast["bytes"]!;
        if (simulation.Plan.Mode == TrainingMode.Secure) console.MarkupLineInterpolated($"      {forecast["residues"]} residues of {forecast["ring_bits"]} bits; a participant sends {JobSummary.Size(bytes["up_per_participant_and_round"]!.GetValue<long>())} and receives {JobSummary.Size(bytes["down_per_participant_and_round"]!.GetValue<long>())} a round, {JobSummary.Size(bytes["up_per_participant"]!.GetValue<long>() + bytes["down_per_participant"]!.GetValue<long>())} in all");
        console.MarkupLineInterpolated($"      about {forecast["seconds_here"]} s of training on this machine (one participant was trained to see)");
        if (simulation.Sums is { } sums)
        {
            NoisedSumPlan plan = sums.Forecast.Plan;
            console.MarkupLineInterpolated(System.Runtime.CompilerServices.FormattableStringFactory.Create("      {0}", FormattableString.Invariant(
                $"granularity {plan.Granularity:g4}, noise {plan.NoiseScale * plan.Granularity:g4} a share ({plan.NoiseScale:g4} steps), {sums.Forecast.SumNoise:g4} in a sum; at least {sums.LeastIncluded} participants must be in it")));
        }

        console.MarkupLineInterpolated($"      the coordinator learns: {forecast["coordinator_learns"]}");
    }
}
