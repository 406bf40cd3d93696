using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Tacit.Privacy.Accounting;
using Tacit.Privacy.Accounting.Curves;
using Tacit.Privacy.Accounting.Distributed;
using Tacit.Privacy.Accounting.Events;
using Tacit.Privacy.Accounting.Renyi;

namespace Tacit.Cli.Accounts;

/// <summary>Categories about training: sampled and distributed noise over many steps.</summary>
internal static class TrainingCases
{
    private const double CommonSpacing = 1e-4;   // what the published figures were computed with

    public static IReadOnlyDictionary<string, Func<CaseParameters, JsonObject>> All { get; } = new Dictionary<string, Func<CaseParameters, JsonObject>>(StringComparer.Ordinal)
    {
        ["dpsgd_poisson_gaussian"] = Training,
        ["dpsgd_heterogeneous"] = Phases,
        ["dpsgd_pld_delta"] = p => new JsonObject { ["delta"] = Answers.Exact(Loss(Steps(p)).Delta(p.NotNegative("epsilon"))) },
        ["rdp_subsampled_gaussian_order"] = DivergenceAtOrder,
        ["noise_multiplier_for_target"] = NoiseMultiplier,
        ["sampling_mismatch_deterministic_batches"] = DeterministicBatches,
        ["sampling_mismatch_wor_vs_poisson"] = WithoutReplacement,
        ["ddg_epsilon"] = DistributedDiscreteGaussian,
        ["ddg_scale_factor"] = ScaleFactor,
        ["skellam_epsilon"] = DistributedSkellam,
    };

    private static JsonObject Training(CaseParameters p)
    {
        if (p.Has("adjacency") && p.Text("adjacency") != "add-or-remove-one") throw p.Wrong("adjacency", "Poisson sampling is accounted under add-or-remove-one only");
        PrivacyEvent steps = Steps(p);
        double delta = p.Delta();
        RenyiAccountant renyi = Renyi(steps);
        EpsilonAtOrder best = renyi.BestEpsilon(delta), classic = renyi.BestClassicEpsilon(delta), common = CommonEpsilon([p], delta);
        return new JsonObject
        {
            ["epsilon_rdp"] = Answers.Exact(best.Epsilon),
            ["rdp_optimal_order"] = Answers.Exact(best.Order),
            ["epsilon_rdp_dp_accounting"] = Answers.Exact(common.Epsilon),
            ["rdp_optimal_order_dp_accounting"] = Answers.Exact(common.Order),
            ["epsilon_rdp_integer_orders"] = Answers.Exact(Renyi(steps, [.. RenyiOrders.Integers.Select(order => (double)order)]).Epsilon(delta)),
            ["epsilon_rdp_classic_conversion"] = Answers.Exact(classic.Epsilon),
            ["classic_optimal_order"] = Answers.Exact(classic.Order),
            ["epsilon_pld"] = Answers.Exact(Loss(steps).Epsilon(delta)),
        };
    }

    private static JsonObject Phases(CaseParameters p)
    {
        ComposedEvent phases = new([.. p.List("phases").Select(Steps)]);
        return new JsonObject
        {
            ["epsilon_rdp"] = Answers.Exact(Renyi(phases).Epsilon(p.Delta())),
            ["epsilon_rdp_dp_accounting"] = Answers.Exact(CommonEpsilon(p.List("phases"), p.Delta()).Epsilon),
            ["epsilon_pld"] = Answers.Exact(Loss(phases).Epsilon(p.Delta())),
        };
    }

    private static JsonObject DivergenceAtOrder(CaseParameters p)
    {
        (double rate, double noise, double order) = (p.Rate("sampling_probability"), p.Noise("noise_multiplier"), MechanismCases.Order(p));
        double rdp = SampledGaussian.Renyi(rate, noise, order);
        return new JsonObject { ["rdp"] = Answers.Exact(rdp), ["rdp_str"] = Answers.Text(rdp), ["rdp_dp_accounting_upper"] = Answers.Exact(SampledGaussianSeries.Renyi(rate, noise, order)) };
    }

    private static JsonObject NoiseMultiplier(CaseParameters p)
    {
        double rate = p.Rate("sampling_probability"), delta = p.Delta(), target = p.Epsilon("target_epsilon");
        int steps = p.Count("steps");
        SelfComposedEvent Run(double noise) => new(new PoissonSampledEvent(rate, new GaussianEvent(noise)), steps);
        return new JsonObject
        {
            ["noise_multiplier_rdp"] = Answers.Exact(Calibration.NoiseMultiplier(target, delta, noise => Renyi(Run(noise)))),
            ["noise_multiplier_rdp_dp_accounting"] = Answers.Exact(Calibration.NoiseMultiplier(target, delta, noise => Common([(rate, noise, steps)]))),
            ["noise_multiplier_pld"] = Answers.Exact(Calibration.NoiseMultiplier(target, delta, noise => Loss(Run(noise), CommonSpacing), precision: 2e-6)),
        };
    }

    private static JsonObject DeterministicBatches(CaseParameters p)
    {
        double rate = p.Rate("sampling_probability"), noise = p.Noise("noise_multiplier"), delta = p.Delta();
        int epochs = p.Count("epochs");
        long steps = (long)Math.Floor(epochs / rate);
        SelfComposedEvent poisson = new(new PoissonSampledEvent(rate, new GaussianEvent(noise)), steps);
        return new JsonObject
        {
            ["epsilon_deterministic_batches"] = Answers.Exact(GaussianAccounting.Epsilon(noise / Math.Sqrt(epochs), delta)),
            ["epsilon_poisson_pld"] = Answers.Exact(Loss(poisson, CommonSpacing).Epsilon(delta)),
            ["epsilon_poisson_rdp"] = Answers.Exact(Common([(rate, noise, steps)]).Epsilon(delta)),
        };
    }

    private static JsonObject WithoutReplacement(CaseParameters p)
    {
        int population = p.Count("n"), batch = p.Count("batch"), steps = p.Count("steps");
        double delta = p.Delta();
        if (batch > population) throw p.Wrong("batch", $"it must be at most n = {population}");
        GaussianEvent noise = new(p.Noise("noise_multiplier"));
        RenyiAccountant fixedSize = new(NeighboringRelation.ReplaceOne);
        fixedSize.Compose(new SampledWithoutReplacementEvent(population, batch, noise), steps);
        EpsilonAtOrder best = fixedSize.BestEpsilon(delta);
        return new JsonObject
        {
            ["epsilon_wor_replace_one_rdp"] = Answers.Exact(best.Epsilon),
            ["optimal_order"] = Answers.Exact(best.Order),
            ["epsilon_poisson_add_remove_rdp"] = Answers.Exact(Renyi(new SelfComposedEvent(new PoissonSampledEvent((double)batch / population, noise), steps)).Epsilon(delta)),
        };
    }

    private static JsonObject DistributedDiscreteGaussian(CaseParameters p)
    {
        DistributedDiscreteGaussianParameters parameters = new(p.Positive("l2_clip"), p.Positive("gamma"), p.Count("dim"), p.Beta("beta"), p.Noise("local_stddev"), p.Count("num_clients"));
        EpsilonAtOrder found = DistributedDiscreteGaussianAccounting.Epsilon(parameters, p.Delta(), p.Has("sampling") ? p.Rate("sampling") : 1, p.Count("steps"));
        return new JsonObject
        {
            ["epsilon"] = Answers.Exact(found.Epsilon),
            ["optimal_order"] = Answers.Exact(found.Order),
            ["rounded_l2_bound_scaled_units"] = Answers.Text(DistributedDiscreteGaussianAccounting.L2Sensitivity(parameters) / parameters.Granularity),
            ["rounded_l1_bound_scaled_units"] = Answers.Text(DistributedDiscreteGaussianAccounting.L1Sensitivity(parameters) / parameters.Granularity),
            ["tau"] = Answers.TextOfLog(DistributedDiscreteGaussianAccounting.LogTau(parameters.NoiseInSteps, parameters.Shares)),
            ["covered"] = parameters.IsCovered,
        };
    }

    private static JsonObject ScaleFactor(CaseParameters p) => new()
    {
        ["scale"] = Answers.Exact(DistributedDiscreteGaussianAccounting.StepsPerUnit(
            p.Positive("l2_clip"), p.Count("dim"), p.NotNegative("local_stddev"), p.Count("num_clients"), p.Count("bits"), p.Number("k_stddevs", 4))),
    };

    private static JsonObject DistributedSkellam(CaseParameters p)
    {
        DistributedSkellamParameters parameters = new(p.Positive("l2_clip"), 1 / p.Positive("scale"), p.Count("dim"), p.Beta("beta"), p.Noise("central_stddev"), Shares: 1);
        EpsilonAtOrder found = DistributedSkellamAccounting.Epsilon(parameters, p.Delta(), p.Has("sampling") ? p.Rate("sampling") : 1, p.Count("steps"));
        return new JsonObject { ["epsilon"] = Answers.Exact(found.Epsilon), ["optimal_order"] = Answers.Exact(found.Order) };
    }

    private static SelfComposedEvent Steps(CaseParameters p) => new(new PoissonSampledEvent(p.Rate("sampling_probability"), new GaussianEvent(p.Noise("noise_multiplier"))), p.Count("steps"));

    private static RenyiAccountant Renyi(PrivacyEvent happened, ImmutableArray<double> orders = default)
    {
        RenyiAccountant accountant = new(NeighboringRelation.AddOrRemoveOne, orders);
        accountant.Compose(happened);
        return accountant;
    }

    private static EpsilonAtOrder CommonEpsilon(IReadOnlyList<CaseParameters> phases, double delta) =>
        Common([.. phases.Select(phase => (phase.Rate("sampling_probability"), phase.Noise("noise_multiplier"), (long)phase.Count("steps")))]).BestEpsilon(delta);

    // As the common implementations have it: the series without signs at orders between integers.
    private static RenyiAccountant Common((double Rate, double Noise, long Steps)[] phases)
    {
        RenyiAccountant accountant = new(NeighboringRelation.AddOrRemoveOne);
        foreach ((double rate, double noise, long steps) in phases) accountant.AddDivergences(order => steps * SampledGaussianSeries.Renyi(rate, noise, order));
        return accountant;
    }

    private static PrivacyLossAccountant Loss(PrivacyEvent happened, double? spacing = null)
    {
        PrivacyLossAccountant accountant = new(NeighboringRelation.AddOrRemoveOne, spacing);
        accountant.Compose(happened);
        return accountant;
    }
}
