using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Privacy.Budgets;

namespace Tacit.Federation.Offers;

/// <summary>Offers as bytes.</summary>
public static class RoundOfferCodec
{
    private const byte Version = 1;

    /// <summary>Writes an offer.</summary>
    /// <param name="offer">Any offer.</param>
    public static byte[] Encode(RoundOffer offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        WireWriter writer = new(256 + (offer.Vector.Length * sizeof(float)));
        writer.Byte(Version).Text(offer.Job).Long(offer.Round).Byte((byte)offer.Purpose).Text(offer.Protocol).Byte((byte)offer.Mode)
            .Number(offer.MinimumCohort).Number(offer.Invited).Long(offer.AnswerWithin.Ticks);
        ContributionPlanCodec.Write(writer, offer.Plan);
        return writer.Singles(offer.Vector).Doubles(offer.FeatureMeans).Doubles(offer.FeatureSquares).Written.ToArray();
    }

    /// <summary>Reads an offer of hostile origin.</summary>
    /// <param name="bytes">The whole offer, nothing after it.</param>
    /// <param name="offer">The offer, or null.</param>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out RoundOffer? offer)
    {
        offer = null;
        WireReader reader = new(bytes);
        if (!reader.TryByte(out byte version) || version != Version) return false;
        if (!reader.TryText(out string job) || !LedgerEntry.IsName(job) || job.Trim('.').Length == 0) return false;   // it becomes a folder at the participant
        if (!reader.TryLong(out long round) || round < 1) return false;
        if (!reader.TryByte(out byte purpose) || purpose > (byte)RoundPurpose.FeatureSquares) return false;
        if (!reader.TryText(out string protocol) || !reader.TryByte(out byte mode) || mode > (byte)ProtectionMode.Malicious) return false;
        if (!reader.TryNumber(out int minimum) || minimum < 1 || !reader.TryNumber(out int invited) || invited < minimum) return false;
        if (!reader.TryLong(out long ticks) || ticks <= 0 || ticks > TimeSpan.TicksPerDay * 30) return false;
        if (!ContributionPlanCodec.TryRead(ref reader, out Aggregation.Pipeline.ContributionPlan? plan)) return false;
        if (!reader.TrySingles(out float[] vector) || !reader.TryDoubles(out double[] means) || !reader.TryDoubles(out double[] squares)) return false;
        if (means.Length != squares.Length || !reader.AtEnd) return false;
        if ((RoundPurpose)purpose != RoundPurpose.FeatureMeans && vector.Length != plan!.Dimension) return false;
        offer = new RoundOffer
        {
            Job = job,
            Round = round,
            Purpose = (RoundPurpose)purpose,
            Protocol = protocol,
            Mode = (ProtectionMode)mode,
            MinimumCohort = minimum,
            Invited = invited,
            AnswerWithin = new TimeSpan(ticks),
            Plan = plan!,
            Vector = vector,
            FeatureMeans = means,
            FeatureSquares = squares,
        };
        return true;
    }
}
