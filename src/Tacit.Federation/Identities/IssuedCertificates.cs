using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tacit.Federation.Identities;

/// <summary>Checks certificates that a pinned authority has signed itself: one step, one kind of key, nothing of the machine's own trust.</summary>
public static class IssuedCertificates
{
    /// <summary>The use of a server's certificate.</summary>
    public const string ServerUse = "1.3.6.1.5.5.7.3.1";

    /// <summary>The use of a participant's certificate.</summary>
    public const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private const string EcdsaWithSha256 = "1.2.840.10045.4.3.2";

    /// <summary>SHA-256 of a certificate, 64 hexadecimal digits.</summary>
    /// <param name="certificate">Any certificate.</param>
    public static string HashOf(X509Certificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return Convert.ToHexStringLower(SHA256.HashData(certificate.GetRawCertData()));
    }

    /// <summary>Whether an authority has signed a certificate, for this use and this time.</summary>
    /// <param name="certificate">From the other side: hostile.</param>
    /// <param name="authority">Pinned.</param>
    /// <param name="use">One of the uses above; the certificate must name it.</param>
    /// <param name="now">The time.</param>
    public static bool IsGood(X509Certificate2 certificate, X509Certificate2 authority, string use, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(authority);
        if (now < new DateTimeOffset(certificate.NotBefore) || now > new DateTimeOffset(certificate.NotAfter)) return false;
        if (now > new DateTimeOffset(authority.NotAfter) || !certificate.IssuerName.RawData.AsSpan().SequenceEqual(authority.SubjectName.RawData)) return false;
        X509EnhancedKeyUsageExtension[] uses = [.. certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>()];
        X509BasicConstraintsExtension[] limits = [.. certificate.Extensions.OfType<X509BasicConstraintsExtension>()];
        if (uses is not [var named] || !named.EnhancedKeyUsages.Cast<Oid>().Any(oid => oid.Value == use) || limits.Any(limit => limit.CertificateAuthority)) return false;
        return IsSigned(certificate.RawDataMemory, authority);
    }

    /// <summary>Whether what a server shows is pinned: the certificate itself, or an authority that it brings along and that has signed it.</summary>
    /// <param name="certificate">The server's.</param>
    /// <param name="brought">What the server sent besides.</param>
    /// <param name="pins">SHA-256 of certificates, 64 hexadecimal digits each.</param>
    /// <param name="now">The time.</param>
    public static bool IsPinned(X509Certificate2? certificate, X509Certificate2Collection brought, IReadOnlyCollection<string> pins, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(brought);
        if (certificate is null) return false;
        if (pins.Contains(HashOf(certificate))) return true;
        return brought.Any(authority => pins.Contains(HashOf(authority)) && IsGood(certificate, authority, ServerUse, now));
    }

    // Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature } (RFC 5280, section 4.1)
    private static bool IsSigned(ReadOnlyMemory<byte> encoded, X509Certificate2 authority)
    {
        try
        {
            AsnReader whole = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence();
            ReadOnlyMemory<byte> content = whole.ReadEncodedValue();
            if (whole.ReadSequence().ReadObjectIdentifier() != EcdsaWithSha256) return false;
            byte[] signature = whole.ReadBitString(out int unused);
            using ECDsa? key = authority.GetECDsaPublicKey();
            return unused == 0 && key is not null && key.VerifyData(content.Span, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (Exception problem) when (problem is AsnContentException or CryptographicException)
        {
            return false;
        }
    }
}
