using System.Threading.Tasks;
using Tacit.Cryptography.Parallelism;

namespace Tacit.Simulation.Parallelism;

/// <summary>Spreads work over the processor's cores.</summary>
public sealed class ThreadPoolLoop : IParallelLoop
{
    private readonly ParallelOptions options;

    /// <summary>Uses at most so many threads.</summary>
    /// <param name="threads">0 for one on each core.</param>
    public ThreadPoolLoop(int threads = 0) => options = new ParallelOptions { MaxDegreeOfParallelism = threads == 0 ? -1 : threads };

    /// <inheritdoc/>
    public void For(int count, Action<int> body) => Parallel.For(0, count, options, body);
}
