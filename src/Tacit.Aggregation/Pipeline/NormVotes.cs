namespace Tacit.Aggregation.Pipeline;

/// <summary>One more residue of every contribution, in which it votes for or against the clipping norm: it sums up to how many updates were longer.</summary>
/// <param name="Magnitude">v: a vote is v if the update's norm is at most the clip, else −v. Large enough that a share of noise is smooth on integers.</param>
/// <param name="NoiseScale">σ of one share of discrete Gaussian noise, in integers; of the whole noise when it is added centrally.</param>
/// <remarks>
/// Andrew, Thakkar, McMahan and Ramaswamy 2021, Algorithm 1, with the votes of ±½ of its Theorem 1 scaled to integers. Against zeros a vote
/// moves the sum by v, whichever it is.
/// </remarks>
public sealed record NormVotes(int Magnitude, double NoiseScale)
{
    /// <summary>The largest <see cref="Magnitude"/>.</summary>
    public const int MostMagnitude = 1 << 20;

    /// <summary>A sum of votes, with its noise, in votes of ±½.</summary>
    /// <param name="sum">Centred.</param>
    public double ToHalves(long sum) => sum / (2.0 * Magnitude);
}
