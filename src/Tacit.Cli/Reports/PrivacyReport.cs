using System.Diagnostics;
using System.Text.Json.Nodes;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Planning;
using Tacit.Cli.Output;
using Tacit.Federation.Jobs;
using Tacit.Learning.Jobs;
using Tacit.Privacy.Budgets;
using Tacit.Simulation.Jobs;

namespace Tacit.Cli.Reports;

/// <summary>What was promised about differential privacy, in the same words everywhere.</summary>
internal static class PrivacyReport
{
    /// <summary>One sentence on what the coordinator and the readers of the model can learn.</summary>
    public static string Statement(TrainingSimulation simulation) => simulation.Plan.Mode switch
    {
        TrainingMode.Plain => "the coordinator sees every update; nothing is protected",
        TrainingMode.Central when simulation.Plan.Privacy.Mechanism == PrivacyMechanism.None => "central baseline: all examples are in one place; nothing is federated or protected",
        _ when simulation.Sums is { } sums => Statement(sums),
        _ when simulation.Steps is not null => "every participant clips and noises each local step, so its updates are private whoever sees them; the unit is one example of one participant, and numbers of examples are public",
        _ => "the coordinator sees exact sums of the included updates; they carry no differential privacy",
    };

    public static JsonObject Of(TrainingSimulation simulation, RoundPrivacy? last)
    {
        JsonObject json = new() { ["mechanism"] = simulation.Plan.Privacy.Name, ["epsilon"] = null, ["statement"] = Statement(simulation) };
        if (last is not null)
        {
            json["epsilon"] = Number(last.Spent.Epsilon);
            json["spent"] = Spending(last.Spent);
        }

        if (simulation.Ledger is { } ledger)
        {
            LedgerBalance balance = ledger.Balance;
            json["ledger"] = new JsonObject { ["epsilon_readers"] = Number(balance.Readers), ["epsilon_coordinator"] = Number(balance.Coordinator), ["entries"] = balance.Entries, ["ceiling"] = ledger.Ceiling.Epsilon };
        }

        if (simulation.Steps is { } steps) Add(json, steps, simulation);
        if (simulation.Sums is not { } sums) return json;
        json["warnings"] = Json.Texts(Warnings(simulation));
        json["delta"] = sums.Plan.Delta;
        json["ceiling"] = sums.Plan.Epsilon;
        json["stopped"] = simulation.Stopped;
        json["unit"] = Unit(sums.Plan);
        json["adjacency"] = "zero-out: the unit's update against zeros";
        json["sampling"] = sums.TreeSteps > 0 ? "passes" : sums.Plan.Sampling == CohortSampling.Poisson ? "poisson" : "fixed";
        json["sampling_rate"] = sums.Plan.SamplingRate;
        json["planned"] = Forecast(sums);
        return json;
    }

    private static void Add(JsonObject json, StepPrivacy steps, TrainingSimulation simulation)
    {
        json["warnings"] = Json.Texts(Warnings(simulation));
        json["delta"] = steps.Plan.Delta;
        json["ceiling"] = steps.Plan.Epsilon;
        json["stopped"] = simulation.Stopped;
        json["unit"] = Unit(steps.Plan);
        json["adjacency"] = "add or remove one";
        json["sampling"] = "poisson";
        json["sampling_rate"] = steps.Settings.SamplingRate;
        json["planned"] = Forecast(steps);
    }

    public static JsonObject Forecast(StepPrivacy steps) => new()
    {
        ["spending"] = Spending(steps.Forecast),
        ["max_grad_norm"] = steps.Settings.MaxGradNorm,
        ["noise_multiplier"] = Number(steps.Settings.NoiseMultiplier),
        ["steps_per_round"] = steps.StepsPerRound,
        ["rounds"] = steps.Rounds,
    };

    /// <summary>What a reader of the promise should know before relying on it.</summary>
    public static IReadOnlyList<string> Warnings(TrainingSimulation simulation)
    {
        PrivacyPlan plan = simulation.Plan.Privacy;
        if (plan.Mechanism == PrivacyMechanism.None) return [];
        long units = plan.Mechanism == PrivacyMechanism.LocalSteps ? simulation.Participants.Rows.Sum(rows => (long)rows.Length) : simulation.Participants.Rows.Length * (long)plan.MiniClients;
        return plan.Delta < 1.0 / units ? [] : [FormattableString.Invariant($"privacy.delta is {plan.Delta}, which is not below 1/n = {1.0 / units:g3} for n = {units}: so large a delta would let one unit be revealed outright")];
    }

    public static JsonObject Forecast(SumPrivacy sums)
    {
        NoisedSumForecast forecast = sums.Forecast;
        NoisedSumPlan plan = forecast.Plan;
        JsonObject json = new()
        {
            ["spending"] = Spending(forecast.Spending),
            ["clip"] = plan.Clip,
            ["granularity"] = plan.Granularity,
            ["noise"] = plan.NoiseScale * plan.Granularity,
            ["noise_in_steps"] = Number(plan.NoiseScale),
            ["noise_multiplier"] = Number(forecast.NoiseMultiplier),
            ["noise_of_sum"] = forecast.SumNoise,
            ["bias"] = plan.Bias,
            ["modulus_bits"] = plan.ModulusBits,
            ["padded_dimension"] = plan.PaddedDimension,
            ["wrap_probability"] = forecast.WrapProbability,
            ["honest_shares"] = forecast.LeastShares,
            ["least_included"] = sums.LeastIncluded,
            ["mini_clients"] = plan.ShardsPerParticipant,
        };
        if (sums.TreeSteps > 0) json["tree_steps"] = sums.TreeSteps;
        if (plan.Votes is { } votes)
        {
            json["clip_quantile"] = sums.Plan.ClipQuantile;
            json["vote"] = votes.Magnitude;
            json["vote_noise_of_sum"] = votes.ToHalves(1) * votes.NoiseScale * Math.Sqrt(plan.Placement == NoisePlacement.Distributed ? forecast.LeastShares : 1);
        }

        return json;
    }

    public static JsonObject Round(RoundPrivacy privacy)
    {
        JsonObject json = new()
        {
            ["spent"] = Spending(privacy.Spent),
            ["honest_shares"] = privacy.HonestShares,
            ["clip"] = privacy.Clip,
            ["near_modulus"] = Number(privacy.NearModulus),
            ["signal_to_noise"] = Number(privacy.SignalToNoise),
        };
        if (privacy.Simulated is { } errors)
        {
            json["simulated_errors"] = new JsonObject { ["l_1"] = errors.L1, ["l_2"] = errors.L2, ["l_inf"] = errors.Infinity, ["clipped"] = Number(errors.ClippedFraction), ["rounding_tries"] = Number(errors.MeanTries) };
        }

        return json;
    }

    public static JsonObject Spending(PrivacySpending spending)
    {
        JsonObject json = new()
        {
            ["epsilon_readers"] = Number(spending.Readers),
            ["epsilon_coordinator"] = spending.Coordinator is { } coordinator ? Number(coordinator) : null,
            ["accountant"] = spending.Accountant,
        };
        if (spending.SecondAccountant is { } second) json[$"epsilon_{second}"] = spending.Second is { } epsilon ? Number(epsilon) : null;
        return json;
    }

    public static string Unit(PrivacyPlan plan) => plan.Mechanism == PrivacyMechanism.LocalSteps ? "one example" : plan.MiniClients > 1 ? "one shard of a participant's examples" : "one participant's whole update";

    private static string Statement(SumPrivacy sums)
    {
        if (sums.TreeSteps > 0) return TreeStatement(sums);
        string noise = sums.Plan.Noise == NoiseKind.Skellam ? "Skellam" : "discrete Gaussian";
        string clip = sums.Plan.AdaptiveClip ? "; the clipping norm follows noised votes, which the same budget pays" : "";
        return string.Concat(sums.Plan.Placement switch
        {
            NoisePlacement.Distributed => $"every sum carries {noise} noise from its participants before anybody can open it, sized for the tolerated drop-outs and colluders; the unit is {Unit(sums.Plan)}",
            NoisePlacement.Central => $"the coordinator sees exact sums and adds {noise} noise before it uses them, so it is trusted; readers of the model see noise; the unit is {Unit(sums.Plan)}",
            NoisePlacement.Local => $"every participant adds enough {noise} noise on its own; the unit is {Unit(sums.Plan)}",
            _ => throw new UnreachableException(),
        }, clip);
    }

    private static string TreeStatement(SumPrivacy sums)
    {
        string tree = sums.TreeSteps == 1
            ? "everybody is in every round, so a tree has one step and the noise is plain, fresh Gaussian noise each round"
            : $"in each pass of {sums.TreeSteps} rounds everybody takes part once at most, whatever the draw, and the noise of one round cancels most of another's";
        return $"the coordinator sees exact sums and adds discrete Gaussian noise of a tree before it uses them, so it is trusted; readers of the models see noise; {tree}; the unit is {Unit(sums.Plan)}";
    }

    private static JsonNode? Number(double value) => Json.Number(value, 9);
}
