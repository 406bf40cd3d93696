using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Protocols.PlainSum;
using Tacit.Protocols.SecAgg;
using Tacit.Protocols.SecAggPlus;

namespace Tacit.Protocols.Collusion;

/// <summary>What single inputs are worth against so many colluders.</summary>
public enum CollusionState
{
    /// <summary>The promise holds: only sums can be read.</summary>
    Safe,

    /// <summary>Single inputs fall with a probability above the promised one.</summary>
    Weak,

    /// <summary>Single inputs can be read.</summary>
    Broken,
}

/// <summary>What a coordinator and participants that tell it all they know can read.</summary>
/// <param name="Colluders">How many participants.</param>
/// <param name="State">How bad it is.</param>
/// <param name="Says">Why, in one sentence.</param>
public sealed record CollusionLevel(int Colluders, CollusionState State, string Says);

/// <summary>How many colluders a round's terms withstand: by the rules that machines refuse thresholds by (Bonawitz et al. 2017, Theorems 6.3 and 6.5; Bell et al. 2020, Section 3.3).</summary>
public static class CollusionLimits
{
    private const int MostLevels = 200;

    /// <summary>One level for each number of colluders from 0 to the whole cohort; of large cohorts some are left out.</summary>
    /// <param name="terms">The round.</param>
    public static ImmutableArray<CollusionLevel> Of(RoundTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        int cohort = terms.Cohort.Length, step = Math.Max(1, (cohort + MostLevels - 1) / MostLevels);
        return [.. Enumerable.Range(0, cohort + 1).Where(colluders => colluders % step == 0 || colluders == cohort).Select(colluders => LevelOf(terms, colluders))];
    }

    /// <summary>What decides, in one or two sentences.</summary>
    /// <param name="terms">The round.</param>
    public static string RuleOf(RoundTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        ProtectionTerms protection = terms.Protection;
        int n = terms.Cohort.Length;
        if (terms.Protocol == PlainSumProtocol.ProtocolName) return "plain-sum has no threshold: nothing is masked.";
        string shares = !terms.HasGraph()
            ? protection.Mode == ProtectionMode.Malicious
                ? $"A coordinator that may do anything can ask two groups for different shares: {protection.Threshold} of {n} shares open a mask, so 2t − n = {(2 * protection.Threshold) - n} colluders are too many."
                : $"{protection.Threshold} of {n} shares open a mask, and a coordinator that follows the protocol never asks for both kinds: t = {protection.Threshold} colluders are too many."
            : $"{protection.Threshold} shares of {protection.Neighbours} random neighbours open a mask: an input falls when {NeighboursNeeded(terms)} of its neighbours collude, and which ones are neighbours nobody chooses.";
        return $"{shares} The terms of this round assume at most {protection.MaximumCorrupt}; ε against the coordinator counts on it too.";
    }

    /// <summary>What so many colluders can read together with the coordinator.</summary>
    /// <param name="terms">The round.</param>
    /// <param name="colluders">0 to the size of the cohort.</param>
    public static CollusionLevel LevelOf(RoundTerms terms, int colluders)
    {
        ArgumentNullException.ThrowIfNull(terms);
        int cohort = terms.Cohort.Length, inputs = terms.LeastCohort();
        if (terms.Protocol == PlainSumProtocol.ProtocolName) return new CollusionLevel(colluders, CollusionState.Broken, "Nothing is masked: the coordinator alone reads every update.");
        if (colluders == 0) return new CollusionLevel(0, CollusionState.Safe, "The coordinator alone holds no shares.");
        if (cohort - colluders <= 1) return new CollusionLevel(colluders, CollusionState.Broken, "At most one honest participant is left: the sum less the colluders' own inputs is its input.");
        (CollusionState state, string says) = terms.HasGraph() ? Graph(terms, colluders) : Complete(terms, colluders);
        if (state == CollusionState.Broken) return new CollusionLevel(colluders, state, says);
        return inputs - colluders < 2
            ? new CollusionLevel(colluders, CollusionState.Broken, $"A sum may have as few as {inputs} inputs: less the colluders' own, it is the input of one.")
            : new CollusionLevel(colluders, state, says);
    }

    private static (CollusionState State, string Says) Complete(RoundTerms terms, int colluders)
    {
        ProtectionTerms protection = terms.Protection;
        int least = SecAggThresholds.Least(protection.Mode, terms.Cohort.Length, colluders);
        return protection.Threshold >= least
            ? (CollusionState.Safe, $"Against {colluders} the threshold must be at least {least}; it is {protection.Threshold}.")
            : (CollusionState.Broken, $"Against {colluders} the threshold would have to be {least}; it is {protection.Threshold}: together they have enough shares to open one participant's masks.");
    }

    private static (CollusionState State, string Says) Graph(RoundTerms terms, int colluders)
    {
        int n = terms.Cohort.Length;
        double bits = -(Math.Log(n) + Hypergeometric.LogAtLeast(n, colluders, terms.Protection.Neighbours, NeighboursNeeded(terms))) / Math.Log(2);
        return bits switch
        {
            >= 1000 => (CollusionState.Safe, "Too few to surround anybody."),
            _ when bits >= terms.Protection.Sigma + 1 => (CollusionState.Safe, FormattableString.Invariant($"That many of them surround one participant with probability below 2^−{Math.Floor(bits):F0}.")),
            > 1 => (CollusionState.Weak, FormattableString.Invariant($"With probability up to 2^−{Math.Floor(bits):F0} enough of them surround one participant; 2^−{terms.Protection.Sigma} was promised.")),
            _ => (CollusionState.Broken, "Enough of them are likely to surround somebody, and open its masks."),
        };
    }

    private static int NeighboursNeeded(RoundTerms terms)
    {
        ProtectionTerms protection = terms.Protection;
        return Math.Max(1, protection.Mode == ProtectionMode.Malicious ? Math.Min(protection.Threshold, (2 * protection.Threshold) - protection.Neighbours) : protection.Threshold);
    }
}
