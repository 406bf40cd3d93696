using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tacit.Aggregation.Encodings;
using Tacit.Aggregation.Encodings.Rotations;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Privacy.Clipping;
using Tacit.Privacy.Sampling;

namespace Tacit.Aggregation.Pipeline;

/// <summary>The way of one update into a noised sum, and of the sum out again. One instance serves one round; not thread-safe.</summary>
/// <remarks>Kairouz, Liu and Steinke 2021, Algorithm 1 (participant) and 2 (coordinator). Working memory is two vectors of length D.</remarks>
public sealed class NoisedSumPipeline
{
    private const int Tile = 4096;

    private readonly NoisedSumPlan plan;
    private readonly Rotation rotation;
    private readonly IIntegerSampler sampler;
    private readonly IIntegerSampler? votes;
    private readonly ConditionalRounding rounding;
    private readonly float[] rotated;
    private readonly int[] rounded;

    /// <summary>Prepares the round's rotation and sampler.</summary>
    /// <param name="plan">Agreed on by both sides.</param>
    /// <param name="sampler">Of the plan's noise, see <see cref="NoiseSamplers"/>; shared by all pipelines of a job.</param>
    /// <param name="votes">Of the noise on the votes, if the plan has any.</param>
    /// <exception cref="ArgumentException">The plan has votes and there is no sampler for them, or the other way round.</exception>
    public NoisedSumPipeline(NoisedSumPlan plan, IIntegerSampler sampler, IIntegerSampler? votes = null)
    {
        if (plan.Votes is null != votes is null) throw new ArgumentException("Votes have noise of their own, and nothing else has it.", nameof(votes));
        (this.plan, this.sampler, this.votes) = (plan, sampler, votes);
        rotation = plan.CreateRotation();
        rounding = new ConditionalRounding(plan.SquaredRoundedBound);
        rotated = new float[plan.PaddedDimension];
        rounded = new int[plan.PaddedDimension];
    }

    /// <summary>Clip → rotate → scale → round → noise → add modulo 2ᵇ; a vote on the clip behind it, with noise of its own.</summary>
    /// <param name="update">Length d: the update of one participant, or of one of its shards. Not changed.</param>
    /// <param name="random">Where coins and noise come from; a production source, or nothing is private.</param>
    /// <param name="contribution">Length <see cref="NoisedSumPlan.Length"/> over the plan's ring; the encoded update is added to it, so shards share one vector.</param>
    /// <returns>What happened on the way. Depends on the data: it stays with the participant.</returns>
    /// <exception cref="FailureException">The update has another length, is not finite, or could not be rounded.</exception>
    public EncodingTrace AddTo(ReadOnlySpan<float> update, IRandomSource random, ModularVector contribution)
    {
        if (update.Length != plan.Dimension)
        {
            throw new FailureException(FailureCodes.VectorDimensionMismatch, $"the update has {update.Length} elements; the plan says {plan.Dimension}");
        }

        double norm = NormClipping.Norm(update);
        if (!double.IsFinite(norm)) throw new FailureException(FailureCodes.UpdateNotFinite, "the update's norm is not finite; every element must be: lower the learning rate or check the data");
        rotation.Apply(update, rotated, Math.Min(1, plan.Clip / norm) / plan.Granularity);
        int tries = rounding.Round(rotated, random, rounded);
        if (tries == 0) throw new FailureException(FailureCodes.InvalidValue, $"the update could not be rounded below its norm bound in {ConditionalRounding.MaximumTries} tries; use a smaller granularity");
        AddRounded(random, contribution);
        if (plan.Votes is { } vote) SignedResidues.Add(contribution, plan.PaddedDimension, [norm <= plan.Clip ? vote.Magnitude : -vote.Magnitude]);
        if (plan.Placement != NoisePlacement.Central) AddVoteNoise(random, contribution);
        return new EncodingTrace(norm, norm > plan.Clip, tries);
    }

    /// <summary>Adds one draw of noise to every residue, of the votes' to theirs; the coordinator does so where the noise is central.</summary>
    /// <param name="random">A production source, or nothing is private.</param>
    /// <param name="sum">Length <see cref="NoisedSumPlan.Length"/>.</param>
    public void AddNoise(IRandomSource random, ModularVector sum)
    {
        Span<int> noise = stackalloc int[Tile];
        for (int start = 0; start < rounded.Length; start += Tile)
        {
            Span<int> tile = noise[..Math.Min(Tile, rounded.Length - start)];
            sampler.Fill(random, tile);
            SignedResidues.Add(sum, start, tile);
        }

        noise.Clear();
        AddVoteNoise(random, sum);
    }

    // Noise, sum and erasure tile by tile, while the values are in the nearest cache.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]   // called a few times a round: the first call must be fast
    private void AddRounded(IRandomSource random, ModularVector contribution)
    {
        Span<int> noise = stackalloc int[Tile];
        for (int start = 0; start < rounded.Length; start += Tile)
        {
            Span<int> tile = rounded.AsSpan(start, Math.Min(Tile, rounded.Length - start)), drawn = noise[..tile.Length];
            if (plan.Placement != NoisePlacement.Central) Add(tile, drawn, random);
            SignedResidues.Add(contribution, start, tile);
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(tile));
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(rotated.AsSpan(start, tile.Length)));
        }

        noise.Clear();
    }

    private void Add(Span<int> tile, Span<int> drawn, IRandomSource random)
    {
        sampler.Fill(random, drawn);
        ref int to = ref MemoryMarshal.GetReference(tile);
        ref int from = ref MemoryMarshal.GetReference(drawn);
        int i = 0;
        for (; i <= tile.Length - Vector<int>.Count; i += Vector<int>.Count) (Vector.LoadUnsafe(ref to, (nuint)i) + Vector.LoadUnsafe(ref from, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
        for (; i < tile.Length; i++) tile[i] += drawn[i];
    }

    private void AddVoteNoise(IRandomSource random, ModularVector sum)
    {
        if (votes is null) return;
        Span<int> noise = [0];
        votes.Fill(random, noise);
        SignedResidues.Add(sum, rounded.Length, noise);
        noise.Clear();
    }

    /// <summary>Centre → add noise → rotate back → scale → drop the padding → divide.</summary>
    /// <param name="sum">Length <see cref="NoisedSumPlan.Length"/>: the opened sum.</param>
    /// <param name="contributions">What to divide by: how many updates are in it (participants, times shards), or should be.</param>
    /// <param name="noise">Length D, in grid steps: added to the centred sum, so that it cannot wrap, see <see cref="TreeNoise"/>; or empty.</param>
    /// <exception cref="ArgumentException">The noise has another length.</exception>
    public NoisedMean Decode(ModularVector sum, int contributions, ReadOnlySpan<long> noise = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(contributions, 1);
        if (!noise.IsEmpty && noise.Length != rounded.Length) throw new ArgumentException($"The noise has {noise.Length} elements instead of {rounded.Length}.", nameof(noise));
        long half = 1L << (plan.ModulusBits - 1), near = 0;
        double squares = 0;
        SignedResidues.Centre(sum, 0, rounded);
        for (int i = 0; i < rounded.Length; i++)
        {
            long noised = noise.IsEmpty ? rounded[i] : rounded[i] + noise[i];   // nothing is told of a sum that has no noise yet
            rotated[i] = noised;
            squares += (double)noised * noised;
            if (noise.IsEmpty && Math.Abs(noised) > half / 4 * 3) near++;   // a tree's sums cannot wrap, see NoisedSumPlan.NeverWraps
        }

        rotation.Invert(rotated, plan.Granularity / contributions);
        return new NoisedMean(rotated[..plan.Dimension], (double)near / rounded.Length, Math.Sqrt(squares / rounded.Length) / half)
        {
            Votes = plan.Votes?.ToHalves(plan.Ring.Centre(sum[rounded.Length])),
        };
    }
}

/// <summary>What one encoding came to. Secret: it depends on the data.</summary>
/// <param name="Norm">L2 norm before clipping.</param>
/// <param name="Clipped">Whether the norm was above the bound.</param>
/// <param name="Tries">Attempts of conditional rounding.</param>
public readonly record struct EncodingTrace(double Norm, bool Clipped, int Tries);

/// <summary>What the coordinator learns.</summary>
/// <param name="Mean">The noised mean of the updates, length d.</param>
/// <param name="NearModulus">Share of coordinates beyond three quarters of the modulus' half: above 1 % they are likely to wrap.</param>
/// <param name="Spread">Root mean square of the coordinates over the modulus' half; 1/k was planned for.</param>
public sealed record NoisedMean(float[] Mean, double NearModulus, double Spread)
{
    /// <summary>The noised sum of the votes, each of them ±½; null where nobody votes.</summary>
    public double? Votes { get; init; }
}
