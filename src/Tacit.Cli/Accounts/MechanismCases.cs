using System.Text.Json.Nodes;
using Tacit.Privacy.Accounting;
using Tacit.Privacy.Accounting.Curves;
using Tacit.Privacy.Accounting.Events;
using Tacit.Privacy.Accounting.Lattice;
using Tacit.Privacy.Accounting.Local;
using Tacit.Privacy.Accounting.Renyi;

namespace Tacit.Cli.Accounts;

/// <summary>Categories about one mechanism: closed forms, exact laws, and compositions of one event.</summary>
internal static class MechanismCases
{
    public static IReadOnlyDictionary<string, Func<CaseParameters, JsonObject>> All { get; } = new Dictionary<string, Func<CaseParameters, JsonObject>>(StringComparer.Ordinal)
    {
        ["gaussian_analytic_sigma"] = GaussianSigma,
        ["gaussian_classic"] = GaussianClassic,
        ["gaussian_delta"] = GaussianDelta,
        ["gaussian_epsilon"] = GaussianEpsilon,
        ["laplace_scale"] = LaplaceScale,
        ["laplace_rdp"] = p => new JsonObject { ["rdp"] = Answers.Exact(LaplaceAccounting.Renyi(p.Epsilon(), Order(p))) },
        ["laplace_composition"] = LaplaceComposition,
        ["discrete_gaussian_delta"] = DiscreteGaussianDelta,
        ["discrete_gaussian_composition"] = DiscreteGaussianComposition,
        ["discrete_laplace_composition"] = DiscreteLaplaceComposition,
        ["randomized_response_binary"] = BinaryResponse,
        ["randomized_response_kary"] = KaryResponse,
        ["unary_encoding_oue"] = UnaryEncoding,
        ["skellam_rdp_scalar"] = SkellamRdp,
        ["advanced_composition_drv"] = AdvancedComposition,
        ["advanced_composition_optimal_kov"] = OptimalComposition,
        ["zcdp_delta"] = ConcentratedDelta,
        ["zcdp_epsilon"] = ConcentratedEpsilon,
        ["zcdp_rho"] = p => new JsonObject { ["rho"] = Answers.Exact(ConcentratedConversion.Rho(p.Epsilon(), p.Delta())) },
        ["fastlloyd_noise"] = Clustering,
    };

    public static double Order(CaseParameters p) => p.Number("order") is var order && order > 1 ? order : throw p.Wrong("order", "it must be above 1");

    private static JsonObject GaussianSigma(CaseParameters p)
    {
        double sigma = GaussianAccounting.NoiseMultiplier(p.NotNegative("epsilon"), p.Delta()) * p.Positive("l2_sensitivity");
        return new JsonObject { ["sigma"] = Answers.Exact(sigma), ["sigma_str"] = Answers.Text(sigma) };
    }

    private static JsonObject GaussianClassic(CaseParameters p)
    {
        double epsilon = p.Epsilon(), delta = p.Delta(), sensitivity = p.Positive("l2_sensitivity");
        bool valid = epsilon < 1;
        return new JsonObject
        {
            ["valid"] = valid,
            ["sigma"] = valid ? Answers.Exact(GaussianAccounting.ClassicNoiseMultiplier(epsilon, delta) * sensitivity) : null,
            ["analytic_sigma"] = Answers.Exact(GaussianAccounting.NoiseMultiplier(epsilon, delta) * sensitivity),
            ["behaviour"] = valid ? "accept" : "reject: the classic theorem needs epsilon < 1",
        };
    }

    private static JsonObject GaussianDelta(CaseParameters p)
    {
        double log = GaussianAccounting.LogDelta(p.Noise("sigma") / p.Positive("l2_sensitivity"), p.NotNegative("epsilon"));
        return new JsonObject { ["delta"] = Answers.Exact(Math.Exp(log)), ["delta_str"] = Answers.TextOfLog(log) };
    }

    private static JsonObject GaussianEpsilon(CaseParameters p)
    {
        double epsilon = GaussianAccounting.Epsilon(p.Noise("sigma") / p.Positive("l2_sensitivity"), p.Delta());
        return new JsonObject { ["epsilon"] = Answers.Exact(epsilon), ["epsilon_str"] = Answers.Text(epsilon) };
    }

    private static JsonObject LaplaceScale(CaseParameters p)
    {
        double scale = p.Positive("l1_sensitivity") / p.Epsilon();
        return new JsonObject { ["scale"] = Answers.Exact(scale), ["stddev"] = Answers.Exact(Math.Sqrt(2) * scale), ["cdf_at_-1"] = Answers.Exact(0.5 * Math.Exp(-1 / scale)) };
    }

    private static JsonObject LaplaceComposition(CaseParameters p)
    {
        double multiplier = p.Noise("scale") / p.Positive("l1_sensitivity"), delta = p.Delta();
        int count = p.Count("count");
        return Composed(new LaplaceEvent(multiplier), count, delta, count / multiplier);
    }

    private static JsonObject Composed(PrivacyEvent happened, int count, double delta, double basic) => new()
    {
        ["epsilon_pld"] = Answers.Exact(Math.Min(basic, Loss(happened, count).Epsilon(delta))),
        ["epsilon_rdp"] = Answers.Exact(Math.Min(basic, Renyi(happened, count).Epsilon(delta))),
        ["epsilon_basic"] = Answers.Exact(basic),
    };

    private static JsonObject DiscreteGaussianDelta(CaseParameters p)
    {
        double log = DiscreteGaussianAccounting.LogDelta(p.Noise("sigma"), p.Count("sensitivity"), p.NotNegative("epsilon"));
        return new JsonObject { ["delta"] = Answers.Exact(Math.Exp(log)), ["delta_str"] = Answers.TextOfLog(log) };
    }

    private static JsonObject DiscreteGaussianComposition(CaseParameters p)
    {
        DiscreteGaussianEvent happened = new(p.Noise("sigma"), p.Count("sensitivity"));
        double epsilon = Loss(happened, p.Count("count")).Epsilon(p.Delta());   // on its own lattice nothing is rounded: both are this
        return new JsonObject
        {
            ["epsilon_pld"] = Answers.Exact(epsilon),
            ["epsilon_exact_lattice"] = Answers.Exact(epsilon),
            ["epsilon_rdp"] = Answers.Exact(Renyi(happened, p.Count("count")).Epsilon(p.Delta())),
        };
    }

    private static JsonObject DiscreteLaplaceComposition(CaseParameters p)
    {
        double decay = p.Positive("a"), delta = p.Delta();
        int sensitivity = p.Count("sensitivity"), count = p.Count("count");
        JsonObject answer = Composed(new DiscreteLaplaceEvent(decay, sensitivity), count, delta, decay * sensitivity * count);
        answer["epsilon_exact"] = answer["epsilon_pld"]!.DeepClone();
        return answer;
    }

    private static JsonObject BinaryResponse(CaseParameters p)
    {
        double epsilon = p.Epsilon();
        return new JsonObject
        {
            ["truth_probability"] = Answers.Exact(RandomizedResponse.Truth(epsilon)),
            ["lie_probability"] = Answers.Exact(RandomizedResponse.Other(epsilon)),
            ["unbiased_estimator"] = "(mean(y)-(1-p))/(2p-1)",
            ["estimator_variance_any_input"] = Answers.Exact(RandomizedResponse.MeanVariance(epsilon, p.Count("n"))),
        };
    }

    private static JsonObject KaryResponse(CaseParameters p)
    {
        double epsilon = p.Epsilon();
        int answers = p.Count("k", least: 2);
        return new JsonObject
        {
            ["p_true"] = Answers.Exact(RandomizedResponse.Truth(epsilon, answers)),
            ["p_each_other"] = Answers.Exact(RandomizedResponse.Other(epsilon, answers)),
            ["dp_accounting_noise_parameter"] = Answers.Exact(answers * RandomizedResponse.Other(epsilon, answers)),
        };
    }

    private static JsonObject UnaryEncoding(CaseParameters p) => new()
    {
        ["p"] = 0.5,
        ["q"] = Answers.Exact(RandomizedResponse.UnaryFlip(p.Epsilon())),
        ["variance_rare_item"] = Answers.Exact(RandomizedResponse.UnaryVariance(p.Epsilon(), p.Count("n"))),
    };

    private static JsonObject SkellamRdp(CaseParameters p)
    {
        double variance = p.Noise("variance"), l2 = p.Positive("l2_sensitivity"), order = Order(p);
        int l1 = p.Count("l1_sensitivity");
        return new JsonObject
        {
            ["rdp_bound_agarwal2021"] = Answers.Exact(Privacy.Accounting.Distributed.DistributedSkellamAccounting.Renyi(l1, l2, variance, order)),
            ["rdp_exact"] = Answers.Text(SkellamAccounting.Renyi(variance, l1, order)),
        };
    }

    private static JsonObject AdvancedComposition(CaseParameters p)
    {
        double epsilon = p.NotNegative("epsilon"), delta = p.NotNegative("delta"), total = p.Delta("total_delta");
        int count = p.Count("count");
        double advanced = Composition.Advanced(epsilon, delta, count, total), basic = count * delta <= total ? Composition.Basic(epsilon, count) : double.PositiveInfinity;
        return new JsonObject
        {
            ["total_epsilon_drv"] = Answers.Exact(advanced),
            ["total_epsilon_basic"] = Answers.Exact(basic),
            ["total_epsilon_must_report"] = Answers.Exact(Math.Min(advanced, basic)),
        };
    }

    private static JsonObject OptimalComposition(CaseParameters p)
    {
        double total = Composition.Optimal(p.NotNegative("epsilon"), p.NotNegative("delta"), p.Count("count"), p.Delta("total_delta"));
        return new JsonObject { ["total_epsilon"] = Answers.Exact(total), ["impossible"] = double.IsInfinity(total) };
    }

    private static JsonObject ConcentratedDelta(CaseParameters p)
    {
        (double log, double order) = ConcentratedConversion.LogDelta(p.Positive("rho"), p.NotNegative("epsilon"));
        return new JsonObject { ["delta"] = Answers.Exact(Math.Exp(log)), ["optimal_alpha"] = Answers.Exact(order) };
    }

    private static JsonObject ConcentratedEpsilon(CaseParameters p)
    {
        double rho = p.Positive("rho"), delta = p.Delta();
        return new JsonObject
        {
            ["epsilon"] = Answers.Exact(ConcentratedConversion.Epsilon(rho, delta)),
            ["epsilon_simple_bun_steinke"] = Answers.Exact(ConcentratedConversion.SimpleEpsilon(rho, delta)),
            ["epsilon_dp_accounting_default_orders"] = Answers.Exact(RenyiOrders.Default.Min(order => RenyiConversion.Epsilon(order, rho * order, delta))),
        };
    }

    private static JsonObject Clustering(CaseParameters p)
    {
        double n = p.Has("n") ? p.Positive("n") : 0, delta = p.Has("delta") ? p.Delta() : 1 / (n * Math.Log(n));
        bool free = p.Has("constraint") && p.Text("constraint") == "none";
        ClusteringNoise noise = ClusteringNoise.For(p.Epsilon(), delta, p.Count("dim"), p.Count("iterations"), free ? null : p.Positive("radius_eta"), p.Number("rho", 0.225));
        return new JsonObject
        {
            ["sum_sensitivity_l2"] = Answers.Exact(noise.SumSensitivity),
            ["sum_noise_stddev"] = Answers.Exact(noise.SumDeviation),
            ["count_noise_stddev"] = Answers.Exact(noise.CountDeviation),
            ["mu_gdp_total"] = Answers.Exact(noise.Mu),
        };
    }

    private static PrivacyLossAccountant Loss(PrivacyEvent happened, int count)
    {
        PrivacyLossAccountant accountant = new(NeighboringRelation.AddOrRemoveOne);
        accountant.Compose(happened, count);
        return accountant;
    }

    private static RenyiAccountant Renyi(PrivacyEvent happened, int count)
    {
        RenyiAccountant accountant = new(NeighboringRelation.AddOrRemoveOne);
        accountant.Compose(happened, count);
        return accountant;
    }
}
