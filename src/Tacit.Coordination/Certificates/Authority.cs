using System.IO;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Signatures;
using Tacit.Federation.Identities;
using Tacit.Storage.Files;

namespace Tacit.Coordination.Certificates;

/// <summary>The coordinator's own authority: P-256, signs the coordinator's certificates and those of its participants, and nothing else. Thread-safe.</summary>
/// <remarks>
/// Its certificate names an issuer that nobody keeps. Servers leave certificates out of the handshake that are their own issuer; participants could not compare
/// such a one with the hash they pin.
/// </remarks>
internal sealed class Authority : IDisposable
{
    private const int Years = 10, SerialBytes = 16;
    private const string KeyFile = "authority.key", CertificateFile = "authority.pem";

    private readonly ECDsa key;

    private Authority(ECDsa key, X509Certificate2 certificate) => (this.key, Certificate, Pin) = (key, certificate, IssuedCertificates.HashOf(certificate));

    public X509Certificate2 Certificate { get; }

    /// <summary>SHA-256 of the certificate: what invitations carry.</summary>
    public string Pin { get; }

    /// <summary>Reads the authority from a folder, or makes it; without a folder it lives as long as the process.</summary>
    /// <exception cref="FailureException">KEY_FILE_PERMISSIONS, MALFORMED_FILE or FILE_ACCESS.</exception>
    public static Authority Open(string? folder, DateTimeOffset now)
    {
        if (folder is null)
        {
            using SigningKey passing = SigningKey.Create(SystemRandomSource.Instance);
            return Make(passing, now);
        }

        PrivateFolder.Create(folder);
        using SigningKey kept = PrivateFolder.OpenKey(Path.Combine(folder, KeyFile));
        string path = Path.Combine(folder, CertificateFile);
        if (!File.Exists(path))
        {
            Authority made = Make(kept, now);
            PrivateFolder.Write(path, System.Text.Encoding.ASCII.GetBytes(made.Certificate.ExportCertificatePem()));
            return made;
        }

        try
        {
            var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(path));
            if (!certificate.GetPublicKey().AsSpan().SequenceEqual(kept.VerificationKey.Point.Encoded)) throw new FailureException(FailureCodes.MalformedFile, $"{CertificateFile} is not the certificate of {KeyFile}; restore a backup of both");
            return new Authority(KeyOf(kept), certificate);
        }
        catch (CryptographicException problem)
        {
            throw new FailureException(FailureCodes.MalformedFile, $"{CertificateFile} is not a certificate; restore a backup", problem);
        }
    }

    /// <summary>A certificate of the coordinator with a new key.</summary>
    public X509Certificate2 IssueServer(IEnumerable<string> hosts, DateTimeOffset now, TimeSpan lifetime)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        SubjectAlternativeNameBuilder names = new();
        foreach (string host in hosts)
        {
            if (IPAddress.TryParse(host, out IPAddress? address)) names.AddIpAddress(address);
            else names.AddDnsName(host);
        }

        using X509Certificate2 issued = Issue("CN=Tacit coordinator", new PublicKey(own), IssuedCertificates.ServerUse, now, lifetime, names.Build());
        using X509Certificate2 together = issued.CopyWithPrivateKey(own);
        return X509CertificateLoader.LoadPkcs12(together.Export(X509ContentType.Pkcs12), password: null);
    }

    /// <summary>A participant's certificate for a key that it has shown to hold.</summary>
    public X509Certificate2 IssueClient(string name, VerificationKey participant, DateTimeOffset now, TimeSpan lifetime)
    {
        using var imported = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = PointOf(participant) });
        X500DistinguishedNameBuilder subject = new();
        subject.AddCommonName(name.Length <= 64 ? name : name[..64]);
        return Issue(subject.Build().Name, new PublicKey(imported), IssuedCertificates.ClientUse, now, lifetime);
    }

    /// <summary>Whether a participant's certificate is one of these and still good.</summary>
    public bool HasIssued(X509Certificate2 certificate, DateTimeOffset now) => IssuedCertificates.IsGood(certificate, Certificate, IssuedCertificates.ClientUse, now);

    public void Dispose()
    {
        key.Dispose();
        Certificate.Dispose();
    }

    private static Authority Make(SigningKey own, DateTimeOffset now)
    {
        ECDsa key = KeyOf(own);
        using var nobody = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string number = Convert.ToHexStringLower(SHA256.HashData(own.VerificationKey.Point.Encoded).AsSpan(0, 8));
        CertificateRequest request = new($"CN=Tacit authority {number}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return new Authority(key, request.Create(new X500DistinguishedName("CN=nobody keeps this issuer"), X509SignatureGenerator.CreateForECDsa(nobody), now.AddDays(-1), now.AddYears(Years), Serial()));
    }

    private X509Certificate2 Issue(string subject, PublicKey publicKey, string use, DateTimeOffset now, TimeSpan lifetime, X509Extension? names = null)
    {
        CertificateRequest request = new(new X500DistinguishedName(subject), publicKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        if (names is not null) request.CertificateExtensions.Add(names);
        lock (key) return request.Create(Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(key), now.AddMinutes(-5), now + lifetime, Serial());
    }

    private static ECDsa KeyOf(SigningKey own)
    {
        byte[] d = GC.AllocateArray<byte>(SigningKey.ScalarBytes, pinned: true);
        try
        {
            own.ExportScalar(d);
            return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = d });
        }
        finally
        {
            CryptographicOperations.ZeroMemory(d);
        }
    }

    private static ECPoint PointOf(VerificationKey participant)
    {
        ReadOnlySpan<byte> encoded = participant.Point.Encoded;   // 04 ‖ x ‖ y
        int half = (P256Point.EncodedBytes - 1) / 2;
        return new ECPoint { X = encoded.Slice(1, half).ToArray(), Y = encoded[(1 + half)..].ToArray() };
    }

    private static byte[] Serial()
    {
        byte[] serial = new byte[SerialBytes];
        SystemRandomSource.Instance.Fill(serial);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);   // positive, without a leading zero
        return serial;
    }
}
