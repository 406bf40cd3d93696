using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO;
using System.Net;
using System.Net.Http;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Federation.Envelopes;

namespace Tacit.Participation.Connections;

/// <summary>Envelopes as a body: written one after another as they are sent, never as one array.</summary>
internal sealed class EnvelopeBody(ImmutableArray<Envelope> envelopes) : HttpContent
{
    private const int PieceBytes = 256 * 1024;   // each write wakes the other side

    /// <summary>Told after each envelope: an upload that goes on is not too slow.</summary>
    public Action Sent { get; set; } = () => { };

    /// <summary>Reads what the coordinator sent.</summary>
    /// <exception cref="FailureException">MALFORMED_MESSAGE or what the codec says.</exception>
    public static ImmutableArray<Envelope> Read(ReadOnlySpan<byte> bytes)
    {
        var envelopes = ImmutableArray.CreateBuilder<Envelope>();
        while (!bytes.IsEmpty)
        {
            if (bytes.Length < EnvelopeLimits.LengthBytes) throw Broken();
            int length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            bytes = bytes[EnvelopeLimits.LengthBytes..];
            if (length < 0 || length > bytes.Length) throw Broken();
            if (!EnvelopeCodec.TryDecode(bytes[..length], out Envelope? envelope, out FailureCode failure)) throw new FailureException(failure, "the coordinator sent bytes that are not an envelope");
            envelopes.Add(envelope!);
            bytes = bytes[length..];
        }

        return envelopes.DrainToImmutable();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = envelopes.Sum(envelope => (long)EnvelopeLimits.LengthBytes + EnvelopeCodec.EncodedBytes(envelope));
        return true;
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        TryComputeLength(out long length);
        int size = (int)Math.Min(length, PieceBytes);
        byte[] piece = ArrayPool<byte>.Shared.Rent(size);   // one of its own would be fresh memory for every upload
        byte[] front = new byte[EnvelopeLimits.LengthBytes + EnvelopeCodec.HeaderBytes];
        int filled = 0;
        foreach (Envelope envelope in envelopes)
        {
            BinaryPrimitives.WriteInt32LittleEndian(front, EnvelopeCodec.EncodedBytes(envelope));
            EnvelopeCodec.EncodeHeader(envelope, front.AsSpan(EnvelopeLimits.LengthBytes));
            await AddAsync(front);
            await AddAsync(envelope.Payload);
            Sent();
        }

        await stream.WriteAsync(piece.AsMemory(0, filled));
        ArrayPool<byte>.Shared.Return(piece);   // not after a failure: somebody may still read it

        async ValueTask AddAsync(ReadOnlyMemory<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                if (filled == size)
                {
                    await stream.WriteAsync(piece.AsMemory(0, filled));
                    filled = 0;
                }

                int part = Math.Min(bytes.Length, size - filled);
                bytes[..part].CopyTo(piece.AsMemory(filled));
                bytes = bytes[part..];
                filled += part;
            }
        }
    }

    private static FailureException Broken() => new(FailureCodes.MalformedMessage, "the coordinator's answer ends in the middle of an envelope");
}
