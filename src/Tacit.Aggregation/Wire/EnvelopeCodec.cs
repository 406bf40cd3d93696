using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;

namespace Tacit.Aggregation.Wire;

/// <summary>Envelopes as bytes: version (1), phase (1), round id (48), from (4), to (4), payload length (4), payload.</summary>
public static class EnvelopeCodec
{
    /// <summary>Bytes in front of the payload.</summary>
    public const int HeaderBytes = 1 + 1 + RoundId.Bytes + 4 + 4 + 4;

    /// <summary>The largest envelope that is read: long vectors come in chunks.</summary>
    public const int LimitBytes = 64 << 20;

    /// <summary>Bytes of an envelope on the wire.</summary>
    /// <param name="envelope">Any envelope.</param>
    public static int EncodedBytes(Envelope envelope) => HeaderBytes + envelope.Payload.Length;

    /// <summary>Writes an envelope.</summary>
    /// <param name="envelope">Any envelope.</param>
    public static byte[] Encode(Envelope envelope)
    {
        byte[] round = envelope.Round.ToArray();
        return new WireWriter(EncodedBytes(envelope))
            .Byte(RoundTerms.WireVersion).Byte((byte)envelope.Phase).Bytes(round)
            .Party(envelope.From).Party(envelope.To).Number(envelope.Payload.Length).Bytes(envelope.Payload.Span)
            .Written.ToArray();
    }

    /// <summary>Reads an envelope of hostile origin.</summary>
    /// <param name="bytes">The whole envelope, nothing after it.</param>
    /// <param name="envelope">The envelope, or null; its payload is a copy.</param>
    /// <param name="failure">
    /// Why not: <see cref="FailureCodes.MissingField"/> for no bytes at all, <see cref="FailureCodes.MessageTooLarge"/>,
    /// <see cref="FailureCodes.UnsupportedVersion"/> or <see cref="FailureCodes.MalformedMessage"/>.
    /// </param>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Envelope? envelope, out FailureCode failure)
    {
        envelope = null;
        failure = bytes.IsEmpty ? FailureCodes.MissingField : bytes.Length > LimitBytes ? FailureCodes.MessageTooLarge : FailureCodes.MalformedMessage;
        if (failure != FailureCodes.MalformedMessage) return false;

        WireReader reader = new(bytes);
        if (!reader.TryByte(out byte version)) return false;
        if (version != RoundTerms.WireVersion)
        {
            failure = FailureCodes.UnsupportedVersion;
            return false;
        }

        if (!reader.TryByte(out byte phase) || phase > (byte)Phase.Unmasking) return false;
        if (!reader.TryBytes(RoundId.Bytes, out ReadOnlySpan<byte> round)) return false;
        if (!reader.TryNumber(out int from) || from < 0 || !reader.TryNumber(out int to) || to < 0) return false;
        if (!reader.TryNumber(out int length) || !reader.TryBytes(length, out ReadOnlySpan<byte> payload) || !reader.AtEnd) return false;

        envelope = new Envelope(new RoundId(round), (Phase)phase, new PartyId(from), new PartyId(to), payload.ToArray());
        return true;
    }
}
