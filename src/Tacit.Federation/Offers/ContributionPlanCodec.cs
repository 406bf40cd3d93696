using System.Diagnostics;
using Tacit.Aggregation.Encodings;
using Tacit.Aggregation.Encodings.Rotations;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Wire;

namespace Tacit.Federation.Offers;

/// <summary>Contribution plans as bytes: a kind, then the fields that the plan's hash covers. Plans with votes or trees do not travel.</summary>
internal static class ContributionPlanCodec
{
    private const byte WeightedMean = 1, NoisedSum = 2;

    public static void Write(WireWriter writer, ContributionPlan plan)
    {
        switch (plan)
        {
            case WeightedMeanPlan mean:
                writer.Byte(WeightedMean).Number(mean.Dimension).Number(mean.Participants)
                    .Real(mean.Quantization.Range).Number(mean.Quantization.Bits).Number(mean.WeightCap).Real(mean.ClipNorm ?? -1);
                break;
            case NoisedSumPlan { Votes: null, TreeSteps: 0 } sum:
                writer.Byte(NoisedSum).Number(sum.Dimension).Number(sum.Participants)
                    .Real(sum.Clip).Real(sum.Granularity).Number(sum.ModulusBits).Real(sum.NoiseScale)
                    .Byte((byte)sum.Noise).Byte((byte)sum.Placement).Real(sum.Bias).Byte((byte)sum.Rotation).Number(sum.ShardsPerParticipant).Bytes(sum.SignSeed.AsSpan());
                break;
            default:
                throw new UnreachableException($"{plan.GetType().Name} does not travel.");
        }
    }

    public static bool TryRead(ref WireReader reader, out ContributionPlan? plan)
    {
        plan = null;
        if (!reader.TryByte(out byte kind) || !reader.TryNumber(out int dimension) || !reader.TryNumber(out int participants)) return false;
        plan = kind switch
        {
            WeightedMean => ReadMean(ref reader, dimension, participants),
            NoisedSum => ReadSum(ref reader, dimension, participants),
            _ => null,
        };
        return plan is not null && IsValid(plan);
    }

    private static WeightedMeanPlan? ReadMean(ref WireReader reader, int dimension, int participants)
    {
        if (!reader.TryReal(out double range) || range is not (>= 1e-30 and <= 1e30)
            || !reader.TryNumber(out int bits) || bits is < 2 or > Quantization.MaxBits
            || !reader.TryNumber(out int cap) || !reader.TryReal(out double clip)) return null;
        return new WeightedMeanPlan { Dimension = dimension, Participants = participants, Quantization = new Quantization(range, bits), WeightCap = cap, ClipNorm = clip < 0 ? null : clip };
    }

    private static NoisedSumPlan? ReadSum(ref WireReader reader, int dimension, int participants)
    {
        if (!reader.TryReal(out double clip) || !reader.TryReal(out double granularity) || !reader.TryNumber(out int bits) || !reader.TryReal(out double scale)
            || !reader.TryByte(out byte noise) || !Enum.IsDefined((NoiseKind)noise) || !reader.TryByte(out byte placement) || !Enum.IsDefined((NoisePlacement)placement)
            || !reader.TryReal(out double bias) || !reader.TryByte(out byte rotation) || !Enum.IsDefined((RotationKind)rotation)
            || !reader.TryNumber(out int shards) || !reader.TryBytes(32, out ReadOnlySpan<byte> signs)) return null;
        return new NoisedSumPlan
        {
            Dimension = dimension,
            Participants = participants,
            Clip = clip,
            Granularity = granularity,
            ModulusBits = bits,
            NoiseScale = scale,
            Noise = (NoiseKind)noise,
            Placement = (NoisePlacement)placement,
            Bias = bias,
            Rotation = (RotationKind)rotation,
            ShardsPerParticipant = shards,
            SignSeed = [.. signs],
        };
    }

    private static bool IsValid(ContributionPlan plan)
    {
        try
        {
            plan.Validate();
            return true;
        }
        catch (FailureException)
        {
            return false;
        }
    }
}
