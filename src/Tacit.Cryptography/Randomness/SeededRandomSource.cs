using Tacit.Cryptography.Hashing;

namespace Tacit.Cryptography.Randomness;

/// <summary>A reproducible stream for simulation and tests. <b>Not private</b>: whoever knows the seed knows every key.</summary>
/// <remarks>The constructor is internal and visible only to the simulation and the tests, so that no production path can seed a key by accident.</remarks>
public sealed class SeededRandomSource : IRandomSource
{
    private readonly PublicCoins coins;

    internal SeededRandomSource(ulong seed, string label = "")
    {
        using TranscriptHash hash = new("tacit/simulation-seed");
        coins = new PublicCoins(hash.Append("seed", unchecked((long)seed)).Append("label", label).Digest());
    }

    /// <inheritdoc/>
    public void Fill(Span<byte> destination) => coins.Fill(destination);
}
