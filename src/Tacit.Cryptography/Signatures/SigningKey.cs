using System.Diagnostics;
using System.Security.Cryptography;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Randomness;

namespace Tacit.Cryptography.Signatures;

/// <summary>A long-term identity: ECDSA over P-256 with SHA-256 (FIPS 186-5), signatures as r ‖ s (IEEE P1363).</summary>
/// <remarks>Holds a secret: never printed. Nonces are the platform's, so two signatures of one message differ.</remarks>
[DebuggerDisplay("<redacted>")]
public sealed class SigningKey : IDisposable
{
    private readonly ECDsa key;

    private SigningKey(ECDsa key)
    {
        this.key = key;
        VerificationKey = new VerificationKey(P256Point.From(key.ExportParameters(includePrivateParameters: false).Q));
    }

    /// <summary>The public half.</summary>
    public VerificationKey VerificationKey { get; }

    /// <summary>Bytes of the secret scalar.</summary>
    public const int ScalarBytes = AgreementKey.ScalarBytes;

    /// <summary>Reads an identity that <see cref="ExportScalar"/> wrote.</summary>
    /// <param name="scalar">32 bytes, big-endian; copied.</param>
    /// <param name="key">The identity, or null.</param>
    /// <returns>False unless the scalar is in [1, order − 1].</returns>
    public static bool TryFromScalar(ReadOnlySpan<byte> scalar, out SigningKey? key)
    {
        key = null;
        if (!AgreementKey.TryFromScalar(scalar, out AgreementKey? valid)) return false;
        valid!.Dispose();
        key = From(scalar);
        return true;
    }

    /// <summary>Writes the secret scalar, for a key file that only its owner can read.</summary>
    /// <param name="destination">32 bytes; clear them after use.</param>
    public void ExportScalar(Span<byte> destination)
    {
        ECParameters parameters = key.ExportParameters(includePrivateParameters: true);
        try
        {
            parameters.D.CopyTo(destination);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(parameters.D);
        }
    }

    /// <summary>Draws an identity.</summary>
    /// <param name="random">Where the scalar comes from.</param>
    public static SigningKey Create(IRandomSource random)
    {
        using AgreementKey scalar = AgreementKey.Create(random);   // the same uniform draw from [1, order − 1]
        Span<byte> d = stackalloc byte[ScalarBytes];
        try
        {
            scalar.ExportScalar(d);
            return From(d);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(d);
        }
    }

    /// <summary>Signs a message.</summary>
    /// <param name="message">Hashed with SHA-256.</param>
    /// <returns>64 bytes, r ‖ s.</returns>
    public byte[] Sign(ReadOnlySpan<byte> message) =>
        key.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    private static SigningKey From(ReadOnlySpan<byte> scalar)
    {
        byte[] d = GC.AllocateArray<byte>(ScalarBytes, pinned: true);
        try
        {
            scalar.CopyTo(d);
            return new SigningKey(ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = d }));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(d);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        key.Dispose();
        VerificationKey.Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() => "<redacted>";
}
