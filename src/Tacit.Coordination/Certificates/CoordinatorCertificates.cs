using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Tacit.Cryptography.Signatures;
using Tacit.Federation.Identities;
using Tacit.Federation.Sessions;

namespace Tacit.Coordination.Certificates;

/// <summary>What the coordinator shows in a handshake, renewed before it ends, and the certificates of its participants. Thread-safe.</summary>
internal sealed class CoordinatorCertificates(CoordinatorOptions options, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan leastClientLifetime = TimeSpan.FromDays(1);

    private readonly Lock gate = new();
    private Authority? authority;
    private SslStreamCertificateContext? shown;
    private DateTimeOffset renewAt;

    /// <summary>Whether there is TLS.</summary>
    public bool IsTls => options.Certificate is not null || options.OwnAuthority;

    /// <summary>What participants pin: the authority, or the certificate that was given; null without TLS.</summary>
    public string? Pin => options.Certificate is { } given ? IssuedCertificates.HashOf(given) : options.OwnAuthority ? Open().Pin : null;

    /// <summary>When what is shown now ends; null without TLS. An own certificate is replaced before.</summary>
    public DateTimeOffset? Ends => IsTls ? new DateTimeOffset(Shown().TargetCertificate.NotAfter) : null;

    /// <summary>How a connection is answered: always with a certificate that is good for a while.</summary>
    public SslServerAuthenticationOptions Handshake()
    {
        bool asks = options.ClientCertificates != ClientCertificateMode.None;
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = Shown(),
            ClientCertificateRequired = asks,   // asks for one; whether a request needs it is decided by its route
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = asks ? (_, certificate, _, _) => certificate is null || (certificate is X509Certificate2 known && Open().HasIssued(known, clock.GetUtcNow())) : null,
        };
    }

    /// <summary>A participant's certificate in base64url, or nothing where none are used.</summary>
    public string CertificateFor(string name, VerificationKey key)
    {
        if (options.ClientCertificates == ClientCertificateMode.None) return "";
        TimeSpan lifetime = options.TokenLifetime * 2 > leastClientLifetime ? options.TokenLifetime * 2 : leastClientLifetime;   // a participant joins again when its token ends: in time
        using X509Certificate2 issued = Open().IssueClient(name, key, clock.GetUtcNow(), lifetime);
        return Base64Text.Of(issued.RawDataMemory.Span);
    }

    public void Dispose() => authority?.Dispose();

    private Authority Open()
    {
        lock (gate) return authority ??= Authority.Open(options.DataDirectory, clock.GetUtcNow());
    }

    // A third of its life before the end there is another one; connections that are open keep theirs.
    private SslStreamCertificateContext Shown()
    {
        lock (gate)
        {
            DateTimeOffset now = clock.GetUtcNow();
            if (shown is not null && now < renewAt) return shown;
            if (options.Certificate is { } given)
            {
                renewAt = DateTimeOffset.MaxValue;
                return shown = SslStreamCertificateContext.Create(given, additionalCertificates: null, offline: true);
            }

            Authority own = Open();
            string[] hosts = [.. options.HostNames, "localhost", "127.0.0.1", "::1"];
            X509Certificate2 issued = own.IssueServer(hosts.Distinct(), now, options.CertificateLifetime);
            renewAt = now + (options.CertificateLifetime * 2 / 3);
            return shown = SslStreamCertificateContext.Create(issued, [own.Certificate], offline: true);
        }
    }
}
