using System.Buffers;
using System.Runtime.InteropServices;

namespace Tacit.Protocols.SecAgg;

/// <summary>A payload that is written when it is read: a step with a message for each of n participants holds none of their bytes.</summary>
/// <remarks>Each read writes it anew, so a reader takes the span once. What it is written from must not change.</remarks>
/// <param name="bytes">The exact size.</param>
/// <param name="write">Writes the whole payload.</param>
internal sealed class DeferredPayload(int bytes, Func<ReadOnlyMemory<byte>> write) : MemoryManager<byte>
{
    public static ReadOnlyMemory<byte> Of(int bytes, Func<ReadOnlyMemory<byte>> write) => new DeferredPayload(bytes, write).Memory;

    public override Memory<byte> Memory => CreateMemory(bytes);

    public override Span<byte> GetSpan() => Written().Span;

    public override MemoryHandle Pin(int elementIndex = 0) => Written()[elementIndex..].Pin();

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }

    private Memory<byte> Written()
    {
        Memory<byte> written = MemoryMarshal.AsMemory(write());
        return written.Length == bytes ? written : throw new InvalidOperationException($"The payload has {written.Length} bytes, not {bytes}.");
    }
}
