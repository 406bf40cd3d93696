using System.Diagnostics;
using System.Security.Cryptography;
using Tacit.Cryptography.Groups;
using Tacit.Cryptography.Randomness;

namespace Tacit.Cryptography.KeyAgreement;

/// <summary>An ephemeral P-256 key pair for Diffie–Hellman (NIST SP 800-56A, ECC CDH).</summary>
/// <remarks>Holds a secret: zeroed when disposed, never printed. The scalar multiplication is the platform's, in constant time.</remarks>
[DebuggerDisplay("<redacted>")]
public sealed class AgreementKey : IDisposable
{
    /// <summary>Bytes of the private scalar.</summary>
    public const int ScalarBytes = 32;

    /// <summary>Bytes of the shared secret: the x coordinate.</summary>
    public const int SharedSecretBytes = 32;

    private static readonly byte[] order = Convert.FromHexString("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

    private readonly ECDiffieHellman key;

    private AgreementKey(ECDiffieHellman key)
    {
        this.key = key;
        PublicPoint = P256Point.From(key.ExportParameters(includePrivateParameters: false).Q);
    }

    /// <summary>The public point, to be sent.</summary>
    public P256Point PublicPoint { get; }

    /// <summary>Draws a key pair.</summary>
    /// <param name="random">Where the scalar comes from: uniform in [1, order − 1] by rejection.</param>
    public static AgreementKey Create(IRandomSource random)
    {
        byte[] scalar = GC.AllocateArray<byte>(ScalarBytes, pinned: true);
        try
        {
            AgreementKey? created;
            do random.Fill(scalar);
            while (!TryFromScalar(scalar, out created));
            return created!;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
        }
    }

    /// <summary>Rebuilds a key pair from a private scalar, such as one put together from shares.</summary>
    /// <param name="scalar">32 bytes, big-endian; copied.</param>
    /// <param name="key">The pair, or null.</param>
    /// <returns>False unless the scalar is in [1, order − 1].</returns>
    public static bool TryFromScalar(ReadOnlySpan<byte> scalar, out AgreementKey? key)
    {
        key = null;
        if (scalar.Length != ScalarBytes || scalar.SequenceCompareTo(order) >= 0 || scalar.IndexOfAnyExcept((byte)0) < 0) return false;

        byte[] d = GC.AllocateArray<byte>(ScalarBytes, pinned: true);
        scalar.CopyTo(d);
        try
        {
            key = new AgreementKey(ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = d }));
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(d);
        }
    }

    /// <summary>Computes the shared secret with a peer's point: the raw x coordinate, to be fed to <see cref="KeyDerivation"/>.</summary>
    /// <param name="peer">A validated point.</param>
    /// <param name="secret">32 bytes, overwritten; cleared by the caller.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public void Agree(P256Point peer, Span<byte> secret)
    {
        if (secret.Length != SharedSecretBytes) throw new ArgumentException($"The shared secret has {SharedSecretBytes} bytes.", nameof(secret));
        using ECDiffieHellman other = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = peer.ToEcPoint() });
        using ECDiffieHellmanPublicKey publicKey = other.PublicKey;
        byte[] raw = key.DeriveRawSecretAgreement(publicKey);
        raw.CopyTo(secret);
        CryptographicOperations.ZeroMemory(raw);
    }

    /// <summary>Computes the shared secrets with many peers: eight at a time side by side where the processor can, which is five times as fast.</summary>
    /// <param name="peers">Validated points.</param>
    /// <param name="secrets">32 bytes for each peer, in their order, overwritten; cleared by the caller.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public void AgreeWithAll(IReadOnlyList<P256Point> peers, Span<byte> secrets)
    {
        if (secrets.Length != peers.Count * SharedSecretBytes) throw new ArgumentException($"{peers.Count} shared secrets take {peers.Count * SharedSecretBytes} bytes.", nameof(secrets));
        int batched = P256Lanes.IsSupported ? peers.Count : 0;
        if (batched > 0) AgreeInBatches(peers, secrets);
        for (int i = batched; i < peers.Count; i++) Agree(peers[i], secrets.Slice(i * SharedSecretBytes, SharedSecretBytes));
    }

    /// <summary>Copies the private scalar, to be split into shares.</summary>
    /// <param name="scalar">32 bytes, overwritten, big-endian; cleared by the caller.</param>
    public void ExportScalar(Span<byte> scalar)
    {
        ECParameters parameters = key.ExportParameters(includePrivateParameters: true);
        parameters.D!.CopyTo(scalar);
        CryptographicOperations.ZeroMemory(parameters.D);
    }

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();

    /// <inheritdoc/>
    public override string ToString() => "<redacted>";

    // The last batch is filled up with its last peer.
    private void AgreeInBatches(IReadOnlyList<P256Point> peers, Span<byte> secrets)
    {
        byte[] scalar = GC.AllocateArray<byte>(ScalarBytes, pinned: true);
        byte[] results = GC.AllocateArray<byte>(P256Batch.Size * SharedSecretBytes, pinned: true);
        var points = new ReadOnlyMemory<byte>[P256Batch.Size];
        try
        {
            ExportScalar(scalar);
            for (int at = 0; at < peers.Count; at += P256Batch.Size)
            {
                int count = Math.Min(P256Batch.Size, peers.Count - at);
                for (int lane = 0; lane < P256Batch.Size; lane++) points[lane] = peers[at + Math.Min(lane, count - 1)].EncodedMemory;
                P256Batch.Multiply(scalar, points, results);
                results.AsSpan(0, count * SharedSecretBytes).CopyTo(secrets[(at * SharedSecretBytes)..]);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
            CryptographicOperations.ZeroMemory(results);
        }
    }
}
