using System.Net;
using System.Net.Http;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Signatures;
using Tacit.Federation.Identities;

namespace Tacit.Participation.Connections;

/// <summary>Connections to one coordinator: to the pinned certificate and to no other, with the participant's own certificate once there is one. No redirects, no proxies, no cookies.</summary>
internal sealed class PinnedConnections : IDisposable
{
    private const int LongestCertificate = 8192;

    private readonly Uri coordinator;
    private readonly string? pin;
    private readonly TimeProvider clock;
    private volatile HttpClient client;
    private volatile bool refused;
    private HttpClient? previous;
    private X509Certificate2? shown;

    /// <exception cref="FailureException">CERTIFICATE_REFUSED: an address without TLS that is not this host's.</exception>
    public PinnedConnections(Uri coordinator, string? pin, TimeProvider clock)
    {
        if (coordinator.Scheme != Uri.UriSchemeHttps && !coordinator.IsLoopback) throw new FailureException(FailureCodes.CertificateRefused, $"{coordinator} is without TLS; only https is spoken with other hosts");
        (this.coordinator, this.pin, this.clock) = (coordinator, pin, clock);
        client = Make();
    }

    public HttpClient Client => client;

    /// <exception cref="FailureException">CERTIFICATE_REFUSED: the last handshake showed another certificate.</exception>
    public void ThrowIfRefused()
    {
        if (refused) throw new FailureException(FailureCodes.CertificateRefused, $"{coordinator} shows a certificate that is neither the pinned one nor signed by the pinned authority: nothing was sent");
    }

    /// <summary>Shows a certificate from now on; requests on connections without it are sent again.</summary>
    /// <param name="encoded">In base64url, from the coordinator.</param>
    /// <param name="identity">The key that it must be for.</param>
    /// <exception cref="FailureException">MALFORMED_MESSAGE.</exception>
    public void Show(string encoded, SigningKey identity)
    {
        byte[] scalar = GC.AllocateArray<byte>(SigningKey.ScalarBytes, pinned: true);
        try
        {
            if (encoded.Length > LongestCertificate) throw new CryptographicException("too long");
            using X509Certificate2 issued = X509CertificateLoader.LoadCertificate(System.Buffers.Text.Base64Url.DecodeFromChars(encoded));
            identity.ExportScalar(scalar);
            using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = scalar });
            using X509Certificate2 together = issued.CopyWithPrivateKey(key);
            shown = X509CertificateLoader.LoadPkcs12(together.Export(X509ContentType.Pkcs12), password: null);   // some platforms want the key in a store of their own
            previous?.Dispose();
            previous = client;   // requests that are under way on it end by themselves
            client = Make();
        }
        catch (Exception problem) when (problem is CryptographicException or FormatException or ArgumentException)
        {
            throw new FailureException(FailureCodes.MalformedMessage, "the coordinator sent bytes that are not a certificate for this participant's key", problem);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
        }
    }

    public void Dispose()
    {
        client.Dispose();
        previous?.Dispose();
        shown?.Dispose();
    }

    private HttpClient Make()
    {
        SocketsHttpHandler handler = new() { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(10), PooledConnectionLifetime = TimeSpan.FromMinutes(10), UseProxy = false };
        if (pin is not null) handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, _) => IsPinned(certificate, chain);
        if (shown is { } own)
        {
            handler.SslOptions.ClientCertificates = [own];
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => own;
        }

        bool tls = coordinator.Scheme == Uri.UriSchemeHttps;
        return new HttpClient(handler) { BaseAddress = coordinator, Timeout = Timeout.InfiniteTimeSpan, DefaultRequestVersion = tls ? HttpVersion.Version20 : HttpVersion.Version11 };
    }

    private bool IsPinned(X509Certificate? certificate, X509Chain? chain)
    {
        bool good = IssuedCertificates.IsPinned(certificate as X509Certificate2, chain?.ChainPolicy.ExtraStore ?? [], [pin!], clock.GetUtcNow());
        refused = !good;
        return good;
    }
}
