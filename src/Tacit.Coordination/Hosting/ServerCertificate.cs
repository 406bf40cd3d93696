using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tacit.Coordination.Hosting;

/// <summary>A certificate that nobody has signed but its own key: participants pin its hash, which they get together with the secret to join with.</summary>
public static class ServerCertificate
{
    /// <summary>Makes a certificate for this process: P-256, good for so many days, never written to disk.</summary>
    /// <param name="host">The name or address in it.</param>
    /// <param name="now">The time.</param>
    /// <param name="days">From 1.</param>
    public static X509Certificate2 Create(string host, DateTimeOffset now, int days = 30)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={host}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        using X509Certificate2 made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(days));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), password: null);
    }

    /// <summary>SHA-256 of a certificate, 64 hexadecimal digits.</summary>
    /// <param name="certificate">Any certificate.</param>
    public static string HashOf(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return Convert.ToHexStringLower(SHA256.HashData(certificate.RawDataMemory.Span));
    }
}
