namespace Tacit.Cryptography.Randomness;

/// <summary>Expands a public seed that several parties agreed on to coins that all of them can recompute. <b>Never for secrets.</b></summary>
public sealed class PublicCoins : IRandomSource
{
    private readonly Keystream stream;
    private readonly byte[] buffer = new byte[512];
    private ulong position;
    private int used = 512;

    /// <summary>Starts the stream: AES-256-CTR under the seed.</summary>
    /// <param name="seed">32 bytes, such as a transcript digest.</param>
    /// <exception cref="ArgumentException">The seed has another length.</exception>
    public PublicCoins(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != 32) throw new ArgumentException("A seed has 32 bytes.", nameof(seed));
        stream = Keystream.FromKey(seed);
    }

    /// <inheritdoc/>
    public void Fill(Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            if (used == buffer.Length) Refill();
            int count = Math.Min(destination.Length, buffer.Length - used);
            buffer.AsSpan(used, count).CopyTo(destination);
            destination = destination[count..];
            used += count;
        }
    }

    private void Refill()
    {
        stream.Generate(position, buffer);
        position += (ulong)buffer.Length;
        used = 0;
    }
}
