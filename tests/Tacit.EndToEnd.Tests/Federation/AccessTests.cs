using System.Net;
using System.Net.Http;
using System.Text.Json;
using Tacit.Coordination.Access;
using Tacit.Coordination.Hosting;
using Tacit.Federation.Sessions;
using Xunit;

namespace Tacit.EndToEnd.Tests.Federation;

/// <summary>Every route against every identity: whoever is not meant is refused before anything of the request is read.</summary>
public sealed class AccessTests
{
    [Fact]
    public async Task Every_route_has_one_role_and_refuses_every_other_identity()
    {
        await using CoordinatorServer server = await Given.ServerAsync();
        Dictionary<Role, string?> tokens = new()
        {
            [Role.Anonymous] = null,
            [Role.Newcomer] = server.Secrets.Join,
            [Role.Participant] = await TokenAsync(server),
            [Role.Operator] = server.Secrets.Operator,
        };

        Assert.True(server.RouteTable.Length >= 15);
        Assert.All(server.RouteTable, route => Assert.NotNull(route.Role));
        Assert.Equal([Routes.Live, Routes.Ready], server.RouteTable.Where(route => route.Role == Role.Anonymous).Select(route => route.Pattern).Order());
        foreach ((string method, string pattern, Role? role) in server.RouteTable.Where(route => route.Role != Role.Anonymous))
        {
            foreach ((Role identity, string? token) in tokens.Where(identity => identity.Key != role))
            {
                (HttpStatusCode status, string code) = await AskAsync(server, method, pattern, token);
                Assert.Equal((method, pattern, identity, identity == Role.Anonymous ? HttpStatusCode.Unauthorized : HttpStatusCode.Forbidden), (method, pattern, identity, status));
                Assert.Equal(identity == Role.Anonymous ? "NOT_AUTHENTICATED" : "NOT_ALLOWED", code);
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("join.AAAA")]
    [InlineData("operator.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("99999999999999999999.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("-1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("....")]
    public async Task A_token_that_nobody_gave_out_is_nobody(string token)
    {
        await using CoordinatorServer server = await Given.ServerAsync();
        await TokenAsync(server);

        Assert.Equal((HttpStatusCode.Unauthorized, "NOT_AUTHENTICATED"), await AskAsync(server, "GET", Routes.Status, token));
    }

    [Fact]
    public async Task A_challenge_is_good_once_and_a_new_token_voids_the_one_before()
    {
        using var key = Cryptography.Signatures.SigningKey.Create(Cryptography.Randomness.SystemRandomSource.Instance);
        await using CoordinatorServer server = await Given.ServerAsync();

        (JoinRequest proof, JoinAnswer first) = await JoinAsync(server, key);
        (HttpStatusCode again, string code) = await SendAsync(server, proof);
        (_, JoinAnswer second) = await JoinAsync(server, key);

        Assert.Equal((HttpStatusCode.Forbidden, "IDENTITY_SIGNATURE_INVALID"), (again, code));
        Assert.Equal(first.Participant, second.Participant);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(server, "POST", Routes.Presence, first.Token)).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(server, "POST", Routes.Presence, second.Token)).Status);
    }

    [Fact]
    public async Task A_signature_of_another_key_or_over_another_name_is_refused()
    {
        using var key = Cryptography.Signatures.SigningKey.Create(Cryptography.Randomness.SystemRandomSource.Instance);
        using var other = Cryptography.Signatures.SigningKey.Create(Cryptography.Randomness.SystemRandomSource.Instance);
        await using CoordinatorServer server = await Given.ServerAsync();

        Assert.Equal((HttpStatusCode.Forbidden, "IDENTITY_SIGNATURE_INVALID"), await SendAsync(server, await ProofAsync(server, key, signer: other)));
        Assert.Equal((HttpStatusCode.Forbidden, "IDENTITY_SIGNATURE_INVALID"), await SendAsync(server, (await ProofAsync(server, key)) with { Name = "somebody else" }));
        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_PUBLIC_KEY"), await SendAsync(server, (await ProofAsync(server, key)) with { Key = Base64Text.Of(new byte[65]) }));
        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_VALUE"), await SendAsync(server, (await ProofAsync(server, key)) with { Name = "<script>" }));
    }

    internal static async Task<string> TokenAsync(CoordinatorServer server)
    {
        using var key = Cryptography.Signatures.SigningKey.Create(Cryptography.Randomness.SystemRandomSource.Instance);
        return (await JoinAsync(server, key)).Answer.Token;
    }

    private static async Task<(JoinRequest Proof, JoinAnswer Answer)> JoinAsync(CoordinatorServer server, Cryptography.Signatures.SigningKey key)
    {
        JoinRequest proof = await ProofAsync(server, key);
        using HttpClient http = Given.Http(server, server.Secrets.Join);
        using HttpResponseMessage response = await http.PostAsync(new Uri(Routes.Participants, UriKind.Relative), Body(proof));
        return (proof, JsonSerializer.Deserialize<JoinAnswer>(await response.Content.ReadAsStringAsync(), JsonSerializerOptions.Web)!);
    }

    private static async Task<JoinRequest> ProofAsync(CoordinatorServer server, Cryptography.Signatures.SigningKey key, Cryptography.Signatures.SigningKey? signer = null)
    {
        using HttpClient http = Given.Http(server, server.Secrets.Join);
        using HttpResponseMessage response = await http.PostAsync(new Uri(Routes.Challenges, UriKind.Relative), null);
        string challenge = JsonSerializer.Deserialize<ChallengeAnswer>(await response.Content.ReadAsStringAsync(), JsonSerializerOptions.Web)!.Challenge;
        Base64Text.TryRead(challenge, JoinProof.ChallengeBytes, out byte[] bytes);
        byte[] point = key.VerificationKey.Point.Encoded.ToArray();
        return new JoinRequest("tester", Base64Text.Of(point), challenge, Base64Text.Of((signer ?? key).Sign(JoinProof.Message(bytes, "tester", point))));
    }

    private static async Task<(HttpStatusCode Status, string Code)> SendAsync(CoordinatorServer server, JoinRequest proof)
    {
        using HttpClient http = Given.Http(server, server.Secrets.Join);
        using HttpResponseMessage response = await http.PostAsync(new Uri(Routes.Participants, UriKind.Relative), Body(proof));
        return (response.StatusCode, await CodeAsync(response));
    }

    private static async Task<(HttpStatusCode Status, string Code)> AskAsync(CoordinatorServer server, string method, string pattern, string? token)
    {
        using HttpClient http = Given.Http(server, token);
        string path = pattern.Replace("{round:long}", "1", StringComparison.Ordinal).Replace("{phase}", "masked-input", StringComparison.Ordinal);
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        using HttpResponseMessage response = await http.SendAsync(request);
        return (response.StatusCode, await CodeAsync(response));
    }

    private static StringContent Body(JoinRequest proof) => new(JsonSerializer.Serialize(proof, JsonSerializerOptions.Web));

    internal static async Task<string> CodeAsync(HttpResponseMessage response)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json") return "";
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal((int)response.StatusCode, problem.RootElement.GetProperty("status").GetInt32());
        return problem.RootElement.GetProperty("code").GetString()!;
    }
}
