using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http;

namespace Tacit.Coordination.Endpoints;

/// <summary>Writes an answer in slices, each when the one before has been taken: a slow reader holds a slice, not the answer. What is short goes out in one piece.</summary>
internal sealed class PacedAnswer : IDisposable
{
    private const int SliceBytes = 48 * 1024;

    private readonly HttpContext context;
    private readonly CoordinatorOptions options;
    private readonly CancellationTokenSource idle;
    private readonly CancellationTokenSource either;
    private readonly int size;
    private byte[] slice;
    private int filled;

    /// <summary>Announces an answer of a length in bytes.</summary>
    public PacedAnswer(HttpContext context, CoordinatorOptions options, TimeProvider clock, long length)
    {
        (this.context, this.options) = (context, options);
        context.Response.ContentLength = length;
        idle = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, context.RequestAborted);
        size = (int)Math.Min(length, SliceBytes);
        slice = ArrayPool<byte>.Shared.Rent(size);
    }

    /// <summary>Writes bytes; a reader that does not take a slice in time is cut off.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > size - filled && !MemoryMarshal.TryGetArray(bytes, out _)) bytes = bytes.ToArray();   // a payload that is written when it is read, once
        while (!bytes.IsEmpty)
        {
            int part = Math.Min(size - filled, bytes.Length);
            if (part == SliceBytes)
            {
                await SendAsync(bytes[..part]);   // no copy of what is long
            }
            else
            {
                bytes[..part].CopyTo(slice.AsMemory(filled));
                filled += part;
                if (filled == size) await FlushAsync();
            }

            bytes = bytes[part..];
        }
    }

    /// <summary>Sends what is left.</summary>
    public async ValueTask FlushAsync()
    {
        if (filled > 0) await SendAsync(slice.AsMemory(0, filled));
        filled = 0;
    }

    public void Dispose()
    {
        either.Dispose();
        idle.Dispose();
        ArrayPool<byte>.Shared.Return(slice);   // the server has its own copy of what was sent
        slice = [];
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        idle.CancelAfter(options.IdleTimeout);
        try
        {
            await context.Response.Body.WriteAsync(bytes, either.Token);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
            throw;
        }

        idle.CancelAfter(Timeout.InfiniteTimeSpan);
    }
}
