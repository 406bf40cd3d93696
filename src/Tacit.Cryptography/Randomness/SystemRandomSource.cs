using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Tacit.Cryptography.Randomness;

/// <summary>The operating system's generator: the only source of production keys, masks and noise.</summary>
/// <remarks>Instances are thread-safe.</remarks>
public sealed class SystemRandomSource : IRandomSource
{
    /// <summary>The one instance: it has no state of its own.</summary>
    public static SystemRandomSource Instance { get; } = new();

    /// <inheritdoc/>
    [SuppressMessage("ApiDesign", "RS0030", Justification = "The one place where ambient randomness enters.")]
    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
}
