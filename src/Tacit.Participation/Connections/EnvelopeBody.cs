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
    private const int BlockBytes = 256 * 1024;

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
        TryComputeLength(out long left);
        byte[] block = ArrayPool<byte>.Shared.Rent((int)Math.Min(left, BlockBytes));
        try
        {
            int filled = 0;
            foreach (Envelope envelope in envelopes)
            {
                int front = EnvelopeLimits.LengthBytes + EnvelopeCodec.HeaderBytes;
                if (block.Length - filled < front) await FlushAsync();
                BinaryPrimitives.WriteInt32LittleEndian(block.AsSpan(filled), EnvelopeCodec.EncodedBytes(envelope));
                EnvelopeCodec.EncodeHeader(envelope, block.AsSpan(filled + EnvelopeLimits.LengthBytes, EnvelopeCodec.HeaderBytes));
                filled += front;
                for (ReadOnlyMemory<byte> rest = envelope.Payload; !rest.IsEmpty;)
                {
                    if (filled == block.Length) await FlushAsync();
                    int part = Math.Min(rest.Length, block.Length - filled);
                    rest[..part].CopyTo(block.AsMemory(filled));
                    filled += part;
                    rest = rest[part..];
                }
            }

            await FlushAsync();

            async ValueTask FlushAsync()
            {
                await stream.WriteAsync(block.AsMemory(0, filled));
                filled = 0;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private static FailureException Broken() => new(FailureCodes.MalformedMessage, "the coordinator's answer ends in the middle of an envelope");
}
