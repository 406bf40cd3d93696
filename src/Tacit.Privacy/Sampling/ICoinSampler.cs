namespace Tacit.Privacy.Sampling;

/// <summary>The algorithm behind a sampler, on coins that are already there.</summary>
internal interface ICoinSampler
{
    /// <summary>Overwrites the destination with independent draws.</summary>
    void Fill(CoinStream coins, Span<int> destination);
}
