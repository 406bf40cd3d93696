using System.Threading;
using Tacit.Cryptography.Parallelism;

namespace Tacit.Benchmarks.Harness;

/// <summary>A loop over the calling thread and one more, which takes the next index whenever it is free.</summary>
internal sealed class TwoThreads : IParallelLoop, IDisposable
{
    private readonly SemaphoreSlim work = new(0);
    private readonly SemaphoreSlim done = new(0);
    private readonly Thread helper;
    private Action<int>? body;
    private int next;
    private int end;

    public TwoThreads()
    {
        helper = new Thread(Help) { IsBackground = true };
        helper.Start();
    }

    public void For(int count, Action<int> body)
    {
        (this.body, next, end) = (body, -1, count);
        work.Release();
        Drain(body);
        done.Wait();
    }

    public void Dispose()
    {
        body = null;
        work.Release();
        helper.Join();
        work.Dispose();
        done.Dispose();
    }

    private void Help()
    {
        for (work.Wait(); body is { } current; work.Wait())
        {
            Drain(current);
            done.Release();
        }
    }

    private void Drain(Action<int> current)
    {
        for (int i = Interlocked.Increment(ref next); i < end; i = Interlocked.Increment(ref next)) current(i);
    }
}
