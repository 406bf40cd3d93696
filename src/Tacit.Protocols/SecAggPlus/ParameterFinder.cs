using Tacit.Aggregation.Failures;

namespace Tacit.Protocols.SecAggPlus;

/// <summary>Finds the smallest degree k and threshold t (Bell et al. 2020, Section 3.3), from exact hypergeometric tails instead of closed bounds.</summary>
/// <remarks>
/// E1: n · P[Hyp(n, γn, k) ≥ t] ≤ 2^−(σ+1). E2: n(n − k − 1)/2 · C(n − k, b − k)/C(n, b) ≤ 2^−(σ+1) with b = (γ + δ)n: two gaps of k/2 cut a ring.
/// E3: n · P[Hyp(n, (1 − δ)n, k) &lt; t] ≤ 2^−η. Split view: 2t > k + c', c' = the corrupt neighbours that E1 allows.
/// </remarks>
public static class ParameterFinder
{
    /// <summary>A sharing with threshold 1 hides nothing.</summary>
    private const int LeastThreshold = 2;

    /// <summary>The least even k with a feasible t, and the least such t.</summary>
    /// <param name="requirements">n, γ, δ, σ, η, split view.</param>
    /// <param name="parameters">The parameters, or null.</param>
    /// <returns>False if no graph that is worth it does: beyond nine tenths of the complete graph's degree, or thousands, use the complete graph.</returns>
    public static bool TryFind(GraphRequirements requirements, out GraphParameters? parameters)
    {
        parameters = null;
        double margin = 1 - requirements.Corrupt - ((requirements.SplitView ? 2 : 1) * requirements.Drop);
        if (margin <= 0) return false;   // the law of large numbers is against it

        for (int k = 2; k <= MostNeighbours(requirements); k += 2)
        {
            if (TryThreshold(requirements, k, out parameters)) return true;
        }

        return false;
    }

    /// <summary>As <see cref="TryFind"/>, but infeasible requirements are an error that names the nearest feasible ones.</summary>
    /// <param name="requirements">n, γ, δ, σ, η, split view.</param>
    /// <exception cref="FailureException"><see cref="FailureCodes.ParametersInfeasible"/>.</exception>
    public static GraphParameters Find(GraphRequirements requirements)
    {
        ThrowUnlessSensible(requirements);
        if (TryFind(requirements, out GraphParameters? parameters)) return parameters!;
        throw new FailureException(FailureCodes.ParametersInfeasible, FormattableString.Invariant(
            $"participants {requirements.Participants}, corrupt {requirements.Corrupt}, drop {requirements.Drop}: no graph of a degree up to {MostNeighbours(requirements)} holds sigma {requirements.Sigma} and eta {requirements.Eta}{WayOut(requirements)}"));
    }

    private static int MostNeighbours(GraphRequirements requirements) => (int)Math.Min(4096, 0.9 * requirements.Participants);

    /// <summary>The least threshold for a given degree.</summary>
    /// <param name="requirements">n, γ, δ, σ, η, split view.</param>
    /// <param name="k">The degree.</param>
    /// <param name="parameters">k, t and the bounds, or null.</param>
    public static bool TryThreshold(GraphRequirements requirements, int k, out GraphParameters? parameters)
    {
        parameters = null;
        int n = requirements.Participants, corrupt = requirements.CorruptCount;
        double security = -(requirements.Sigma + 1) * Math.Log(2), correctness = -requirements.Eta * Math.Log(2), logN = Math.Log(n);
        double isolated = LogIsolated(n, k, Math.Min(n, corrupt + requirements.DropCount));
        if (isolated > security) return false;

        int t = LeastSecureThreshold(requirements, n, k);
        if (requirements.MayShrink) t = Math.Max(t, LeastSecureThreshold(requirements, n - requirements.DropCount, k));
        if (t > k) return false;

        double starved = logN + Hypergeometric.LogBelow(n, n - requirements.DropCount, k, t);
        if (starved > correctness) return false;

        t = Math.Max(t, LeastThreshold);   // no change unless the published rule applies
        starved = logN + Hypergeometric.LogBelow(n, n - requirements.DropCount, k, t);
        parameters = new GraphParameters(k, t, Log2(logN + Hypergeometric.LogAtLeast(n, corrupt, k, t)), Log2(isolated), Log2(starved));
        return true;
    }

    /// <summary>The least t that keeps E1, and the split view's rule, when <paramref name="members"/> are left with all of the corrupt among them.</summary>
    /// <param name="requirements">γn, σ, split view.</param>
    /// <param name="members">Participants left, at most n.</param>
    /// <param name="k">The degree; everybody else if fewer are left.</param>
    /// <returns>Above k if no threshold does.</returns>
    public static int LeastSecureThreshold(GraphRequirements requirements, int members, int k)
    {
        int corrupt = Math.Min(requirements.CorruptCount, members), draws = Math.Min(k, members - 1);
        double bound = (-(requirements.Sigma + 1) * Math.Log(2)) - Math.Log(members);
        int t = requirements.IsPublishedRule ? 1 : LeastThreshold;
        while (t <= draws && Hypergeometric.LogAtLeast(members, corrupt, draws, t) > bound) t++;
        return requirements.SplitView ? Math.Max(t, ((draws + CorruptNeighbours(members, corrupt, draws, bound)) / 2) + 1) : t;
    }

    // The most corrupt neighbours that are not excluded with probability 1 − 2^−(σ+1).
    private static int CorruptNeighbours(int n, int corrupt, int k, double bound)
    {
        int c = 0;
        while (c < k && Hypergeometric.LogAtLeast(n, corrupt, k, c + 1) > bound) c++;
        return c;
    }

    private static double LogIsolated(int n, int k, int gone) => n - k - 1 <= 0 || gone < k
        ? double.NegativeInfinity
        : Math.Log(n * (n - k - 1.0) / 2) + Hypergeometric.LogChoose(n - k, gone - k) - Hypergeometric.LogChoose(n, gone);

    private static double Log2(double naturalLog) => naturalLog / Math.Log(2);

    private static void ThrowUnlessSensible(GraphRequirements r)
    {
        Check(r.Participants >= 2, "participants", r.Participants, "at least 2");
        Check(r.Corrupt is >= 0 and < 1, "corrupt", r.Corrupt, "in [0, 1)");
        Check(r.Drop is >= 0 and < 1, "drop", r.Drop, "in [0, 1)");
        Check(r.Sigma is >= 1 and <= 256, "sigma", r.Sigma, "in [1, 256]");
        Check(r.Eta is >= 1 and <= 256, "eta", r.Eta, "in [1, 256]");
    }

    private static void Check(bool holds, string field, double value, string allowed)
    {
        if (!holds) throw new FailureException(FailureCodes.InvalidValue, FormattableString.Invariant($"{field} is {value}; it must be {allowed}"));
    }

    // Halving the drop-outs, then the corrupt, until something fits: a hint, not an optimum.
    private static string WayOut(GraphRequirements requirements)
    {
        for (double part = 0.9; part > 0.05; part -= 0.1)
        {
            GraphRequirements smaller = requirements with { Drop = Math.Round(requirements.Drop * part, 3), Corrupt = Math.Round(requirements.Corrupt * part, 3) };
            if (TryFind(smaller, out GraphParameters? found))
            {
                return FormattableString.Invariant($"; nearest feasible: corrupt {smaller.Corrupt}, drop {smaller.Drop} with k = {found!.Neighbours}, t = {found.Threshold}");
            }
        }

        return requirements.SplitView
            ? "; use the protocol secagg (complete graph), a larger cohort, or the semi-honest mode"
            : "; use the protocol secagg (complete graph) or a larger cohort";
    }
}
