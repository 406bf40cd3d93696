using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Rounds;
using Tacit.Federation.Offers;
using Tacit.Privacy.Budgets;

namespace Tacit.Participation;

/// <summary>What a participant agrees to, whatever a coordinator says. Checked before data is touched, and again before anything is contributed.</summary>
public sealed record ParticipantPolicy
{
    /// <summary>The fewest inputs that may be opened as a sum.</summary>
    /// <value>3: in a sum of two, each sees the other.</value>
    public int MinimumCohort { get; init; } = 3;

    /// <summary>Protocols that protect enough.</summary>
    /// <value>secagg and secagg-plus.</value>
    public ImmutableArray<string> Protocols { get; init; } = ["secagg", "secagg-plus"];

    /// <summary>Whether the coordinator may be trusted to follow the protocol.</summary>
    /// <value>No.</value>
    public bool AllowSemiHonest { get; init; }

    /// <summary>The most rounds that the participant contributes to.</summary>
    /// <value>No limit.</value>
    public long MaximumRounds { get; init; } = long.MaxValue;

    /// <summary>The least noise that the participant itself adds, as σ of one share over the clipping norm; 0 agrees to exact sums.</summary>
    /// <value>0.</value>
    public double LeastNoise { get; init; }

    /// <summary>Whether sums may be opened that have no noise in them, which nothing bounds the cost of.</summary>
    /// <value>Yes; never with <see cref="Ceiling"/>.</value>
    public bool AllowExactSums { get; init; } = true;

    /// <summary>What rounds may be for.</summary>
    /// <value>Everything.</value>
    public ImmutableArray<RoundPurpose> Purposes { get; init; } = [RoundPurpose.Training, RoundPurpose.FeatureMeans, RoundPurpose.FeatureSquares];

    /// <summary>Jobs by their names; a star at the end stands for anything.</summary>
    /// <value>Every job.</value>
    public ImmutableArray<string> Jobs { get; init; } = ["*"];

    /// <summary>What the data may cost over all jobs; null sets no limit. With it exact sums are refused: nothing bounds what they cost.</summary>
    /// <value>None.</value>
    public PrivacyCeiling? Ceiling { get; init; }

    /// <summary>Shards that the participant's data is split into: what one account of ε is for. With a <see cref="Ceiling"/> an offer must ask for so many, otherwise each number of them would have a budget of its own.</summary>
    /// <value>1: the participant as a whole.</value>
    public int Shards { get; init; } = 1;

    /// <summary>
    /// The fraction of a cohort that may collude with the coordinator: their noise is not counted, and threshold and neighbours have to withstand them. The terms may assume more, not less.
    /// </summary>
    /// <value>0.</value>
    public double Corrupt { get; init; }

    /// <summary>σ: the least that a random graph must promise. A coordinator that redraws it by leaving participants out needs about 2^σ draws.</summary>
    /// <value>40.</value>
    public int Sigma { get; init; } = ProtectionTerms.LeastSigma;

    /// <summary>Refuses an offer that this policy does not allow.</summary>
    /// <param name="offer">From the coordinator.</param>
    /// <param name="contributed">Rounds that the participant has contributed to.</param>
    /// <exception cref="FailureException"><see cref="FailureCodes.TermsRefused"/>: the field, its value and what is allowed.</exception>
    public void ThrowUnlessAllowed(RoundOffer offer, long contributed)
    {
        ArgumentNullException.ThrowIfNull(offer);
        ThrowUnless(contributed < MaximumRounds, offer, "rounds", $"{contributed + 1}", $"at most {MaximumRounds}");
        ThrowUnless(Protocols.Contains(offer.Protocol), offer, "protocol", offer.Protocol, string.Join(" or ", Protocols));
        ThrowUnless(AllowSemiHonest || offer.Mode == ProtectionMode.Malicious, offer, "mode", "semi-honest", "malicious");
        ThrowUnless(offer.MinimumCohort >= MinimumCohort, offer, "minimum-cohort", $"{offer.MinimumCohort}", $"at least {MinimumCohort}");
        ThrowUnless(Purposes.Contains(offer.Purpose), offer, "purpose", $"{offer.Purpose}", string.Join(" or ", Purposes));
        ThrowUnless(Jobs.Any(job => IsNamed(job, offer.Job)), offer, "job", "another one", string.Join(" or ", Jobs));
        ThrowUnless(AllowExactSums || offer.Plan is NoisedSumPlan, offer, "mechanism", "none: the sum is exact", "sums with noise");
        ThrowUnless(Ceiling is null || offer.Plan is NoisedSumPlan, offer, "epsilon", "infinite: the sum is exact", FormattableString.Invariant($"at most {Ceiling?.Epsilon}"));
        int shards = offer.Plan is NoisedSumPlan sum ? sum.ShardsPerParticipant : 1;
        ThrowUnless(Ceiling is null || shards == Shards, offer, "mini-clients", $"{shards}", $"{Shards}");
        double noise = NoiseOf(offer.Plan);
        ThrowUnless(noise >= LeastNoise * (1 - 1e-9), offer, "noise", FormattableString.Invariant($"{noise:g4}"), FormattableString.Invariant($"at least {LeastNoise:g4} times the norm"));
    }

    /// <summary>Refuses terms that this policy does not allow, or that are not those of the offer.</summary>
    /// <param name="offer">What was agreed to.</param>
    /// <param name="terms">From the coordinator.</param>
    /// <exception cref="FailureException"><see cref="FailureCodes.TermsRefused"/> and what <see cref="RoundOffer.ThrowUnlessKept"/> says.</exception>
    public void ThrowUnlessAllowed(RoundOffer offer, RoundTerms terms)
    {
        ArgumentNullException.ThrowIfNull(offer);
        offer.ThrowUnlessKept(terms);
        ThrowUnless(terms.MinimumCohort >= MinimumCohort, offer, "minimum-cohort", $"{terms.MinimumCohort}", $"at least {MinimumCohort}");

        // Threshold and neighbours are checked for as many as the terms name: whoever writes the terms must not choose that number.
        ThrowUnless(terms.Protection.Sigma >= Sigma || terms.Protection.Neighbours >= terms.Cohort.Length - 1, offer, "sigma", $"{terms.Protection.Sigma}", $"at least {Sigma}, or everybody as neighbours");
        int colluding = (int)Math.Floor((Corrupt * terms.Cohort.Length) + 1e-9), assumed = terms.Protection.MaximumCorrupt;
        ThrowUnless(assumed >= colluding, offer, "corrupt", $"{assumed} of {terms.Cohort.Length}", FormattableString.Invariant($"at least {colluding}: {Corrupt * 100:g4} % of a cohort may collude"));
    }

    private static bool IsNamed(string pattern, string job) =>
        pattern.EndsWith('*') ? job.StartsWith(pattern[..^1], StringComparison.Ordinal) : job == pattern;

    // Each shard is clipped and noised on its own, so one shard's noise is what protects it before others add theirs.
    private static double NoiseOf(ContributionPlan plan) => plan is NoisedSumPlan { Placement: NoisePlacement.Distributed } sum ? sum.NoiseScale * sum.Granularity / sum.Clip : 0;

    private static void ThrowUnless(bool holds, RoundOffer offer, string field, string found, string allowed)
    {
        if (!holds) throw new FailureException(FailureCodes.TermsRefused, $"{field} is {found} in round {offer.Round}; the policy allows {allowed}");
    }
}
