using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tacit.Aggregation.Failures;
using Tacit.Coordination.Certificates;
using Tacit.Coordination.Hosting;
using Tacit.Cryptography.Signatures;
using Tacit.Federation.Identities;
using Tacit.Federation.Sessions;
using Tacit.Participation;
using Xunit;

namespace Tacit.EndToEnd.Tests.Federation;

/// <summary>The coordinator's own authority: pinned by participants, renewed while it runs, and what it signs for participants.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TemporaryFolder folder = new(), elsewhere = new();

    [Fact]
    public async Task The_pinned_authority_is_trusted_and_no_other_even_by_the_same_name()
    {
        await using CoordinatorServer server = await ServerAsync(folder), other = await ServerAsync(elsewhere);

        await using (ParticipantClient client = await ParticipantClient.ConnectAsync(Options(server, server.Pin, server))) Assert.True(client.Participant > 0);
        Assert.NotEqual(server.Pin, other.Pin);
        Assert.Equal(FailureCodes.CertificateRefused, (await Assert.ThrowsAsync<FailureException>(() => ParticipantClient.ConnectAsync(Options(server, other.Pin, server)))).Code);
    }

    [Fact]
    public async Task A_renewed_certificate_is_the_same_coordinator_and_the_authority_outlives_a_restart()
    {
        ShiftedClock clock = new();
        string pin, first, second;
        await using (CoordinatorServer server = await ServerAsync(folder, clock: clock))
        {
            (pin, first) = (server.Pin!, await ShownAsync(server));
            Assert.Equal(first, await ShownAsync(server));
            clock.Ahead = TimeSpan.FromDays(21);
            second = await ShownAsync(server);
            await using ParticipantClient client = await ParticipantClient.ConnectAsync(Options(server, pin, server, clock));
            Assert.NotEqual(first, second);
        }

        await using CoordinatorServer restarted = await ServerAsync(folder, clock: clock);
        Assert.Equal(pin, restarted.Pin);
        if (!OperatingSystem.IsWindows()) Assert.Equal(System.IO.UnixFileMode.UserRead | System.IO.UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(System.IO.Path.Combine(folder.Path, "authority.key")));
    }

    [Fact]
    public async Task Where_certificates_are_required_a_token_alone_is_refused_and_so_is_anothers_certificate()
    {
        await using CoordinatorServer server = await ServerAsync(folder, ClientCertificateMode.Required);
        using SigningKey key = Identity.Key(), other = Identity.Key();
        (JoinAnswer own, X509Certificate2 certificate) = await JoinAsync(server, "north", key);
        (_, X509Certificate2 others) = await JoinAsync(server, "south", other);

        Assert.Equal((HttpStatusCode.Forbidden, "CERTIFICATE_REFUSED"), await PresenceAsync(server, own.Token, null));
        Assert.Equal((HttpStatusCode.Forbidden, "CERTIFICATE_REFUSED"), await PresenceAsync(server, own.Token, others));
        Assert.Equal((HttpStatusCode.OK, ""), await PresenceAsync(server, own.Token, certificate));
        await using ParticipantClient client = await ParticipantClient.ConnectAsync(Options(server, server.Pin, server));
        using SigningKey next = Identity.Key();
        await client.RotateAsync(next);
        Assert.Equal(next.VerificationKey, client.VerificationKey);
    }

    [Fact]
    public async Task A_certificate_that_the_authority_did_not_sign_or_that_is_over_ends_the_handshake()
    {
        ShiftedClock clock = new();
        await using CoordinatorServer server = await ServerAsync(folder, ClientCertificateMode.Optional, clock);
        using SigningKey key = Identity.Key();
        (JoinAnswer own, X509Certificate2 certificate) = await JoinAsync(server, "north", key);
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(certificate.SubjectName, stranger, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(IssuedCertificates.ClientUse)], critical: false));
        using X509Certificate2 forged = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));

        Assert.Equal((HttpStatusCode.OK, ""), await PresenceAsync(server, own.Token, certificate));
        Assert.Equal((HttpStatusCode.OK, ""), await PresenceAsync(server, own.Token, null));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => PresenceAsync(server, own.Token, forged));
        clock.Ahead = TimeSpan.FromDays(2);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => PresenceAsync(server, own.Token, certificate));
    }

    [Fact]
    public void Only_what_the_authority_signed_itself_for_this_use_and_time_is_good()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var impostor = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 authority = Authority(key, now), same = Authority(impostor, now);
        using X509Certificate2 leaf = Issue(key, now, IssuedCertificates.ServerUse), forged = Issue(impostor, now, IssuedCertificates.ServerUse), client = Issue(key, now, IssuedCertificates.ClientUse), sub = Issue(key, now, IssuedCertificates.ServerUse, authority: true);
        string pin = IssuedCertificates.HashOf(authority);

        Assert.True(IssuedCertificates.IsPinned(leaf, [authority], [pin], now));
        Assert.True(IssuedCertificates.IsPinned(leaf, [], [IssuedCertificates.HashOf(leaf)], now));
        Assert.False(IssuedCertificates.IsPinned(leaf, [], [pin], now));
        Assert.False(IssuedCertificates.IsPinned(forged, [authority, same], [pin], now));
        Assert.True(IssuedCertificates.IsPinned(forged, [same], [IssuedCertificates.HashOf(same)], now));
        Assert.False(IssuedCertificates.IsPinned(client, [authority], [pin], now));
        Assert.False(IssuedCertificates.IsPinned(sub, [authority], [pin], now));
        Assert.False(IssuedCertificates.IsPinned(leaf, [authority], [pin], now.AddDays(3)));
        Assert.False(IssuedCertificates.IsPinned(leaf, [authority], [pin], now.AddDays(-3)));
    }

    public void Dispose()
    {
        folder.Dispose();
        elsewhere.Dispose();
    }

    private static Task<CoordinatorServer> ServerAsync(TemporaryFolder home, ClientCertificateMode mode = ClientCertificateMode.None, TimeProvider? clock = null) => Given.ServerAsync(
        configure: options =>
        {
            options.OwnAuthority = true;
            options.DataDirectory = home.Path;
            options.ClientCertificates = mode;
        },
        clock: clock);

    private static ParticipantOptions Options(CoordinatorServer server, string? pin, CoordinatorServer secrets, TimeProvider? clock = null) => new()
    {
        Coordinator = server.Address,
        Name = $"p-{Guid.NewGuid():N}",
        JoinToken = secrets.Secrets.Join,
        CertificateHash = pin,
        ReconnectFor = TimeSpan.FromSeconds(5),
        Clock = clock ?? TimeProvider.System,
    };

    private static async Task<(JoinAnswer Answer, X509Certificate2 Certificate)> JoinAsync(CoordinatorServer server, string name, SigningKey key)
    {
        JoinAnswer answer = Identity.Read<JoinAnswer>(await Identity.JoinAsync(server, server.Secrets.Join, name, key));
        byte[] scalar = new byte[SigningKey.ScalarBytes];
        key.ExportScalar(scalar);
        using var own = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = scalar });
        using X509Certificate2 issued = X509CertificateLoader.LoadCertificate(System.Buffers.Text.Base64Url.DecodeFromChars(answer.Certificate));
        return (answer, issued.CopyWithPrivateKey(own));
    }

    private static async Task<(HttpStatusCode Status, string Code)> PresenceAsync(CoordinatorServer server, string token, X509Certificate2? certificate)
    {
        using SocketsHttpHandler handler = Given.Handler(server);
        if (certificate is not null) handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        using HttpClient http = new(handler) { BaseAddress = server.Address, Timeout = TimeSpan.FromSeconds(20) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using HttpResponseMessage response = await http.PostAsync(new Uri(Routes.Presence, UriKind.Relative), null);
        return (response.StatusCode, await AccessTests.CodeAsync(response));
    }

    private static async Task<string> ShownAsync(CoordinatorServer server)
    {
        string shown = "";
        using SocketsHttpHandler handler = new();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            shown = IssuedCertificates.HashOf(certificate!);
            return shown.Length > 0;
        };
        using HttpClient http = new(handler) { BaseAddress = server.Address };
        await http.GetAsync(new Uri(Routes.Live, UriKind.Relative));
        return shown;
    }

    private static X509Certificate2 Authority(ECDsa key, DateTimeOffset now)
    {
        CertificateRequest request = new("CN=authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        return request.CreateSelfSigned(now.AddDays(-2), now.AddDays(10));
    }

    private static X509Certificate2 Issue(ECDsa signer, DateTimeOffset now, string use, bool authority = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=leaf", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], critical: false));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        return request.Create(new X500DistinguishedName("CN=authority"), X509SignatureGenerator.CreateForECDsa(signer), now.AddDays(-1), now.AddDays(1), [1, 2, 3]);
    }
}
