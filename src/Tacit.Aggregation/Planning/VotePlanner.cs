using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Privacy.Clipping;

namespace Tacit.Aggregation.Planning;

/// <summary>Chooses how contributions vote on the clipping norm: noise of a twentieth of them, on as fine a scale as the modulus holds.</summary>
/// <remarks>
/// Votes of ±1 would do in a large cohort. In a small one a share of noise would be less than half an integer, where sums of discrete
/// Gaussians are no longer near one (τ of Kairouz, Liu and Steinke 2021), so votes are larger whole numbers and their noise with them.
/// </remarks>
internal static class VotePlanner
{
    private const int Largest = 16;   // with two contributions a share of noise is still above two integers

    public static NormVotes For(NoisedSumRequest request)
    {
        double deviation = 2 * AdaptiveClipping.VoteDeviation(request.Contributions), half = Math.Pow(2, request.Bits - 1);   // in votes of ±1
        double most = request.Contributions + (request.ModularClip * deviation * Math.Sqrt((double)request.Draws / request.HonestShares));
        for (int magnitude = Largest; magnitude >= 1; magnitude /= 2)
        {
            if (magnitude * most < half) return new NormVotes(magnitude, magnitude * deviation / Math.Sqrt(request.HonestShares));
        }

        throw new FailureException(FailureCodes.ModulusTooSmall, FormattableString.Invariant(
            $"privacy.bits is {request.Bits}; the votes of {request.Contributions} contributions with their noise need {(int)Math.Ceiling(Math.Log2(most)) + 1}: use more bits or clipping: fixed"));
    }
}
