using Tacit.Privacy.Accounting.Numerics;

namespace Tacit.Privacy.Accounting.Renyi;

/// <summary>What a Rényi curve becomes when the one participant takes part with probability q only.</summary>
/// <remarks>
/// Both bounds hold for add-or-remove-one (or zero-out) and take a curve ε(l) that bounds D_l in both directions. They are
/// upper bounds of D_a((1−q)Q + qP ‖ Q) and D_a(Q ‖ (1−q)Q + qP).
/// </remarks>
public static class PoissonAmplification
{
    /// <summary>The bound for any mechanism: a factor 3 on all moments from the third.</summary>
    /// <param name="curve">ε(l) at integer orders l ≥ 2.</param>
    /// <param name="order">a ≥ 2.</param>
    /// <param name="rate">q in (0, 1].</param>
    /// <returns>ε of the sampled mechanism at order a; never above ε(a).</returns>
    /// <remarks>Zhu and Wang 2019, Theorem 5.</remarks>
    public static double General(Func<int, double> curve, int order, double rate)
    {
        double whole = curve(order);
        if (rate == 1) return whole;
        double logQ = Math.Log(rate), logRest = LogDomain.Log1p(-rate);
        double[] terms = new double[order];
        terms[0] = ((order - 1) * logRest) + Math.Log((order * rate) - rate + 1);
        terms[1] = LogDomain.LogBinomial(order, 2) + (2 * logQ) + ((order - 2) * logRest) + curve(2);
        for (int l = 3; l <= order; l++) terms[l - 1] = Math.Log(3) + LogDomain.LogBinomial(order, l) + ((order - l) * logRest) + (l * logQ) + ((l - 1) * curve(l));
        return Math.Min(whole, LogDomain.Sum(terms) / (order - 1));
    }

    /// <summary>The bound for noise that is symmetric about zero: no factor at all.</summary>
    /// <param name="curve">ε(l) at integer orders l ≥ 2.</param>
    /// <param name="order">a ≥ 2.</param>
    /// <param name="rate">q in (0, 1].</param>
    /// <returns>ε of the sampled mechanism at order a; never above <see cref="General"/>.</returns>
    /// <remarks>
    /// E_Q[((1−q) + qP/Q)^a] = Σ C(a, l)(1−q)^(a−l) q^l E_Q[(P/Q)^l], and the opposite direction is never larger when an
    /// involution swaps P and Q, such as x → v − x for noise with p(x) = p(−x). Mironov, Talwar and Zhang 2019, Theorem 5,
    /// prove that for densities; decision 0008 proves it for any such pair, and for mixtures of shifts.
    /// The number of noise shares must not depend on whether the one participant is sampled.
    /// </remarks>
    public static double Symmetric(Func<int, double> curve, int order, double rate)
    {
        double whole = curve(order);
        if (rate == 1) return whole;
        double logQ = Math.Log(rate), logRest = LogDomain.Log1p(-rate);
        double[] terms = new double[order - 1];   // the binomial weights sum to one, and the moments 0 and 1 are one: E − 1 has no cancellation
        for (int l = 2; l <= order; l++) terms[l - 2] = LogDomain.LogBinomial(order, l) + ((order - l) * logRest) + (l * logQ) + LogDomain.LogExpm1((l - 1) * curve(l));
        return Math.Min(whole, LogDomain.Softplus(LogDomain.Sum(terms)) / (order - 1));
    }

    /// <summary>The bound for symmetric noise at an order between two integers.</summary>
    /// <param name="curve">ε(l) at integer orders and at <paramref name="order"/> itself.</param>
    /// <param name="order">a > 1, not an integer.</param>
    /// <param name="rate">q in (0, 1].</param>
    /// <returns>ε of the sampled mechanism at order a; never above ε(a).</returns>
    /// <remarks>
    /// (1 + t)^a ≤ Σ C(a, k) t^k + t^a over k = 0 … ⌊a⌋ for t ≥ 0: true for ⌊a⌋ = 0, and the derivative of the difference at a
    /// is a times the difference at a − 1. With t = qP/((1−q)Q) the moments of P/Q at the integers and at a remain. Decision 0008.
    /// </remarks>
    public static double SymmetricBetween(Func<double, double> curve, double order, double rate)
    {
        double whole = curve(order);
        if (rate == 1) return whole;
        double logQ = Math.Log(rate), logRest = LogDomain.Log1p(-rate);
        int last = (int)Math.Floor(order);
        double excess = LogDomain.Expm1((order * logRest) + LogDomain.Log1p(order * rate / (1 - rate)));   // the terms 0 and 1, less one
        double[] terms = new double[last];
        double logBinomial = Math.Log(order);
        for (int k = 2; k <= last; k++)
        {
            logBinomial += Math.Log((order - k + 1) / k);
            terms[k - 2] = logBinomial + ((order - k) * logRest) + (k * logQ) + ((k - 1) * curve(k));
        }

        terms[^1] = (order * logQ) + ((order - 1) * whole);
        double sum = LogDomain.Sum(terms);
        double logMoment = sum > 1 ? sum + LogDomain.Log1p((1 + excess) * Math.Exp(-sum)) : LogDomain.Log1p(Math.Max(0, excess + Math.Exp(sum)));
        return Math.Min(whole, logMoment / (order - 1));
    }
}
