using Tacit.Aggregation.Encodings;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Hashing;
using Tacit.Cryptography.Rings;

namespace Tacit.Aggregation.Pipeline;

/// <summary>How an update becomes a contribution and a sum becomes a mean. Both sides hold it and its hash is part of <c>RoundId</c>.</summary>
public sealed record ContributionPlan
{
    /// <summary>d: elements of an update.</summary>
    public required int Dimension { get; init; }

    /// <summary>n: the most participants whose contributions are added.</summary>
    public required int Participants { get; init; }

    /// <summary>The grid of one value.</summary>
    public required Quantization Quantization { get; init; }

    /// <summary>The largest weight; larger ones count as this. Weights are whole numbers, such as example counts.</summary>
    public required int WeightCap { get; init; }

    /// <summary>C: updates are scaled down to this L2 norm first; null leaves them.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>b, sized so that no sum wraps: every residue of a contribution is at most <see cref="Quantization.Magnitude"/> in absolute value.</summary>
    public int Bits => ModulusSizing.SignedBits(Participants, Quantization.Magnitude);

    /// <summary>ℤ/2ᵇ.</summary>
    public ResidueRing Ring => new(Bits);

    /// <summary>Residues of a contribution: d values, the weight, the count of saturated values.</summary>
    public int Length => checked(Dimension + 2);

    /// <summary>SHA-256 of all of the above.</summary>
    public byte[] Hash()
    {
        using TranscriptHash hash = new("tacit/contribution-plan/1");
        return hash.Append("dimension", Dimension).Append("participants", Participants)
            .Append("range", BitConverter.DoubleToInt64Bits(Quantization.Range)).Append("value-bits", Quantization.Bits)
            .Append("weight-cap", WeightCap).Append("clip", BitConverter.DoubleToInt64Bits(ClipNorm ?? -1)).Digest();
    }

    /// <summary>Refuses a plan that cannot be kept, before any data is touched.</summary>
    /// <exception cref="FailureException">The field, its value and what is allowed.</exception>
    public void Validate()
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

    /// <summary>Refuses a round that this plan does not belong to, or whose sum could wrap: terms come from the coordinator, who may be hostile.</summary>
    /// <param name="terms">The round.</param>
    /// <exception cref="FailureException">
    /// <see cref="FailureCodes.InvalidValue"/>: the terms name another plan. <see cref="FailureCodes.VectorDimensionMismatch"/>: another length.
    /// <see cref="FailureCodes.ModulusTooSmall"/>: the cohort is too large for the ring.
    /// </exception>
    public void ThrowUnlessFits(RoundTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        terms.Validate();
        if (!terms.PlanHash.AsSpan().SequenceEqual(Hash())) throw new FailureException(FailureCodes.InvalidValue, $"plan-hash of round {terms.Round} is another than that of the plan at hand; it must be the same");
        if (terms.Length != Length) throw new FailureException(FailureCodes.VectorDimensionMismatch, $"length is {terms.Length}; the plan says {Length}");
        ModulusSizing.ThrowIfWraps(terms.Ring, terms.Cohort.Length, Quantization.Magnitude);
    }

    private static void Check(bool holds, string field, IFormattable value, string allowed)
    {
        if (!holds) throw new FailureException(FailureCodes.InvalidValue, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{field} is {value}; it must be {allowed}"));
    }
}
