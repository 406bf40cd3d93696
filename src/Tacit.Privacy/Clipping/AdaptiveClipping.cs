namespace Tacit.Privacy.Clipping;

/// <summary>A bound for the norms of updates that follows a quantile of them, learnt from one noised vote of each participant a round.</summary>
/// <remarks>
/// <para>
/// Andrew, Thakkar, McMahan and Ramaswamy 2021, Algorithm 1 with the geometric update C ← C · exp(−η (b̃ − γ)), b̃ the noised fraction of
/// norms of at most C. A vote is +½ for such a norm and −½ for a longer one, so that adding or removing a participant moves the sum of
/// votes by ½ in either case.
/// </para>
/// <para>
/// The votes are a second query of the round. To spend in all what noise multiplier z alone would, the updates get the larger multiplier
/// of <see cref="UpdateNoiseMultiplier"/>.
/// </para>
/// </remarks>
public sealed class AdaptiveClipping
{
    /// <summary>Where the bound is kept, whatever the noise does.</summary>
    private const double Least = 1e-10, Most = 1e10;

    /// <summary>Starts at a bound.</summary>
    /// <param name="initialBound">C of the first round; within [1e-10, 1e10]. A small one is found to be too small quickly and costs little.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bound is outside.</exception>
    public AdaptiveClipping(double initialBound)
    {
        if (!(initialBound is >= Least and <= Most))
            throw new ArgumentOutOfRangeException(nameof(initialBound), initialBound, "The first bound is in [1e-10, 1e10].");
        Bound = initialBound;
    }

    /// <summary>C: what norms are clipped to in this round.</summary>
    public double Bound { get; private set; }

    /// <summary>γ: the fraction of norms that should be at most the bound.</summary>
    /// <value>0.5, in [0, 1].</value>
    public double Target
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The target is in [0, 1].");
    }
        = 0.5;

    /// <summary>η: how far one round can move the bound.</summary>
    /// <value>0.2, positive.</value>
    public double LearningRate
    {
        get;
        init => field = value > 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The rate is positive.");
    }
        = 0.2;

    /// <summary>The deviation of the noise on the sum of votes that the authors recommend: a twentieth of the participants.</summary>
    /// <param name="expectedParticipants">q · n; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are none.</exception>
    public static double VoteDeviation(double expectedParticipants)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(expectedParticipants);
        return 0.05 * expectedParticipants;
    }

    /// <summary>z_Δ = (z⁻² − (2σ_b)⁻²)^(−½): the noise multiplier of the updates, so that updates and votes together cost z.</summary>
    /// <param name="noiseMultiplier">z: what the accountant is told; positive.</param>
    /// <param name="voteDeviation">σ_b: the deviation of the noise on the sum of votes; above z / 2, or nothing is left for the updates.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <remarks>Andrew et al. 2021, Theorem 1: two Gaussian queries with multipliers z_Δ and 2σ_b are one with z.</remarks>
    public static double UpdateNoiseMultiplier(double noiseMultiplier, double voteDeviation)
    {
        if (!(noiseMultiplier > 0 && double.IsFinite(noiseMultiplier)))
            throw new ArgumentOutOfRangeException(nameof(noiseMultiplier), noiseMultiplier, "The noise multiplier is positive.");
        if (!(2 * voteDeviation > noiseMultiplier))
            throw new ArgumentOutOfRangeException(nameof(voteDeviation), voteDeviation, $"The noise on the votes is above {noiseMultiplier / 2}, half the noise multiplier.");
        return 1 / Math.Sqrt(1 / (noiseMultiplier * noiseMultiplier) - 1 / (4 * voteDeviation * voteDeviation));
    }

    /// <summary>What a participant adds to the sum of votes: +½ if its norm is at most the bound, −½ if not. Secret like its update.</summary>
    /// <param name="norm">Of its update, before clipping; NaN counts as too long.</param>
    public double Vote(double norm) => norm <= Bound ? 0.5 : -0.5;

    /// <summary>Moves the bound for the next round.</summary>
    /// <param name="noisedVotes">The sum of the votes with its noise; finite.</param>
    /// <param name="expectedParticipants">q · n, the same in every round and never the number that took part; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public void Update(double noisedVotes, double expectedParticipants)
    {
        if (!double.IsFinite(noisedVotes)) throw new ArgumentOutOfRangeException(nameof(noisedVotes), noisedVotes, "The sum of votes is finite.");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(expectedParticipants);
        double fraction = noisedVotes / expectedParticipants + 0.5;
        Bound = Math.Clamp(Bound * Math.Exp(-LearningRate * (fraction - Target)), Least, Most);
    }
}
