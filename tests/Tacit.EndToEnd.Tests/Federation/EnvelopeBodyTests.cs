using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Participation.Connections;
using Xunit;

namespace Tacit.EndToEnd.Tests.Federation;

public sealed class EnvelopeBodyTests
{
    [Theory]
    [InlineData]
    [InlineData(0)]
    [InlineData(0, 1, 2, 3)]
    [InlineData(65_536, 65_536, 65_536, 65_536, 65_536)]
    [InlineData(262_144)]
    [InlineData(262_000, 500, 900_000, 0, 1)]
    public async Task What_is_sent_is_what_was_given_whatever_pieces_it_goes_out_in(params int[] sizes)
    {
        ImmutableArray<Envelope> given = [.. sizes.Select((size, i) => new Envelope(new RoundId(Bytes(RoundId.Bytes, i)), Phase.MaskedInput, new PartyId(i + 1), PartyId.Coordinator, Bytes(size, i)))];
        int told = 0;

        using EnvelopeBody body = new(given) { Sent = () => told++ };
        byte[] sent = await body.ReadAsByteArrayAsync();

        Assert.Equal(body.Headers.ContentLength, sent.Length);
        Assert.Equal(sizes.Length, told);
        Assert.Equal(given.Select(Text), EnvelopeBody.Read(sent).Select(Text));
    }

    private static string Text(Envelope envelope) => $"{envelope.Round} {envelope.Phase} {envelope.From} {envelope.To} {Convert.ToHexString(envelope.Payload.Span)}";

    private static byte[] Bytes(int count, int seed)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) bytes[i] = unchecked((byte)((i * 31) + (i >> 8) + seed));
        return bytes;
    }
}
