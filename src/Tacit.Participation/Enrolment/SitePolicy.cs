using System.Collections.Immutable;
using System.Globalization;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Federation.Offers;
using Tacit.Learning.Jobs;
using Tacit.Privacy.Budgets;

namespace Tacit.Participation.Enrolment;

/// <summary>What a site agrees to, as it is written in its <c>policy.yaml</c>, and the sentence that a person reads.</summary>
/// <param name="Policy">What is checked in each round.</param>
/// <param name="DataSet">What its data is called in its ledger.</param>
/// <param name="RotateKeys">How often it replaces its identity key, or null for never by itself.</param>
public sealed record SitePolicy(ParticipantPolicy Policy, string DataSet, TimeSpan? RotateKeys)
{
    private static readonly string[] protocols = ["secagg", "secagg-plus", "shared-mask"];

    /// <summary>The policy in words.</summary>
    public string Sentence
    {
        get
        {
            string rounds = Policy.MaximumRounds == long.MaxValue ? "any number of rounds" : string.Create(CultureInfo.InvariantCulture, $"at most {Policy.MaximumRounds} rounds");
            string jobs = Policy.Jobs is ["*"] ? "" : $" of the jobs {string.Join(", ", Policy.Jobs)}";
            string cost = Policy.Ceiling is { } ceiling
                ? string.Create(CultureInfo.InvariantCulture, $"total ε ≤ {ceiling.Epsilon:g4} at δ {ceiling.Delta:g3} per {(Policy.Shards > 1 ? $"shard, of {Policy.Shards} that this site splits into" : "participant")}{(Policy.Corrupt > 0 ? $" if at most {Policy.Corrupt:P0} of the others collude" : "")}")
                : Policy.AllowExactSums ? "with no limit to ε: exact sums are allowed" : "with noise in every sum and no limit to the total ε";
            if (Policy.Ceiling is null && Policy.Corrupt > 0) cost += FormattableString.Invariant($", in rounds that withstand {Policy.Corrupt * 100:g4} % of the cohort");
            if (Policy.Sigma > ProtectionTerms.LeastSigma) cost += FormattableString.Invariant($", on graphs that fail at most once in 2^{Policy.Sigma}");
            string trust = Policy.AllowSemiHonest ? ", trusting the coordinator to follow the protocol" : "";
            return string.Create(CultureInfo.InvariantCulture, $"This site joins {rounds}{jobs}, never with fewer than {Policy.MinimumCohort - 1} others, {cost}{trust}.");
        }
    }

    /// <summary>Reads a policy.</summary>
    /// <param name="file">For messages.</param>
    /// <param name="root">The file's content.</param>
    /// <exception cref="FailureException">The key, its line and what is allowed.</exception>
    public static SitePolicy Read(string file, PlanMapping root)
    {
        PlanSection section = new(file, "", root, "policy");
        ParticipantPolicy defaults = new();
        PrivacyCeiling? ceiling = CeilingOf(section.Section("privacy"), out double corrupt, out int shards);
        ParticipantPolicy policy = new()
        {
            MinimumCohort = section.RequiredInteger("minimum-cohort", 2),
            Protocols = Chosen(section, "protocols", defaults.Protocols, protocols),
            AllowSemiHonest = section.Flag("semi-honest", fallback: false),
            MaximumRounds = section.IntegerOrAuto("rounds", 1) ?? long.MaxValue,
            LeastNoise = section.Number("least-noise", 0, x => x >= 0, "0 or greater"),
            AllowExactSums = section.Flag("exact-sums", fallback: false),
            Purposes = PurposesOf(section),
            Jobs = section.Texts("jobs") is { IsEmpty: false } jobs ? jobs : defaults.Jobs,
            Ceiling = ceiling,
            Corrupt = Math.Max(corrupt, FractionOf(section)),
            Sigma = section.Integer("sigma", defaults.Sigma, ProtectionTerms.LeastSigma, ProtectionTerms.LargestSigma),
            Shards = shards,
        };
        string dataSet = section.Text("data-set", "local");
        if (!LedgerEntry.IsName(dataSet)) throw section.Wrong(FailureCodes.InvalidValue, "data-set", $"data-set is \"{dataSet}\"; it must be 1 to 100 letters, digits, dots, dashes or underscores");
        if (policy.Jobs.FirstOrDefault(job => !LedgerEntry.IsName(job.TrimEnd('*') is "" ? "x" : job.TrimEnd('*')) || job.TrimEnd('*').Length < job.Length - 1) is { } wrong)
        {
            throw section.Wrong(FailureCodes.InvalidValue, "jobs", $"jobs has \"{wrong}\"; a job is letters, digits, dots, dashes or underscores, with a star at the end for anything that follows");
        }

        if (ceiling is not null && policy.AllowExactSums) throw section.Wrong(FailureCodes.InvalidValue, "exact-sums", "exact-sums is true and privacy sets a ceiling; nothing bounds what exact sums cost: leave one of them out");
        TimeSpan? rotate = DaysOf(section);
        section.Finish();
        return new SitePolicy(policy, dataSet, rotate);
    }

    private static PrivacyCeiling? CeilingOf(PlanSection section, out double corrupt, out int shards)
    {
        shards = section.Integer("mini-clients", 1, 1, 10_000);
        corrupt = FractionOf(section);
        double epsilon = section.Number("epsilon", double.NaN, x => x > 0, "greater than 0", FailureCodes.InvalidEpsilon);
        double delta = section.Number("delta", 1e-5, x => x is > 0 and < 1, "in (0, 1)");
        if (section.IsPresent) section.RequiredText("epsilon");
        section.Finish();
        return double.IsNaN(epsilon) ? null : new PrivacyCeiling(epsilon, delta);
    }

    private static double FractionOf(PlanSection section) => section.Number("corrupt", 0, x => x is >= 0 and < 1, "in [0, 1)");

    private static ImmutableArray<RoundPurpose> PurposesOf(PlanSection section)
    {
        ImmutableArray<string> named = Chosen(section, "purposes", ["training", "feature-moments"], "training", "feature-moments");
        return [.. named.SelectMany(purpose => purpose == "training" ? new[] { RoundPurpose.Training } : [RoundPurpose.FeatureMeans, RoundPurpose.FeatureSquares])];
    }

    private static ImmutableArray<string> Chosen(PlanSection section, string key, ImmutableArray<string> fallback, params string[] allowed)
    {
        ImmutableArray<string> chosen = section.Texts(key);
        if (!section.Has(key)) return fallback;
        if (chosen.IsEmpty) throw section.Wrong(FailureCodes.InvalidValue, key, $"{key} is empty; name at least one of {string.Join(", ", allowed)}");
        return chosen.FirstOrDefault(one => !allowed.Contains(one)) is { } wrong ? throw section.Wrong(FailureCodes.InvalidValue, key, $"{key} has \"{wrong}\"; it must be of {string.Join(", ", allowed)}") : chosen;
    }

    private static TimeSpan? DaysOf(PlanSection section)
    {
        string text = section.Text("rotate-keys", "");
        if (text.Length == 0) return null;
        bool days = text.EndsWith('d') && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= 3650;
        return days ? TimeSpan.FromDays(int.Parse(text.AsSpan(0, text.Length - 1), CultureInfo.InvariantCulture)) : throw section.Wrong(FailureCodes.InvalidValue, "rotate-keys", $"rotate-keys is \"{text}\"; it must be a number of days, such as 30d");
    }
}
