namespace Tacit.Cryptography.Parallelism;

/// <summary>How independent pieces of work are spread: pure code may not start threads, so the edges hand in a loop that does.</summary>
public interface IParallelLoop
{
    /// <summary>Runs the body once for each index in [0, <paramref name="count"/>), in any order, and returns when all are done.</summary>
    /// <param name="count">Not negative.</param>
    /// <param name="body">Must be safe to run for different indices at the same time.</param>
    void For(int count, Action<int> body);
}

/// <summary>Runs on the calling thread, in order.</summary>
public sealed class SequentialLoop : IParallelLoop
{
    /// <summary>The one instance: it has no state.</summary>
    public static SequentialLoop Instance { get; } = new();

    /// <inheritdoc/>
    public void For(int count, Action<int> body)
    {
        for (int i = 0; i < count; i++) body(i);
    }
}
