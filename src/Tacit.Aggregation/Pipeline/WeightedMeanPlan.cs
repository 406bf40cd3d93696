using Tacit.Aggregation.Encodings;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Hashing;
using Tacit.Cryptography.Rings;

namespace Tacit.Aggregation.Pipeline;

/// <summary>An exact weighted mean: values on a grid, weights inside the protected sum, no noise.</summary>
public sealed record WeightedMeanPlan : ContributionPlan
{
    /// <summary>The grid of one value.</summary>
    public required Quantization Quantization { get; init; }

    /// <summary>The largest weight; larger ones count as this. Weights are whole numbers, such as example counts.</summary>
    public required int WeightCap { get; init; }

    /// <summary>C: updates are scaled down to this L2 norm first; null leaves them.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>b, sized so that no sum wraps: every residue of a contribution is at most <see cref="Quantization.Magnitude"/> in absolute value.</summary>
    public override int Bits => ModulusSizing.SignedBits(Participants, Quantization.Magnitude);

    /// <summary>Residues of a contribution: d values, the weight, the count of saturated values.</summary>
    public override int Length => checked(Dimension + 2);

    /// <inheritdoc/>
    public override byte[] Hash()
    {
        using TranscriptHash hash = new("tacit/contribution-plan/1");
        return hash.Append("dimension", Dimension).Append("participants", Participants)
            .Append("range", BitConverter.DoubleToInt64Bits(Quantization.Range)).Append("value-bits", Quantization.Bits)
            .Append("weight-cap", WeightCap).Append("clip", BitConverter.DoubleToInt64Bits(ClipNorm ?? -1)).Digest();
    }

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Dimension is >= 1 and <= int.MaxValue - 2, "dimension", Dimension, $"in [1, {int.MaxValue - 2}]");
        Check(Quantization.Bits >= 2, "value-bits", Quantization.Bits, $"in [2, {Quantization.MaxBits}]");
        Check(Participants >= 1, "participants", Participants, "at least 1");
        Check(ClipNorm is null or (> 0 and < double.PositiveInfinity), "clip-norm", ClipNorm ?? 0, "positive and finite");
        Check(WeightCap >= 1 && WeightCap <= Quantization.Magnitude, "weight-cap", WeightCap, $"in [1, {Quantization.Magnitude}] for {Quantization.Bits}-bit values");
        if (Bits > ResidueRing.MaxBits)
        {
            throw new FailureException(
                FailureCodes.ModulusTooSmall,
                $"value bits is {Quantization.Bits}; the sum of {Participants} such values needs {Bits} bits and {ResidueRing.MaxBits} are to be had: use at most {Quantization.Bits - (Bits - ResidueRing.MaxBits)} bits a value");
        }
    }

    private protected override void ThrowIfWraps(int participants) => ModulusSizing.ThrowIfWraps(Ring, participants, Quantization.Magnitude);
}
