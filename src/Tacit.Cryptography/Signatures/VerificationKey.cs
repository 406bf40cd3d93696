using System.Security.Cryptography;
using System.Threading;
using Tacit.Cryptography.Groups;
using Tacit.Cryptography.KeyAgreement;

namespace Tacit.Cryptography.Signatures;

/// <summary>The public half of an identity. Thread-safe.</summary>
/// <remarks>
/// The platform takes twice as long to import a key as to check a signature with it, so the imported key is kept, 4.5 kB outside the managed
/// heap, and so is what <see cref="SignatureBatch"/> computes of a key, 3.5 kB: from the first check until <see cref="Dispose"/>. Whoever
/// pins a key keeps one instance of it over rounds and disposes it when the identity is struck off.
/// </remarks>
/// <param name="point">A validated point.</param>
public sealed class VerificationKey(P256Point point) : IEquatable<VerificationKey>, IDisposable
{
    /// <summary>Bytes of a signature: r ‖ s.</summary>
    public const int SignatureBytes = 64;

    private readonly Lock gate = new();
    private ECDsa? imported;
    private volatile P256Comb? comb;

    /// <summary>The public point.</summary>
    public P256Point Point { get; } = point;

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

    /// <summary>Frees what was kept of the key. The instance stays valid: another check computes it again.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            imported?.Dispose();
            imported = null;
            comb = null;
        }
    }

    // What multiplies by this point quickly, once something has computed it.
    internal P256Comb? Comb
    {
        get => comb;
        set => comb = value;
    }

    internal void Import()
    {
        lock (gate) Imported();
    }

    private ECDsa Imported() => imported ??= ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = Point.ToEcPoint() });
}
