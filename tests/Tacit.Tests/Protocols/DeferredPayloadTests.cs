using Tacit.Protocols.SecAgg;
using Xunit;

namespace Tacit.Tests.Protocols;

public sealed class DeferredPayloadTests
{
    [Fact]
    public void Nothing_is_written_before_it_is_read_and_each_read_gives_the_same()
    {
        int writes = 0;
        ReadOnlyMemory<byte> payload = DeferredPayload.Of(3, () =>
        {
            writes++;
            return new byte[] { 1, 2, 3 };
        });

        Assert.Equal(3, payload.Length);
        Assert.Equal(0, writes);
        Assert.Equal([1, 2, 3], payload.ToArray());
        Assert.Equal([2, 3], payload[1..].Span.ToArray());
        Assert.Equal(2, writes);
        using System.Buffers.MemoryHandle pinned = payload.Pin();
    }

    [Fact]
    public void A_payload_of_another_length_than_announced_is_a_fault_of_the_writer() =>
        Assert.Throws<InvalidOperationException>(() => DeferredPayload.Of(3, () => new byte[4]).ToArray());
}
