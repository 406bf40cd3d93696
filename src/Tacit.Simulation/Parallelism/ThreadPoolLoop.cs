using System.Threading;
using System.Threading.Tasks;
using Tacit.Cryptography.Parallelism;

namespace Tacit.Simulation.Parallelism;

/// <summary>Spreads work over the processor's cores.</summary>
public sealed class ThreadPoolLoop : IParallelLoop
{
    private readonly int threads;

    /// <summary>Uses at most so many threads.</summary>
    /// <param name="threads">0 for one on each core.</param>
    public ThreadPoolLoop(int threads = 0) => this.threads = threads == 0 ? Environment.ProcessorCount : threads;

    /// <inheritdoc/>
    /// <remarks>Each thread takes the next index when it is free: with a few long bodies, ranges of them would leave threads idle at the end.</remarks>
    public void For(int count, Action<int> body)
    {
        int next = -1, workers = Math.Min(threads, count);
        Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, workers) }, _ =>
        {
            for (int i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next)) body(i);
        });
    }
}
