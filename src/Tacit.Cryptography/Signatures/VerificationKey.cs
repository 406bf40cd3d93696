using System.Security.Cryptography;
using System.Threading;
using Tacit.Cryptography.KeyAgreement;

namespace Tacit.Cryptography.Signatures;

/// <summary>The public half of an identity. Thread-safe.</summary>
/// <remarks>
/// The platform takes twice as long to import a key as to check a signature with it, so the imported key is kept: from the first check, or
/// from <see cref="Import"/>, until <see cref="Dispose"/>. It takes 4.5 kB outside the managed heap. Whoever pins a key keeps one
/// instance of it over rounds and disposes it when the identity is struck off.
/// </remarks>
/// <param name="point">A validated point.</param>
public sealed class VerificationKey(P256Point point) : IEquatable<VerificationKey>, IDisposable
{
    /// <summary>Bytes of a signature: r ‖ s.</summary>
    public const int SignatureBytes = 64;

    private readonly Lock gate = new();
    private ECDsa? imported;

    /// <summary>The public point.</summary>
    public P256Point Point { get; } = point;

    /// <summary>Imports the key now, such as at enrolment, so that the first round need not.</summary>
    public void Import()
    {
        lock (gate) Imported();
    }

    /// <summary>Checks a signature that may come from a hostile peer.</summary>
    /// <param name="message">Hashed with SHA-256.</param>
    /// <param name="signature">Accepted only as 64 bytes r ‖ s, r and s in [1, order − 1].</param>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureBytes) return false;
        lock (gate) return Imported().VerifyData(message, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <inheritdoc/>
    public bool Equals(VerificationKey? other) => other is not null && Point.Equals(other.Point);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as VerificationKey);

    /// <inheritdoc/>
    public override int GetHashCode() => Point.GetHashCode();

    /// <summary>Frees the imported key. The instance stays valid: another check imports it again.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            imported?.Dispose();
            imported = null;
        }
    }

    private ECDsa Imported() => imported ??= ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = Point.ToEcPoint() });
}
