namespace Tacit.Cryptography.Randomness;

/// <summary>A source of uniform random bytes, handed in through constructors so that pure code has no ambient randomness.</summary>
/// <remarks>
/// Production uses <see cref="SystemRandomSource"/>; simulation and tests use <see cref="SeededRandomSource"/>, which nobody else can construct.
/// </remarks>
public interface IRandomSource
{
    /// <summary>Overwrites the buffer with independent uniform bytes.</summary>
    /// <param name="destination">Filled completely; owned and, if secret, cleared by the caller.</param>
    void Fill(Span<byte> destination);
}
