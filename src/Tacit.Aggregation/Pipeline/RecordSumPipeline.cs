using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Privacy.Sampling;

namespace Tacit.Aggregation.Pipeline;

/// <summary>The way of one participant's exact sums into a noised sum over records, and of the noised sum out again.</summary>
/// <remarks>Thread-safe where its calls have random sources of their own. Every block, and every stretch of 4096 coordinates of one, is drawn under a fresh key from the source.</remarks>
public sealed class RecordSumPipeline
{
    private const int Tile = 4096;

    private readonly RecordSumPlan plan;
    private readonly ImmutableArray<IIntegerSampler> samplers;
    private readonly ResidueRing ring;

    /// <summary>Validates the plan and prepares a sampler for each block, or takes those of an earlier round.</summary>
    /// <param name="plan">Agreed on by both sides.</param>
    /// <param name="samplers">As <see cref="NoiseSamplers.For(RecordSumPlan)"/> gave them for a plan of the same noise; by default they are made now.</param>
    /// <exception cref="FailureException">The plan cannot be kept.</exception>
    /// <exception cref="ArgumentException">There is not one sampler for each block, or one draws other noise than its block's.</exception>
    public RecordSumPipeline(RecordSumPlan plan, ImmutableArray<IIntegerSampler> samplers = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        plan.Validate();
        if (!samplers.IsDefault && (samplers.Length != plan.Blocks.Length || plan.Blocks.Zip(samplers).Any(pair => !NoiseSamplers.Fits(plan, pair.First, pair.Second))))
        {
            throw new ArgumentException($"{plan.Blocks.Length} blocks need as many samplers, each of its block's noise.", nameof(samplers));
        }

        (this.plan, ring) = (plan, plan.Ring);
        this.samplers = samplers.IsDefault ? NoiseSamplers.For(plan) : samplers;
    }

    /// <summary>Sums → add a share of noise → reduce modulo 2ᵇ. Without noise where the coordinator adds it.</summary>
    /// <param name="sums">Length <see cref="ContributionPlan.Length"/>: the exact sums over this participant's records, in grid steps. Not changed; the caller clears it.</param>
    /// <param name="random">A production source, or nothing is private.</param>
    /// <returns>What goes into the protocol, which owns and clears it.</returns>
    /// <exception cref="FailureException">
    /// <see cref="FailureCodes.VectorDimensionMismatch"/>: another length. <see cref="FailureCodes.ValueOutOfBounds"/>: an entry is beyond what all records together can make.
    /// </exception>
    public ModularVector Encode(ReadOnlySpan<long> sums, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (sums.Length != plan.Length) throw new FailureException(FailureCodes.VectorDimensionMismatch, $"the sums have {sums.Length} elements; the plan says {plan.Length}");
        ThrowIfBeyond(sums);
        ModularVector vector = new(ring, plan.Length);
        for (int i = 0; i < sums.Length; i++) vector[i] = ring.Reduce(sums[i]);
        if (plan.Placement == NoisePlacement.Distributed) AddNoise(random, vector);
        return vector;
    }

    /// <summary>Adds one draw to every coordinate: the coordinator does so to the sum it opened, where noise is central.</summary>
    /// <param name="random">A production source, or nothing is private.</param>
    /// <param name="sum">Length <see cref="ContributionPlan.Length"/> over the plan's ring.</param>
    public void AddNoise(IRandomSource random, ModularVector sum)
    {
        ThrowUnlessFits(sum);
        Span<int> noise = stackalloc int[Tile];
        int start = 0;
        for (int block = 0; block < samplers.Length; block++)
        {
            int end = start + plan.Blocks[block].Length;
            for (; start < end; start += Math.Min(Tile, end - start))
            {
                Span<int> tile = noise[..Math.Min(Tile, end - start)];
                samplers[block].Fill(random, tile);
                SignedResidues.Add(sum, start, tile);
            }
        }

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(noise));
    }

    /// <summary>The noised sums as signed numbers, in grid steps.</summary>
    /// <param name="sum">The opened sum.</param>
    /// <returns>Length <see cref="ContributionPlan.Length"/>.</returns>
    /// <exception cref="FailureException">The sum has another length or ring.</exception>
    public long[] Decode(ModularVector sum)
    {
        ThrowUnlessFits(sum);
        long[] values = new long[sum.Length];
        for (int i = 0; i < values.Length; i++) values[i] = ring.Centre(sum[i]);
        return values;
    }

    // The entry is not named: which one it is says something of the data.
    private void ThrowIfBeyond(ReadOnlySpan<long> sums)
    {
        int start = 0;
        for (int block = 0; block < plan.Blocks.Length; block++)
        {
            long most = plan.Records * plan.Blocks[block].Largest;
            foreach (long sum in sums.Slice(start, plan.Blocks[block].Length))
            {
                if (sum < -most || sum > most) throw new FailureException(FailureCodes.ValueOutOfBounds, $"a sum in block {block} is beyond {most}, which {plan.Records} records can make at most: check the bounds of a record");
            }

            start += plan.Blocks[block].Length;
        }
    }

    private void ThrowUnlessFits(ModularVector sum)
    {
        ArgumentNullException.ThrowIfNull(sum);
        if (sum.Length != plan.Length || sum.Ring.Bits != ring.Bits) throw new FailureException(FailureCodes.VectorDimensionMismatch, $"the sum has {sum.Length} residues of {sum.Ring}; the plan says {plan.Length} of {ring}");
    }
}
