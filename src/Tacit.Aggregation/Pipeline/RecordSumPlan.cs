using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Hashing;
using Tacit.Cryptography.Rings;
using Tacit.Privacy.Sampling;

namespace Tacit.Aggregation.Pipeline;

/// <summary>A sum over records: every participant adds up bounded integer vectors of its own records, exactly, and a share of noise, modulo 2ᵇ.</summary>
/// <remarks>
/// The protected unit is one record, present or not, whoever holds it. Nothing is clipped or rotated here: the bounds of <see cref="RecordSumBlock"/> hold
/// because of how records become vectors. Reduction modulo 2ᵇ is after the noise and costs no privacy.
/// </remarks>
public sealed record RecordSumPlan : ContributionPlan
{
    /// <summary>The most blocks.</summary>
    public const int MostBlocks = 4096;

    private const int MostLaws = 64;
    private const double MostLaplace = 4.0 * DiscreteLaplaceShareSampler.LargestScale;   // tables of some 80 MB

    /// <summary>What is summed, in order; the lengths add up to the dimension.</summary>
    public required ImmutableArray<RecordSumBlock> Blocks { get; init; }

    /// <summary>n: a public bound on the records of all participants together.</summary>
    public required long Records { get; init; }

    /// <summary>m: the fewest honest shares, which make the whole noise of each block; 1 where the coordinator adds it.</summary>
    public required int NoiseShares { get; init; }

    /// <summary>Who draws the noise: everybody a share, or the coordinator.</summary>
    public NoisePlacement Placement { get; init; } = NoisePlacement.Distributed;

    /// <summary>b: no coordinate wraps, but for a probability of 2⁻⁴⁰ over the whole vector, with the shares of all participants in the sum.</summary>
    public override int Bits => RecordSumTails.Bits(this);

    /// <inheritdoc/>
    public override int Length => Dimension;

    /// <summary>All shares that can be in a sum over those that make the whole noise.</summary>
    internal double NoiseTimes => Placement == NoisePlacement.Distributed ? (double)Participants / NoiseShares : 1;

    /// <summary>σ of one share of a Gaussian block, σ/√m; of the whole noise where the coordinator adds it.</summary>
    /// <param name="block">One of the plan's.</param>
    public double ShareScale(RecordSumBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        return block.Scale / Math.Sqrt(NoiseShares);
    }

    /// <inheritdoc/>
    public override byte[] Hash()
    {
        using TranscriptHash hash = new("tacit/record-sum-plan/1");
        hash.Append("dimension", Dimension).Append("participants", Participants).Append("records", Records)
            .Append("noise-shares", NoiseShares).Append("placement", (int)Placement).Append("blocks", Blocks.Length);
        foreach (RecordSumBlock block in Blocks)
        {
            hash.Append("length", block.Length).Append("law", (int)block.Law).Append("scale", BitConverter.DoubleToInt64Bits(block.Scale))
                .Append("l1", BitConverter.DoubleToInt64Bits(block.L1Sensitivity)).Append("l2", BitConverter.DoubleToInt64Bits(block.L2Sensitivity))
                .Append("largest", block.Largest).Append("touched", block.Touched);
        }

        return hash.Digest();
    }

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(!Blocks.IsDefaultOrEmpty && Blocks.Length <= MostBlocks, "number of blocks", Blocks.IsDefault ? 0 : Blocks.Length, $"in [1, {MostBlocks}]");
        Check(Participants >= 1, "participants", Participants, "at least 1");
        Check(Records is >= 1 and <= 1L << 40, "records", Records, "in [1, 2^40]");
        if (Placement is not (NoisePlacement.Distributed or NoisePlacement.Central)) throw new FailureException(FailureCodes.MechanismNotValid, $"placement is {Placement}; noise on a sum over records is distributed or central");
        bool central = Placement == NoisePlacement.Central;
        int most = central ? 1 : Math.Min(Participants, DiscreteLaplaceShareSampler.MostShares);
        Check(NoiseShares >= 1 && NoiseShares <= most, "noise-shares", NoiseShares, central ? "1, because the coordinator adds all noise" : $"in [1, {most}], because every participant adds one");
        long length = 0;
        for (int i = 0; i < Blocks.Length; i++)
        {
            Blocks[i].Validate(i, ShareScale(Blocks[i]));
            length += Blocks[i].Length;
        }

        Check(Dimension == length && length <= 1 << 30, "dimension", Dimension, $"{length}, the sum of the blocks' lengths, and at most {1 << 30}");
        (NoiseLaw Law, double Scale)[] laws = [.. Blocks.Select(block => (block.Law, block.Scale)).Distinct()];
        Check(laws.Length <= MostLaws, "number of different noises", laws.Length, $"at most {MostLaws}");
        double laplace = laws.Sum(law => law.Law == NoiseLaw.DiscreteLaplace ? law.Scale : 0);
        Check(laplace <= MostLaplace, "sum of different Laplace scales", laplace, $"at most {MostLaplace}, because each has a table");
        int bits = Bits;
        if (bits > ResidueRing.MaxBits)
        {
            throw new FailureException(FailureCodes.ModulusTooSmall, $"the sum of {Records} records with its noise needs {bits} bits and 64 are to be had: use a coarser grid by {bits - 64} bits or fewer records");
        }
    }

    // The modulus was sized for the noise of this many shares.
    private protected override void ThrowIfWraps(int participants)
    {
        if (participants <= Participants) return;
        throw new FailureException(FailureCodes.ModulusTooSmall, $"the cohort has {participants} participants; {Bits} bits were chosen for the noise of {Participants}: plan for a larger cohort");
    }
}
