using System.CommandLine;
using System.Text.Json.Nodes;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Accounts;
using Tacit.Cli.Output;
using Tacit.Privacy.Accounting;
using Tacit.Privacy.Accounting.Curves;
using Tacit.Privacy.Accounting.Distributed;
using Tacit.Privacy.Accounting.Events;
using Tacit.Privacy.Accounting.Lattice;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit account gaussian|laplace|discrete-gaussian|skellam</c>: any one of noise, ε and δ from the other two.</summary>
internal static class AccountMechanismVerbs
{
    public static Command Gaussian()
    {
        Option<string?> epsilon = AccountOptions.Epsilon(), delta = AccountOptions.Delta(), sensitivity = Sensitivity("L2"), count = Count();
        Option<string?> sigma = Arguments.Text("--sigma", "Standard deviation of the noise; also the largest one a result can bear, to see the ε it costs.", "S");
        Option<bool> classic = Arguments.Flag("--classic", "The bound of 2006, for comparison; holds below ε = 1 only."), json = Arguments.Json();
        Command command = new("gaussian", "The Gaussian mechanism, exactly (Balle and Wang 2018).") { epsilon, delta, sigma, sensitivity, count, classic, json };
        command.Computes(parsed =>
        {
            double size = AccountOptions.Positive(parsed, sensitivity) ?? 1, times = Arguments.Integer(parsed, count, 1) ?? 1;
            (double? e, double? d, double? s) = (AccountOptions.EpsilonOf(parsed, epsilon), AccountOptions.DeltaOf(parsed, delta), AccountOptions.NoiseOf(parsed, sigma));
            JsonObject answer = new() { ["mechanism"] = "gaussian" };
            if (parsed.GetValue(classic)) Arguments.RefuseGiven(parsed, "--classic computes sigma from --epsilon and --delta: leave one of the two out", sigma);
            if (parsed.GetValue(classic) && e >= 1) throw new FailureException(FailureCodes.MechanismNotValid, $"--classic with epsilon {e}: that theorem needs epsilon below 1; leave --classic out for the analytic bound, which holds for every epsilon");
            double repeated = Math.Sqrt(times);
            (e, d, s) = (e, d, s) switch
            {
                ({ } ε, { } δ, null) => (ε, δ, size * repeated * (parsed.GetValue(classic) ? GaussianAccounting.ClassicNoiseMultiplier(ε, δ) : GaussianAccounting.NoiseMultiplier(ε, δ))),
                (null, { } δ, { } σ) => (GaussianAccounting.Epsilon(σ / size / repeated, δ), δ, σ),
                ({ } ε, null, { } σ) => (ε, GaussianAccounting.Delta(σ / size / repeated, ε), σ),
                _ => throw TwoOfThree("--epsilon, --delta and --sigma"),
            };
            Fill(answer, [("epsilon", e), ("delta", d), ("sigma", s), ("sensitivity", size), ("noise_multiplier", s / size), ("count", times)]);
            answer["rho"] = Answers.Exact(times * size * size / (2 * s!.Value * s.Value));
            return AccountOptions.Print(answer, parsed.GetValue(json), "Gaussian noise");
        });
        return command.WithExamples("tacit account gaussian --epsilon 1 --delta 1e-5 --sensitivity 1", "tacit account gaussian --sigma 3.7 --delta 1e-5 --json", "tacit account gaussian --sigma 3.7 --epsilon 1 --count 10 --json");
    }

    public static Command Laplace()
    {
        Option<string?> epsilon = AccountOptions.Epsilon("ε of one release."), delta = AccountOptions.Delta("δ of all releases together; 0 if not given."), sensitivity = Sensitivity("L1"), count = Count();
        Option<string?> scale = Arguments.Text("--scale", "b: the standard deviation over √2.", "B");
        Option<bool> json = Arguments.Json();
        Command command = new("laplace", "The Laplace mechanism, one release or many.") { epsilon, delta, scale, sensitivity, count, json };
        command.Computes(parsed =>
        {
            double size = AccountOptions.Positive(parsed, sensitivity) ?? 1;
            int times = Arguments.Integer(parsed, count, 1) ?? 1;
            (double? e, double? b) = (AccountOptions.EpsilonOf(parsed, epsilon), AccountOptions.NoiseOf(parsed, scale));
            if (e is null == b is null) throw new UsageException(FailureCodes.MissingValue, "give one of --epsilon and --scale");
            b ??= size / e;
            JsonObject answer = new() { ["mechanism"] = "laplace" };
            Fill(answer, [("scale", b), ("stddev", Math.Sqrt(2) * b), ("sensitivity", size), ("epsilon_one", size / b), ("count", times), ("epsilon_basic", times * size / b)]);
            if (AccountOptions.DeltaOf(parsed, delta) is { } d) AddBoth(answer, new LaplaceEvent(b!.Value / size), times, d, times * size / b.Value);
            else answer["epsilon"] = Answers.Exact(times * size / b!.Value);
            return AccountOptions.Print(answer, parsed.GetValue(json), "Laplace noise");
        });
        return command.WithExamples("tacit account laplace --epsilon 0.5 --sensitivity 1", "tacit account laplace --scale 10 --count 50 --delta 1e-5 --json");
    }

    public static Command DiscreteGaussian()
    {
        Option<string?> epsilon = AccountOptions.Epsilon(), delta = AccountOptions.Delta(), sensitivity = Sensitivity("Integer"), count = Count();
        Option<string?> scale = Arguments.Text("--scale", "σ in P(x) ∝ exp(−x²/2σ²).", "S");
        Option<bool> json = Arguments.Json();
        Command command = new("discrete-gaussian", "The discrete Gaussian on one integer (Canonne, Kamath and Steinke 2020), composed on its own lattice.") { epsilon, delta, scale, sensitivity, count, json };
        command.Computes(parsed =>
        {
            int size = Arguments.Integer(parsed, sensitivity, 1) ?? 1, times = Arguments.Integer(parsed, count, 1) ?? 1;
            (double? e, double? d, double? s) = (AccountOptions.EpsilonOf(parsed, epsilon), AccountOptions.DeltaOf(parsed, delta), AccountOptions.NoiseOf(parsed, scale));
            (e, d, s) = (e, d, s) switch
            {
                ({ } ε, { } δ, null) => (ε, δ, Calibration.NoiseMultiplier(ε, δ, noise => Loss(new DiscreteGaussianEvent(noise, size), times))),
                (null, { } δ, { } σ) => (Loss(new DiscreteGaussianEvent(σ, size), times).Epsilon(δ), δ, σ),
                ({ } ε, null, { } σ) => (ε, times == 1 ? Math.Exp(DiscreteGaussianAccounting.LogDelta(σ, size, ε)) : Loss(new DiscreteGaussianEvent(σ, size), times).Delta(ε), σ),
                _ => throw TwoOfThree("--epsilon, --delta and --scale"),
            };
            JsonObject answer = new() { ["mechanism"] = "discrete-gaussian" };
            Fill(answer, [("epsilon", e), ("delta", d), ("scale", s), ("variance", DiscreteGaussianAccounting.Variance(s!.Value)), ("sensitivity", size), ("count", times), ("rho", times * (double)size * size / (2 * s * s))]);
            return AccountOptions.Print(answer, parsed.GetValue(json), "Discrete Gaussian noise");
        });
        return command.WithExamples("tacit account discrete-gaussian --scale 4 --sensitivity 2 --count 20 --delta 1e-4", "tacit account discrete-gaussian --epsilon 1 --delta 1e-6 --json");
    }

    public static Command Skellam()
    {
        Option<string?> delta = AccountOptions.Delta(), sensitivity = Sensitivity("Integer"), count = Count(), variance = Arguments.Text("--variance", "μ of the noise on one integer.", "V");
        Option<bool> json = Arguments.Json();
        DistributedOptions distributed = new();
        Command command = new("skellam", "Skellam noise (Agarwal, Kairouz and Liu 2021): on one integer with --variance, or distributed over participants.") { delta, variance, sensitivity, count, json };
        distributed.AddTo(command);
        command.Computes(parsed =>
        {
            double d = AccountOptions.Required(AccountOptions.DeltaOf(parsed, delta), delta);
            JsonObject answer = new() { ["mechanism"] = "skellam" };
            if (AccountOptions.NoiseOf(parsed, variance) is { } v)
            {
                Arguments.RefuseGiven(parsed, "with --variance the noise is on one integer: leave one of the two out", distributed.All);
                int size = Arguments.Integer(parsed, sensitivity, 1) ?? 1, times = Arguments.Integer(parsed, count, 1) ?? 1;
                Fill(answer, [("variance", v), ("sensitivity", size), ("count", times), ("delta", d)]);
                AddBoth(answer, new SkellamEvent(v, size), times, d, double.PositiveInfinity);
            }
            else
            {
                Arguments.RefuseGiven(parsed, "distributed noise has its sensitivity from --clip and is repeated by --rounds: leave it out, or give --variance", sensitivity, count);
                DistributedDiscreteGaussianParameters p = distributed.Read(parsed);
                DistributedSkellamParameters skellam = new(p.Clip, p.Granularity, p.Dimension, p.Beta, p.Noise, p.Shares);
                (double rate, int rounds) = distributed.Sampling(parsed);
                EpsilonAtOrder published = DistributedSkellamAccounting.Epsilon(skellam, d, rate, rounds), tighter = DistributedSkellamAccounting.TighterEpsilon(skellam, d, rate, rounds);
                Fill(answer, [("epsilon", published.Epsilon), ("order", published.Order), ("epsilon_published", published.Epsilon), ("epsilon_tighter", tighter.Epsilon), ("order_tighter", tighter.Order), ("delta", d)]);
                Fill(answer, [("delta2", DistributedSkellamAccounting.L2Sensitivity(skellam)), ("delta1", DistributedSkellamAccounting.L1Sensitivity(skellam)), ("rounds", rounds), ("sampling", rate)]);
                answer["relation"] = "zero-out";
            }

            return AccountOptions.Print(answer, parsed.GetValue(json), "Skellam noise");
        });
        return command.WithExamples(
            "tacit account skellam --variance 100 --sensitivity 3 --count 10 --delta 1e-5",
            "tacit account skellam --clip 1 --granularity 0.01 --dimension 1024 --beta 0.6065306597 --noise 0.5 --participants 10 --rounds 1 --delta 1e-5 --json");
    }

    internal static void Fill(JsonObject answer, (string Name, double? Value)[] fields)
    {
        foreach ((string name, double? value) in fields) answer[name] = value is { } number ? Answers.Exact(number) : null;
    }

    private static void AddBoth(JsonObject answer, PrivacyEvent happened, int times, double delta, double basic)
    {
        RenyiAccountant renyi = new(NeighboringRelation.AddOrRemoveOne);
        renyi.Compose(happened, times);
        EpsilonAtOrder best = renyi.BestEpsilon(delta);
        double loss = Loss(happened, times).Epsilon(delta);
        Fill(answer, [("epsilon", Math.Min(basic, Math.Min(loss, best.Epsilon))), ("epsilon_pld", loss), ("epsilon_rdp", best.Epsilon), ("order", best.Order), ("delta", delta)]);
    }

    private static PrivacyLossAccountant Loss(PrivacyEvent happened, int times)
    {
        PrivacyLossAccountant accountant = new(NeighboringRelation.AddOrRemoveOne);
        accountant.Compose(happened, times);
        return accountant;
    }

    private static Option<string?> Sensitivity(string norm) => Arguments.Text("--sensitivity", $"{norm} sensitivity under the neighbouring relation in use (1).", "X");

    private static Option<string?> Count() => Arguments.Text("--count", "Releases, composed (1).", "K");

    private static UsageException TwoOfThree(string names) => new(FailureCodes.MissingValue, $"give exactly two of {names}; the third is the answer");
}
