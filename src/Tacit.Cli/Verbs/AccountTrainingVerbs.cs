using System.CommandLine;
using System.Text.Json.Nodes;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Accounts;
using Tacit.Cli.Output;
using Tacit.Privacy.Accounting;
using Tacit.Privacy.Accounting.Distributed;
using Tacit.Privacy.Accounting.Events;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit account dpsgd|ddg</c>: training with central or distributed noise.</summary>
internal static class AccountTrainingVerbs
{
    private const double LeastNoise = 1e-3;

    public static Command Training()
    {
        Option<string?> sampling = Arguments.Text("--sampling", "q: each record is in a step with this probability.", "Q"), noise = Arguments.Text("--noise-multiplier", "σ over the clipping norm.", "S");
        Option<string?> steps = Arguments.Text("--steps", "Steps of training.", "T"), delta = AccountOptions.Delta(), epsilon = AccountOptions.Epsilon("Wanted ε: the answer is the noise multiplier.");
        Option<string?> sampler = Arguments.Text("--sampler", "How batches are really drawn: poisson (default), without-replacement, shuffled or whole.", "NAME");
        Option<string?> population = Arguments.Text("--population", "Records, for samplers other than poisson.", "N"), batch = Arguments.Text("--batch", "Batch size, for samplers other than poisson.", "B");
        Option<bool> json = Arguments.Json();
        Command command = new("dpsgd", "Training with clipped gradients and Gaussian noise, by the privacy loss and the Rényi accountant.") { sampling, noise, steps, delta, epsilon, sampler, population, batch, json };
        command.Computes(parsed =>
        {
            int count = Arguments.RequiredInteger(parsed, steps, 1);
            double d = AccountOptions.Required(AccountOptions.DeltaOf(parsed, delta), delta);
            (Func<double, PrivacyEvent> run, NeighboringRelation relation, string named) = Sampler(parsed, sampler, sampling, population, batch, count);
            JsonObject answer = new() { ["relation"] = EventReader.Name(relation), ["sampler"] = named, ["steps"] = count, ["delta"] = d };
            double? multiplier = AccountOptions.NoiseOf(parsed, noise), target = AccountOptions.EpsilonOf(parsed, epsilon);
            if (multiplier is null == target is null) throw new UsageException(FailureCodes.MissingValue, "give one of --noise-multiplier and --epsilon");
            if (multiplier < LeastNoise) throw new UsageException(FailureCodes.InvalidValue, FormattableString.Invariant($"--noise-multiplier is {multiplier}; it must be at least {LeastNoise}: with less, epsilon is beyond millions"));
            bool hasLoss = Loss(run(1), relation) is not null;
            if (target is { } wanted)
            {
                answer["epsilon"] = wanted;
                answer["noise_multiplier_rdp"] = Answers.Exact(Calibration.NoiseMultiplier(wanted, d, s => Renyi(run(s), relation)));
                if (hasLoss) answer["noise_multiplier_pld"] = Answers.Exact(Calibration.NoiseMultiplier(wanted, d, s => Loss(run(s), relation)!, precision: 2e-6));
                multiplier = (hasLoss ? answer["noise_multiplier_pld"] : answer["noise_multiplier_rdp"])!.GetValue<double>();
            }

            answer["noise_multiplier"] = multiplier;
            EpsilonAtOrder best = Renyi(run(multiplier!.Value), relation).BestEpsilon(d);
            answer["epsilon_pld"] = Loss(run(multiplier.Value), relation) is { } loss ? Answers.Exact(loss.Epsilon(d)) : null;
            answer["epsilon_rdp"] = Answers.Exact(best.Epsilon);
            answer["order"] = Answers.Exact(best.Order);
            return AccountOptions.Print(answer, parsed.GetValue(json), "Training with Gaussian noise");
        });
        return command.WithExamples(
            "tacit account dpsgd --sampling 0.01 --noise-multiplier 1.1 --steps 10000 --delta 1e-5 --json",
            "tacit account dpsgd --sampling 0.01 --steps 10000 --delta 1e-5 --epsilon 2",
            "tacit account dpsgd --sampler shuffled --population 60000 --batch 256 --noise-multiplier 1.1 --steps 2350 --delta 1e-5");
    }

    public static Command DistributedDiscreteGaussian()
    {
        DistributedOptions options = new();
        Option<string?> delta = AccountOptions.Delta();
        Option<bool> json = Arguments.Json();
        Command command = new("ddg", "Rounds of the distributed discrete Gaussian (Kairouz, Liu and Steinke 2021), as published and tighter where sampled.") { delta, json };
        options.AddTo(command);
        command.Computes(parsed =>
        {
            DistributedDiscreteGaussianParameters p = options.Read(parsed);
            double d = AccountOptions.Required(AccountOptions.DeltaOf(parsed, delta), delta);
            if (!p.IsCovered) throw new FailureException(FailureCodes.MechanismNotValid, FormattableString.Invariant($"--noise / --granularity is {p.NoiseInSteps:G6}; the theorem needs at least {DistributedDiscreteGaussianParameters.LeastNoiseInSteps} steps of noise a participant: use a finer granularity or more noise"));
            (double rate, int rounds) = options.Sampling(parsed);
            EpsilonAtOrder published = DistributedDiscreteGaussianAccounting.Epsilon(p, d, rate, rounds), tighter = DistributedDiscreteGaussianAccounting.TighterEpsilon(p, d, rate, rounds);
            double concentrated = DistributedDiscreteGaussianAccounting.ConcentratedEpsilon(p);
            JsonObject answer = new() { ["mechanism"] = "distributed-discrete-gaussian", ["relation"] = "zero-out" };
            AccountMechanismVerbs.Fill(answer,
            [
                ("epsilon", published.Epsilon), ("order", published.Order), ("epsilon_published", published.Epsilon), ("epsilon_tighter", tighter.Epsilon), ("order_tighter", tighter.Order), ("delta", d),
                ("delta2", DistributedDiscreteGaussianAccounting.L2Sensitivity(p)), ("delta1", DistributedDiscreteGaussianAccounting.L1Sensitivity(p)),
                ("cdp_epsilon", concentrated), ("rho", concentrated * concentrated / 2), ("noise_in_steps", p.NoiseInSteps), ("sampling", rate), ("rounds", rounds),
            ]);
            answer["tau"] = Answers.TextOfLog(DistributedDiscreteGaussianAccounting.LogTau(p.NoiseInSteps, p.Shares));
            return AccountOptions.Print(answer, parsed.GetValue(json), "Distributed discrete Gaussian");
        });
        return command.WithExamples(
            "tacit account ddg --clip 1 --granularity 0.01 --dimension 1024 --beta 0.6065306597 --noise 0.5 --participants 10 --rounds 1 --delta 1e-5 --json",
            "tacit account ddg --clip 3 --granularity 0.001 --dimension 1048576 --noise 0.5 --participants 100 --sampling 0.1 --rounds 100 --delta 1e-5");
    }

    private static (Func<double, PrivacyEvent> Run, NeighboringRelation Relation, string Name) Sampler(ParseResult parsed, Option<string?> sampler, Option<string?> sampling, Option<string?> population, Option<string?> batch, int steps)
    {
        string name = parsed.GetValue(sampler) ?? "poisson";
        if (name == "poisson")
        {
            Arguments.RefuseGiven(parsed, "a Poisson sampler has only a probability, --sampling: leave it out, or name another --sampler", population, batch);
            double rate = AccountOptions.Required(AccountOptions.RateOf(parsed, sampling), sampling);
            return (noise => new SelfComposedEvent(new PoissonSampledEvent(rate, new GaussianEvent(noise)), steps), NeighboringRelation.AddOrRemoveOne, name);
        }

        SamplingScheme scheme = name switch
        {
            "without-replacement" => SamplingScheme.WithoutReplacement,
            "shuffled" => SamplingScheme.Shuffled,
            "whole" => SamplingScheme.Whole,
            _ => throw new FailureException(FailureCodes.InvalidValue, $"--sampler is \"{name}\"; it must be poisson, without-replacement, shuffled or whole"),
        };
        if (scheme != SamplingScheme.Whole && parsed.GetValue(sampling) is not null)
        {
            throw new FailureException(FailureCodes.AccountantMismatch, $"--sampling with --sampler {name}: a sampling probability is a Poisson sampler's; this one has --population and --batch");
        }

        if (scheme == SamplingScheme.Whole) Arguments.RefuseGiven(parsed, "--sampler whole uses every record in every step: leave it out", sampling, population, batch);
        int n = scheme == SamplingScheme.Whole ? 1 : Arguments.RequiredInteger(parsed, population, 1), size = scheme == SamplingScheme.Whole ? 1 : Arguments.RequiredInteger(parsed, batch, 1, n);
        NeighboringRelation relation = scheme switch
        {
            SamplingScheme.WithoutReplacement => NeighboringRelation.ReplaceOne,
            SamplingScheme.Shuffled => NeighboringRelation.ZeroOut,
            _ => NeighboringRelation.AddOrRemoveOne,
        };
        return (noise => new SamplingDeclaration(scheme, n, size).Steps(new GaussianEvent(noise), steps), relation, name);
    }

    private static RenyiAccountant Renyi(PrivacyEvent happened, NeighboringRelation relation)
    {
        RenyiAccountant accountant = new(relation);
        accountant.Compose(happened);
        return accountant;
    }

    private static PrivacyLossAccountant? Loss(PrivacyEvent happened, NeighboringRelation relation)
    {
        PrivacyLossAccountant accountant = new(relation);
        return accountant.TryCompose(happened, 1, out _) ? accountant : null;
    }
}
