using Tacit.Aggregation.Encodings.Rotations;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;

namespace Tacit.Learning.Jobs;

/// <summary>Reads what a plan says about differential privacy, and refuses what no theorem covers.</summary>
internal static class PrivacyPlanReader
{
    private static readonly (string Name, PrivacyMechanism Mechanism, NoiseKind Noise, NoisePlacement Placement)[] mechanisms =
    [
        ("none", PrivacyMechanism.None, default, default),
        ("distributed-discrete-gaussian", PrivacyMechanism.Sum, NoiseKind.DiscreteGaussian, NoisePlacement.Distributed),
        ("ddg", PrivacyMechanism.Sum, NoiseKind.DiscreteGaussian, NoisePlacement.Distributed),
        ("skellam", PrivacyMechanism.Sum, NoiseKind.Skellam, NoisePlacement.Distributed),
        ("discrete-gaussian", PrivacyMechanism.Sum, NoiseKind.DiscreteGaussian, NoisePlacement.Central),
        ("gaussian", PrivacyMechanism.Sum, NoiseKind.DiscreteGaussian, NoisePlacement.Central),
        ("local-discrete-gaussian", PrivacyMechanism.Sum, NoiseKind.DiscreteGaussian, NoisePlacement.Local),
        ("dp-sgd", PrivacyMechanism.LocalSteps, default, default),
        ("tree", PrivacyMechanism.Tree, NoiseKind.DiscreteGaussian, NoisePlacement.Central),
        ("laplace", PrivacyMechanism.None, default, default),
        ("gaussian-classic", PrivacyMechanism.None, default, default),
    ];

    private static readonly string[] sumKeys = ["bits", "granularity", "rotation", "bias", "modular-clip", "mini-clients"];
    private static readonly string[] wishes = ["epsilon", "noise-multiplier", "clip", "max-grad-norm", "sampling-rate"];

    public static PrivacyPlan Read(PlanSection section)
    {
        string name = section.Choice("mechanism", "none", [.. mechanisms.Select(m => m.Name)]);
        (_, PrivacyMechanism mechanism, NoiseKind noise, NoisePlacement placement) = mechanisms.First(m => m.Name == name);
        double epsilon = section.Number("epsilon", double.NaN, x => x > 0, "greater than 0", FailureCodes.InvalidEpsilon);
        double multiplier = section.Number("noise-multiplier", double.NaN, x => x > 0, "greater than 0", FailureCodes.InvalidNoise);
        double rate = section.Number("sampling-rate", double.NaN, x => x is > 0 and <= 1, "in (0, 1]", FailureCodes.InvalidSamplingRate);
        double granularity = section.Number("granularity", double.NaN, x => x > 0, "greater than 0");
        string sampling = section.Choice("sampling", mechanism == PrivacyMechanism.LocalSteps ? "poisson" : "fixed", "fixed", "shuffle", "poisson");
        PrivacyPlan defaults = new();
        if (!section.Has("mechanism") && wishes.FirstOrDefault(section.Has) is { } asked)
        {
            throw section.Wrong(FailureCodes.MissingField, asked, $"privacy.{asked} is given and privacy.mechanism is not: without one no noise is added; name it, or leave privacy out");
        }

        if (mechanism == PrivacyMechanism.LocalSteps && sumKeys.FirstOrDefault(section.Has) is { } ofSums)
        {
            throw section.Wrong(FailureCodes.MechanismNotValid, ofSums, $"privacy.{ofSums} is given while privacy.mechanism is {name}; it is of mechanisms that noise sums: leave it out");
        }

        if (mechanism is PrivacyMechanism.Sum or PrivacyMechanism.Tree && section.Has("steps")) throw section.Wrong(FailureCodes.MechanismNotValid, "steps", $"privacy.steps is given while privacy.mechanism is {name}; it is of dp-sgd: leave it out");
        if (mechanism is PrivacyMechanism.Sum or PrivacyMechanism.Tree && section.Has("sampling-rate") && sampling != "poisson")
        {
            throw section.Wrong(FailureCodes.AccountantMismatch, "sampling-rate", $"privacy.sampling-rate is given while privacy.sampling is {sampling}; cohorts are drawn at a rate by Poisson sampling alone: use sampling: poisson, or leave it out");
        }

        string norm = mechanism == PrivacyMechanism.LocalSteps ? "max-grad-norm" : "clip", other = mechanism == PrivacyMechanism.LocalSteps ? "clip" : "max-grad-norm";
        if (section.Has(other)) throw section.Wrong(FailureCodes.MechanismNotValid, other, $"privacy.{other} is given while privacy.mechanism is {name}, which clips to privacy.{norm}");
        PrivacyPlan plan = new()
        {
            Mechanism = mechanism,
            Name = name,
            Noise = noise,
            Placement = placement,
            Epsilon = NullIfAbsent(epsilon),
            StopsAtCeiling = section.Choice("on-ceiling", mechanism == PrivacyMechanism.LocalSteps ? "stop" : "refuse", "stop", "refuse") == "stop",
            Delta = ReadDelta(section, defaults.Delta),
            NoiseMultiplier = NullIfAbsent(multiplier),
            Clip = section.Number(norm, defaults.Clip, x => x > 0, "greater than 0"),
            AdaptiveClip = section.Choice("clipping", "fixed", "fixed", "adaptive") == "adaptive",
            ClipQuantile = section.Number("clip-quantile", defaults.ClipQuantile, x => x is > 0 and < 1, "in (0, 1)"),
            Bits = section.Integer("bits", defaults.Bits, 2, 32),
            Bias = section.Number("bias", defaults.Bias, x => x is >= 0 and <= 0.95, "in [0, 0.95]"),
            ModularClip = section.Number("modular-clip", defaults.ModularClip, x => x is >= 1 and <= 20, "in [1, 20]"),
            Rotation = section.Choice("rotation", "hadamard", "hadamard", "hartley") == "hartley" ? RotationKind.Hartley : RotationKind.Hadamard,
            Granularity = NullIfAbsent(granularity),
            MiniClients = section.Integer("mini-clients", defaults.MiniClients, 1, 10_000),
            Sampling = mechanism != PrivacyMechanism.LocalSteps && sampling == "poisson" ? CohortSampling.Poisson : CohortSampling.Fixed,
            SamplingRate = NullIfAbsent(rate),
            Steps = section.IntegerOrAuto("steps", 1),
        };
        Check(section, plan, sampling);
        section.Finish();
        return plan;
    }

    private static void Check(PlanSection section, PrivacyPlan plan, string sampling)
    {
        if (section.Has("noise-seed")) throw section.Wrong(FailureCodes.InsecureSeed, "noise-seed", "privacy.noise-seed fixes the noise, so it protects nothing; remove the key");
        string accountant = section.Choice("accountant", "both", "both", "none", "poisson", "rdp", "pld");
        if (accountant == "poisson" && sampling != "poisson")
        {
            throw section.Wrong(FailureCodes.AccountantMismatch, "accountant", $"privacy.accountant is poisson while privacy.sampling is {sampling}; Poisson accounting holds for Poisson sampling alone");
        }

        if (plan.Name == "gaussian-classic")
        {
            throw section.Wrong(FailureCodes.MechanismNotValid, "mechanism", FormattableString.Invariant($"privacy.mechanism is gaussian-classic with epsilon {plan.Epsilon}; its proof needs one release at epsilon < 1, and a job has many: use gaussian, which is accounted exactly"));
        }

        if (plan.Name == "laplace")
        {
            throw section.Wrong(FailureCodes.MechanismNotValid, "mechanism", "privacy.mechanism is laplace; its noise grows with the L1 norm, which for an update is about the square root of the dimension times the L2 norm: use gaussian or distributed-discrete-gaussian");
        }

        CheckBits(section, plan);
        CheckNoise(section, plan, sampling);
        CheckClipping(section, plan);
    }

    private static void CheckNoise(PlanSection section, PrivacyPlan plan, string sampling)
    {
        if (plan.Mechanism == PrivacyMechanism.None) return;
        if (plan.Epsilon is null && plan.NoiseMultiplier is null)
        {
            throw section.Wrong(FailureCodes.MissingField, "mechanism", $"privacy.mechanism is {plan.Name}; give privacy.epsilon to have the noise calibrated, privacy.noise-multiplier to fix it, or both to stop at a ceiling");
        }

        if (sampling == "poisson" && plan.SamplingRate is null)
        {
            throw section.Wrong(FailureCodes.MissingField, "mechanism", $"privacy.mechanism is {plan.Name} with Poisson sampling; give privacy.sampling-rate");
        }

        if (plan.Mechanism == PrivacyMechanism.LocalSteps && sampling != "poisson")
        {
            throw section.Wrong(FailureCodes.AccountantMismatch, "sampling", $"privacy.sampling is {sampling}; dp-sgd is accounted for Poisson batches, so it draws them so: use poisson");
        }

        if (sampling == "shuffle")
        {
            throw section.Wrong(FailureCodes.AccountantMismatch, "sampling", "privacy.sampling is shuffle; no amplification is proved here for shuffled cohorts: use fixed or poisson");
        }

        if (plan.Placement == NoisePlacement.Local && plan.Mechanism == PrivacyMechanism.Sum && sampling == "poisson")
        {
            throw section.Wrong(FailureCodes.AccountantMismatch, "sampling", "privacy.sampling is poisson; local noise comes and goes with its participant, and no amplification is proved for that: use fixed");
        }

        if (plan.Mechanism == PrivacyMechanism.Tree && sampling == "poisson")
        {
            throw section.Wrong(FailureCodes.AccountantMismatch, "sampling", "privacy.sampling is poisson; the tree's noise is correlated over the rounds and gains nothing from sampling: use fixed");
        }
    }

    private static void CheckClipping(PlanSection section, PrivacyPlan plan)
    {
        if (!plan.AdaptiveClip)
        {
            if (section.Has("clip-quantile")) throw section.Wrong(FailureCodes.MechanismNotValid, "clip-quantile", "privacy.clip-quantile is given while privacy.clipping is fixed, which follows no quantile; use clipping: adaptive, or remove the key");
            return;
        }

        string? reason = plan.Mechanism switch
        {
            PrivacyMechanism.None => "nothing is clipped",
            PrivacyMechanism.LocalSteps => "gradients of examples are clipped to one norm",
            PrivacyMechanism.Tree => "the noise of one round cancels in another, which needs one norm",
            _ when plan.Placement == NoisePlacement.Local => "a vote would need all the noise of a sum of them",
            _ => null,
        };
        if (reason is not null) throw section.Wrong(FailureCodes.MechanismNotValid, "clipping", $"privacy.clipping is adaptive while privacy.mechanism is {plan.Name}: {reason}; use clipping: fixed, or a mechanism that noises sums");
    }

    private static double ReadDelta(PlanSection section, double fallback)
    {
        double delta = section.Number("delta", fallback, x => x is > 0 and < 1, "in (0, 1)", FailureCodes.DeltaTooLarge);
        double population = section.Number("population", double.NaN, x => x >= 1, "at least 1");
        if (delta >= 1 / population) throw section.Wrong(FailureCodes.DeltaTooLarge, section.Has("delta") ? "delta" : "population", FormattableString.Invariant($"privacy.delta is {delta}; it must be below 1/n = {1 / population} for n = {population}"));
        return delta;
    }

    // What can be seen without the cohort: 2^(2B) must exceed n k². The planner says what the noise needs besides.
    private static void CheckBits(PlanSection section, PrivacyPlan plan)
    {
        int participants = section.Integer("participants", 1, 1);
        double spread = participants * plan.ModularClip * plan.ModularClip;
        if (plan.Mechanism is not (PrivacyMechanism.Sum or PrivacyMechanism.Tree) || Math.Pow(4, plan.Bits) >= spread) return;
        int need = (int)Math.Ceiling(Math.Log2(spread) / 2);
        throw section.Wrong(FailureCodes.ModulusTooSmall, "bits", FormattableString.Invariant($"privacy.bits is {plan.Bits}; {participants} participants at {plan.ModularClip} standard deviations need {need} bits"));
    }

    private static double? NullIfAbsent(double value) => double.IsNaN(value) ? null : value;
}
