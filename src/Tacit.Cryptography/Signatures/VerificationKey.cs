using System.Security.Cryptography;
using Tacit.Cryptography.KeyAgreement;

namespace Tacit.Cryptography.Signatures;

/// <summary>The public half of an identity. Immutable; not thread-safe while verifying.</summary>
/// <param name="point">A validated point.</param>
public sealed class VerificationKey(P256Point point) : IEquatable<VerificationKey>
{
    /// <summary>Bytes of a signature: r ‖ s.</summary>
    public const int SignatureBytes = 64;

    private ECDsa? key;

    /// <summary>The public point.</summary>
    public P256Point Point { get; } = point;

    /// <summary>Checks a signature that may come from a hostile peer.</summary>
    /// <param name="message">Hashed with SHA-256.</param>
    /// <param name="signature">Accepted only as 64 bytes r ‖ s, r and s in [1, order − 1].</param>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureBytes) return false;
        key ??= ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = Point.ToEcPoint() });
        return key.VerifyData(message, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <inheritdoc/>
    public bool Equals(VerificationKey? other) => other is not null && Point.Equals(other.Point);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as VerificationKey);

    /// <inheritdoc/>
    public override int GetHashCode() => Point.GetHashCode();
}
