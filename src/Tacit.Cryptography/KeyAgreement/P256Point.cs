using System.Numerics;
using System.Security.Cryptography;

namespace Tacit.Cryptography.KeyAgreement;

/// <summary>A validated public point of P-256 as 65 raw bytes: 0x04 ‖ x ‖ y (SEC 1, Section 2.3.3, uncompressed).</summary>
/// <remarks>
/// An instance exists only for points on the curve with canonical coordinates; the cofactor is 1, so each is in the prime-order group.
/// Immutable and thread-safe.
/// </remarks>
public sealed class P256Point : IEquatable<P256Point>
{
    /// <summary>Bytes of the encoding.</summary>
    public const int EncodedBytes = 65;

    private const int CoordinateBytes = 32;

    private static readonly BigInteger p = Parse("00ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
    private static readonly BigInteger b = Parse("005ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b");

    // SubjectPublicKeyInfo of an uncompressed P-256 key: SEQUENCE { SEQUENCE { ecPublicKey, prime256v1 }, BIT STRING }, DER (RFC 5480).
    private static readonly byte[] subjectPublicKeyInfoPrefix = Convert.FromHexString("3059301306072a8648ce3d020106082a8648ce3d030107034200");

    private readonly byte[] encoded;

    private P256Point(byte[] encoded) => this.encoded = encoded;

    /// <summary>The 65 bytes.</summary>
    public ReadOnlySpan<byte> Encoded => encoded;

    /// <summary>Reads a point that may come from a hostile peer.</summary>
    /// <param name="encoded">Accepted only as 65 bytes 0x04 ‖ x ‖ y, x and y below p, y² = x³ − 3x + b. Never infinity, compressed or hybrid.</param>
    /// <param name="point">The point, or null.</param>
    public static bool TryRead(ReadOnlySpan<byte> encoded, out P256Point? point)
    {
        point = null;
        if (encoded.Length != EncodedBytes || encoded[0] != 4) return false;

        BigInteger x = new(encoded.Slice(1, CoordinateBytes), isUnsigned: true, isBigEndian: true);
        BigInteger y = new(encoded.Slice(1 + CoordinateBytes, CoordinateBytes), isUnsigned: true, isBigEndian: true);
        if (x >= p || y >= p || !((y * y - (x * x - 3) * x - b) % p).IsZero) return false;

        point = new P256Point(encoded.ToArray());
        return true;
    }

    /// <summary>Reads a point out of a DER SubjectPublicKeyInfo, the form of PEM files; only the one canonical encoding is accepted.</summary>
    /// <param name="der">91 bytes.</param>
    /// <param name="point">The point, or null.</param>
    public static bool TryReadSubjectPublicKeyInfo(ReadOnlySpan<byte> der, out P256Point? point)
    {
        point = null;
        return der.StartsWith(subjectPublicKeyInfoPrefix) && TryRead(der[subjectPublicKeyInfoPrefix.Length..], out point);
    }

    /// <inheritdoc/>
    public bool Equals(P256Point? other) => other is not null && encoded.AsSpan().SequenceEqual(other.encoded);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as P256Point);

    /// <inheritdoc/>
    public override int GetHashCode() => BitConverter.ToInt32(encoded, CoordinateBytes);

    /// <summary>The first bytes in hexadecimal: public keys may be printed.</summary>
    public override string ToString() => $"P-256 {Convert.ToHexStringLower(encoded.AsSpan(1, 6))}…";

    internal ReadOnlyMemory<byte> EncodedMemory => encoded;

    internal static P256Point From(ECPoint q)
    {
        byte[] encoded = new byte[EncodedBytes];
        encoded[0] = 4;
        q.X!.CopyTo(encoded, 1);
        q.Y!.CopyTo(encoded, 1 + CoordinateBytes);
        return new P256Point(encoded);
    }

    internal ECPoint ToEcPoint() => new() { X = encoded[1..(1 + CoordinateBytes)], Y = encoded[(1 + CoordinateBytes)..] };

    private static BigInteger Parse(string hex) => BigInteger.Parse(hex, System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
}
