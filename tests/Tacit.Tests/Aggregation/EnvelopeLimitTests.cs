using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Xunit;

namespace Tacit.Tests.Aggregation;

public sealed class EnvelopeLimitTests
{
    [Fact]
    public void No_bytes_at_all_are_a_missing_message_hostile_036()
    {
        Assert.False(EnvelopeCodec.TryDecode([], out _, out FailureCode failure));

        Assert.Equal(FailureCodes.MissingField, failure);
    }

    [Fact]
    public void A_message_above_the_limit_is_refused_before_it_is_read_hostile_038()
    {
        Assert.False(EnvelopeCodec.TryDecode(new byte[EnvelopeCodec.LimitBytes + 1], out _, out FailureCode failure));

        Assert.Equal(FailureCodes.MessageTooLarge, failure);
    }

    [Fact]
    public void Every_chunk_that_terms_allow_fits_under_the_limit() => Assert.True((1 << 24) + EnvelopeCodec.HeaderBytes + 5 < EnvelopeCodec.LimitBytes);

    [Fact]
    public void An_unknown_version_is_named_hostile_031()
    {
        byte[] bytes = EnvelopeCodec.Encode(new Envelope(new RoundId(new byte[RoundId.Bytes]), Phase.AdvertiseKeys, new PartyId(1), PartyId.Coordinator, new byte[3]));
        bytes[0] = 99;

        Assert.False(EnvelopeCodec.TryDecode(bytes, out _, out FailureCode failure));
        Assert.Equal(FailureCodes.UnsupportedVersion, failure);
    }
}
