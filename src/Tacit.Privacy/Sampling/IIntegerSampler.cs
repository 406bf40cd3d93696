using Tacit.Cryptography.Randomness;

namespace Tacit.Privacy.Sampling;

/// <summary>A distribution on the integers that is sampled exactly: coins and integers, no floating point.</summary>
/// <remarks>Instances are immutable and thread-safe; the randomness belongs to the caller.</remarks>
public interface IIntegerSampler
{
    /// <summary>Overwrites a buffer with independent draws.</summary>
    /// <param name="random">Where the coins come from; a production source for anything that has to stay secret.</param>
    /// <param name="destination">Filled completely; the noise is secret, cleared by the caller.</param>
    void Fill(IRandomSource random, Span<int> destination);
}
