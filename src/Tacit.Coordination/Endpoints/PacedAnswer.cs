using System.IO;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http;

namespace Tacit.Coordination.Endpoints;

/// <summary>Writes an answer in slices, each when the one before has been taken: a slow reader holds a slice, not the answer.</summary>
internal sealed class PacedAnswer(HttpContext context, CoordinatorOptions options, TimeProvider clock) : IDisposable
{
    private const int SliceBytes = 32 * 1024;

    private readonly CancellationTokenSource idle = new(Timeout.InfiniteTimeSpan, clock);

    /// <summary>Writes bytes; a reader that does not take a slice in time is cut off.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > SliceBytes && !MemoryMarshal.TryGetArray(bytes, out _)) bytes = bytes.ToArray();   // a payload that is written when it is read, once
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, context.RequestAborted);
        idle.CancelAfter(options.IdleTimeout);
        Stream body = context.Response.Body;
        for (int at = 0; at < bytes.Length; at += SliceBytes)
        {
            try
            {
                await body.WriteAsync(bytes.Slice(at, Math.Min(SliceBytes, bytes.Length - at)), either.Token);
                idle.CancelAfter(options.IdleTimeout);
            }
            catch (OperationCanceledException)
            {
                context.Abort();
                throw;
            }
        }

        idle.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => idle.Dispose();
}
