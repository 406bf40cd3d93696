using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Tacit.Coordination.Hosting;

/// <summary>One pool for all of the server's pipes: blocks of 128 KiB for uploads, which cost half the processor time with them, as long as there are not many.</summary>
internal sealed class BlockPoolFactory : IMemoryPoolFactory<byte>, IDisposable
{
    private readonly BlockPool pool = new();

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => pool;

    public void Dispose() => pool.Dispose();
}

/// <summary>Pinned blocks that are used again. So many may be large at a time; when a thousand participants ask at once, the others get small ones.</summary>
/// <remarks>Memory is O(connections) · 4 KiB, not 128 KiB: a pipe does not say what a block is for, and a request is mostly a few hundred bytes.</remarks>
internal sealed class BlockPool : MemoryPool<byte>
{
    private const int LargeBytes = 128 * 1024, SmallBytes = 4 * 1024;
    private const int MostLarge = 96, SmallKept = 1024;

    private readonly ConcurrentBag<byte[]> large = [], small = [];
    private int largeInUse;
    private int smallSpare;

    public override int MaxBufferSize => LargeBytes;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, LargeBytes);
        if (Interlocked.Increment(ref largeInUse) <= MostLarge || minBufferSize > SmallBytes)
        {
            return new Block(this, large.TryTake(out byte[]? block) ? block : GC.AllocateUninitializedArray<byte>(LargeBytes, pinned: true));
        }

        Interlocked.Decrement(ref largeInUse);
        if (!small.TryTake(out byte[]? bytes)) return new Block(this, GC.AllocateUninitializedArray<byte>(SmallBytes, pinned: true));
        Interlocked.Decrement(ref smallSpare);
        return new Block(this, bytes);
    }

    protected override void Dispose(bool disposing)
    {
        large.Clear();
        small.Clear();
    }

    private void Return(byte[] block)
    {
        if (block.Length == LargeBytes)
        {
            if (Interlocked.Decrement(ref largeInUse) < MostLarge) large.Add(block);   // never more of them than may be in use
        }
        else if (Interlocked.Increment(ref smallSpare) <= SmallKept)
        {
            small.Add(block);
        }
        else
        {
            Interlocked.Decrement(ref smallSpare);
        }
    }

    private sealed class Block(BlockPool pool, byte[] bytes) : IMemoryOwner<byte>
    {
        private byte[]? held = bytes;

        public Memory<byte> Memory => held ?? throw new ObjectDisposedException(nameof(Block));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref held, null) is { } block) pool.Return(block);
        }
    }
}
