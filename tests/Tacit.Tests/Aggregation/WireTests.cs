using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Cryptography.Randomness;
using Xunit;

namespace Tacit.Tests.Aggregation;

public sealed class WireTests
{
    private static readonly Envelope envelope = new(Given.Terms().Id, Phase.MaskedInput, new PartyId(3), PartyId.Coordinator, new byte[] { 1, 2, 3, 4, 5 });

    [Fact]
    public void Envelopes_stand_hostile_bytes() => Fuzz.Check(EnvelopeCodec.Encode(envelope), Reread, bytes => EnvelopeCodec.TryDecode(bytes, out _, out _));

    [Fact]
    public void An_envelope_comes_back_with_every_field()
    {
        foreach (Phase phase in Enum.GetValues<Phase>())
        {
            Envelope sent = new(envelope.Round, phase, new PartyId(int.MaxValue), new PartyId(7), new byte[] { 9 });

            Assert.True(EnvelopeCodec.TryDecode(EnvelopeCodec.Encode(sent), out Envelope? read, out _));

            Assert.Equal((sent.Round, sent.Phase, sent.From, sent.To), (read!.Round, read.Phase, read.From, read.To));
            Assert.Equal(sent.Payload.ToArray(), read.Payload.ToArray());
            Assert.Equal(EnvelopeCodec.EncodedBytes(sent), EnvelopeCodec.Encode(sent).Length);
        }
    }

    [Fact]
    public void Another_version_is_named()
    {
        byte[] bytes = EnvelopeCodec.Encode(envelope);
        bytes[0]++;

        Assert.False(EnvelopeCodec.TryDecode(bytes, out Envelope? read, out FailureCode failure));

        Assert.Null(read);
        Assert.Equal(FailureCodes.UnsupportedVersion, failure);
    }

    [Fact]
    public void A_payload_is_a_copy()
    {
        byte[] bytes = EnvelopeCodec.Encode(envelope);
        Assert.True(EnvelopeCodec.TryDecode(bytes, out Envelope? read, out _));

        bytes.AsSpan().Clear();

        Assert.Equal(envelope.Payload.ToArray(), read!.Payload.ToArray());
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    [InlineData(-1)]
    [InlineData(6)]
    [InlineData(4)]
    public void A_length_that_is_not_that_of_the_payload_is_refused(int length)
    {
        byte[] bytes = EnvelopeCodec.Encode(envelope);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(EnvelopeCodec.HeaderBytes - 4), length);

        Assert.False(EnvelopeCodec.TryDecode(bytes, out _, out FailureCode failure));
        Assert.Equal(FailureCodes.MalformedMessage, failure);
    }

    [Fact]
    public void Lists_of_parties_stand_hostile_bytes()
    {
        byte[] valid = new WireWriter().Parties([new PartyId(1), new PartyId(5), new PartyId(int.MaxValue)]).Written.ToArray();

        Fuzz.Check(valid, RereadParties, bytes => new WireReader(bytes).TryParties(out _));
    }

    [Fact]
    public void Lists_that_descend_repeat_or_name_the_coordinator_are_refused()
    {
        foreach (int[] list in new int[][] { [2, 1], [1, 1], [0, 1], [-1] })
        {
            WireWriter writer = new();
            writer.Parties([.. list.Select(i => new PartyId(i))]);

            Assert.False(new WireReader(writer.Written.Span).TryParties(out ImmutableArray<PartyId> parties));
            Assert.Empty(parties);
        }
    }

    [Fact]
    public void Readers_never_throw_whatever_is_asked_of_them()
    {
        SeededRandomSource random = new(71);
        byte[] bytes = new byte[40];
        for (int run = 0; run < 200_000; run++)
        {
            random.Fill(bytes);
            WireReader reader = new(bytes.AsSpan(0, random.NextIndex(bytes.Length + 1)));
            for (int step = 0; step < 6; step++)
            {
                int before = reader.Remaining;
                Ask(ref reader, random.NextIndex(6), unchecked((int)random.NextUInt64()) >> random.NextIndex(32));
                Assert.InRange(reader.Remaining, 0, before);
                Assert.Equal(reader.Remaining == 0, reader.AtEnd);
            }
        }
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        WireWriter writer = new(0);
        writer.Byte(255).Number(int.MinValue).Party(new PartyId(9)).Bytes([1, 2, 3]);
        writer.Reserve(2).Fill(8);

        WireReader reader = new(writer.Written.Span);
        Assert.True(reader.TryByte(out byte b) & reader.TryNumber(out int number) & reader.TryParty(out PartyId party) & reader.TryBytes(5, out ReadOnlySpan<byte> bytes));

        Assert.Equal((255, int.MinValue, 9), (b, number, party.Value));
        Assert.Equal([1, 2, 3, 8, 8], bytes.ToArray());
        Assert.True(reader.AtEnd);
    }

    private static void Ask(ref WireReader reader, int question, int length)
    {
        _ = question switch
        {
            0 => reader.TryByte(out _),
            1 => reader.TryNumber(out _),
            2 => reader.TryParty(out _),
            3 => reader.TryBytes(length, out _),
            4 => reader.TryCount(1 + (length & 0xff), out _),
            _ => reader.TryParties(out _),
        };
    }

    private static byte[]? Reread(byte[] bytes) => EnvelopeCodec.TryDecode(bytes, out Envelope? read, out _) ? EnvelopeCodec.Encode(read!) : null;

    private static byte[]? RereadParties(byte[] bytes)
    {
        WireReader reader = new(bytes);
        return reader.TryParties(out ImmutableArray<PartyId> parties) && reader.AtEnd ? new WireWriter().Parties(parties).Written.ToArray() : null;
    }
}
