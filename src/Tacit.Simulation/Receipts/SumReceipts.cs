using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Planning;
using Tacit.Federation.Jobs;
using Tacit.Learning.Jobs;

namespace Tacit.Simulation.Receipts;

/// <summary>Charges a job's noised sums and tells its receipts.</summary>
internal static class SumReceipts
{
    /// <summary>A round begins; a tree is paid for with its first round.</summary>
    public static void Begin(this SumPrivacy sums, int round, ReceiptBook? receipts)
    {
        sums.Begin(round);
        if (sums.TreeSteps > 0 && sums.PlaceOf(round).Step == 0) Charge(sums, receipts, sums.Forecast.LeastShares);
    }

    /// <summary>A sum is about to be used.</summary>
    public static PrivacySpending Open(this SumPrivacy sums, int shares, ReceiptBook? receipts)
    {
        if (sums.TreeSteps == 0) Charge(sums, receipts, shares);
        return sums.Open(shares);
    }

    // A coordinator that adds the noise itself has seen the sum without it.
    private static void Charge(SumPrivacy sums, ReceiptBook? receipts, int shares)
    {
        bool central = sums.Plan.Placement == NoisePlacement.Central, proved = shares > 0 || sums.Plan.Placement != NoisePlacement.Distributed;
        int counted = sums.Plan.Placement == NoisePlacement.Distributed ? HiddenDraw(sums, shares) : 1;
        receipts?.Charge(proved ? sums.ReadersEventOf(counted) : null, proved && !central ? sums.CoordinatorEventOf(counted) : null);
    }

    // The shares that were there tell how many were drawn, and readers must not know: as in the ledger, only the certain ones are named.
    private static int HiddenDraw(SumPrivacy sums, int shares) => sums.Plan.Sampling == CohortSampling.Poisson ? Math.Min(shares, sums.Forecast.LeastShares) : shares;
}
