using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Cryptography.Rings;
using Tacit.Protocols;

namespace Tacit.Federation.Envelopes;

/// <summary>How much a participant may send, and be sent, in one phase of a round: what the protocol's formulas say, and little more.</summary>
/// <remarks>On the wire envelopes follow each other, each behind its length in 4 bytes, little-endian.</remarks>
public sealed class EnvelopeLimits
{
    /// <summary>Bytes in front of each envelope.</summary>
    public const int LengthBytes = 4;

    private const int Slack = 4096;

    private readonly RoundTerms terms;
    private readonly ExpectedTraffic messages;

    /// <summary>Computes the limits of a round.</summary>
    /// <param name="terms">The round.</param>
    public EnvelopeLimits(RoundTerms terms)
    {
        this.terms = terms ?? throw new ArgumentNullException(nameof(terms));
        messages = ExpectedTraffic.Of(terms.Protocol, terms.Protection, terms.Cohort.Length, BitPacking.Group, terms.Ring.Bits);
    }

    /// <summary>The largest envelope of a phase.</summary>
    /// <param name="phase">The phase.</param>
    public int Envelope(Phase phase) => phase == Phase.MaskedInput
        ? EnvelopeCodec.HeaderBytes + 5 + BitPacking.PackedBytes(terms.Ring, Math.Min(terms.Length, terms.ResiduesPerChunk))
        : (int)Math.Min(messages.Up + Slack, EnvelopeCodec.LimitBytes);

    /// <summary>The largest body of one request.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="hasRoom">Whether the coordinator has granted room for an input of many chunks; without it only the request for room is read.</param>
    public long Body(Phase phase, bool hasRoom = true)
    {
        if (phase != Phase.MaskedInput) return messages.Up + Slack;
        if (!hasRoom && terms.Length > terms.ResiduesPerChunk) return LengthBytes + EnvelopeCodec.HeaderBytes + 1;
        long chunks = (terms.Length + terms.ResiduesPerChunk - 1) / terms.ResiduesPerChunk;
        return chunks * (LengthBytes + Envelope(phase));
    }

    /// <summary>The largest envelope that the coordinator sends.</summary>
    public int Incoming => (int)Math.Min(messages.Down + Slack, EnvelopeCodec.LimitBytes);
}
