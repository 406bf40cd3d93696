using Tacit.Aggregation.Failures;

namespace Tacit.Learning.Jobs;

/// <summary>Checks what a plan says about differential privacy. This version carries out <c>none</c> only, and never pretends otherwise.</summary>
internal static class PrivacyPlanReader
{
    private static readonly string[] mechanisms = ["none", "laplace", "gaussian", "gaussian-classic", "discrete-gaussian", "distributed-discrete-gaussian", "skellam", "dp-sgd"];

    public static void Read(PlanSection section)
    {
        string mechanism = section.Choice("mechanism", "none", mechanisms);
        double epsilon = section.Number("epsilon", double.NaN, x => x > 0, "greater than 0", FailureCodes.InvalidEpsilon);
        double delta = section.Number("delta", double.NaN, x => x is >= 0 and < 1, "in [0, 1)", FailureCodes.DeltaTooLarge);
        double population = section.Number("population", double.NaN, x => x >= 1, "at least 1");
        section.Number("noise-multiplier", 1, x => x > 0, "greater than 0", FailureCodes.InvalidNoise);
        section.Number("sampling-rate", 1, x => x is > 0 and <= 1, "in (0, 1]", FailureCodes.InvalidSamplingRate);
        string sampling = section.Choice("sampling", "fixed", "fixed", "shuffle", "poisson");
        string accountant = section.Choice("accountant", sampling == "poisson" ? "poisson" : "none", "none", "poisson", "rdp", "pld");
        if (section.Has("noise-seed")) throw section.Wrong(FailureCodes.InsecureSeed, "noise-seed", "privacy.noise-seed fixes the noise, so it protects nothing; remove the key");
        if (!double.IsNaN(delta) && delta >= 1 / population) throw section.Wrong(FailureCodes.DeltaTooLarge, "delta", FormattableString.Invariant($"privacy.delta is {delta}; it must be below 1/n = {1 / population} for n = {population}"));
        if (mechanism == "gaussian-classic" && epsilon >= 1) throw section.Wrong(FailureCodes.MechanismNotValid, "mechanism", FormattableString.Invariant($"privacy.mechanism is gaussian-classic with epsilon {epsilon}; its proof needs epsilon < 1: use gaussian, which is calibrated exactly"));
        if (sampling == "shuffle" && accountant == "poisson") throw section.Wrong(FailureCodes.AccountantMismatch, "accountant", "privacy.accountant is poisson while privacy.sampling is shuffle; Poisson accounting holds for Poisson sampling alone");

        int bits = section.Integer("bits", 64, 1, 64), participants = section.Integer("participants", 1, 1), deviations = section.Integer("modular-clip", 4, 1);
        if (mechanism == "distributed-discrete-gaussian" && Math.Pow(4, bits) < (double)participants * deviations * deviations)
        {
            int need = (int)Math.Ceiling(Math.Log2((double)participants * deviations * deviations) / 2);
            throw section.Wrong(FailureCodes.ModulusTooSmall, "bits", $"privacy.bits is {bits}; {participants} participants at {deviations} standard deviations need {need} bits");
        }

        section.Finish();
        if (mechanism == "none") return;
        throw section.Wrong(FailureCodes.MechanismNotAvailable, "mechanism", $"privacy.mechanism is {mechanism}; this version carries out none only: its sums are exact and carry no differential privacy");
    }
}
