using System.Net;
using System.Net.Http;
using System.Text.Json;
using Tacit.Coordination.Hosting;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Signatures;
using Tacit.Federation.Identities;
using Tacit.Federation.Sessions;
using Xunit;

namespace Tacit.EndToEnd.Tests.Federation;

/// <summary>What participants and owners ask a coordinator, request by request.</summary>
internal static class Identity
{
    public static SigningKey Key() => SigningKey.Create(SystemRandomSource.Instance);

    public static string Bearer(Invite invite) => $"invite.{Base64Text.Of(invite.Secret)}";

    public static string[] WordsOf(CoordinatorServer server, Invite invite, SigningKey key) => [.. ComparisonWords.Of(invite.Name, invite.Hash, key.VerificationKey.Point.Encoded, server.Pin)];

    public static async Task<Invite> InviteAsync(CoordinatorServer server, string owner, string name, string role = "participant", int hours = 168) =>
        Invite.Read((await AskAsync<InviteAnswer>(server, "POST", Routes.Invites, owner, new InviteRequest(name, role, hours))).Invite);

    /// <summary>Invited, joined, compared and approved.</summary>
    public static async Task<(Invite Invite, JoinAnswer Answer)> EnrolAsync(CoordinatorServer server, string owner, string name, SigningKey key, string role = "participant")
    {
        Invite invite = await InviteAsync(server, owner, name, role);
        Assert.Equal((HttpStatusCode.OK, ""), Of(await JoinAsync(server, Bearer(invite), name, key)));
        Assert.Equal((HttpStatusCode.OK, ""), Of(await SendAsync(server, "POST", $"{Routes.Roster}/{name}/approve", owner, new ApproveRequest(string.Join(' ', WordsOf(server, invite, key))))));
        return (invite, Read<JoinAnswer>(await JoinAsync(server, Bearer(invite), name, key)));
    }

    public static async Task<string> TokenAsync(CoordinatorServer server, string owner, string name, string role, int days = 30) =>
        (await AskAsync<TokenAnswer>(server, "POST", Routes.Tokens, owner, new TokenRequest(name, role, days))).Token;

    public static async Task<JoinRequest> ProofAsync(CoordinatorServer server, string bearer, string name, SigningKey key, SigningKey? signer = null)
    {
        string challenge = (await AskAsync<ChallengeAnswer>(server, "POST", Routes.Challenges, bearer)).Challenge;
        Base64Text.TryRead(challenge, JoinProof.ChallengeBytes, out byte[] bytes);
        byte[] point = key.VerificationKey.Point.Encoded.ToArray();
        return new JoinRequest(name, Base64Text.Of(point), challenge, Base64Text.Of((signer ?? key).Sign(JoinProof.Message(bytes, name, point))));
    }

    public static async Task<(HttpStatusCode Status, string Code, string Body)> JoinAsync(CoordinatorServer server, string bearer, string name, SigningKey key) =>
        await SendAsync(server, "POST", Routes.Participants, bearer, await ProofAsync(server, bearer, name, key));

    public static RotateRequest Rotation(string name, SigningKey before, SigningKey after, SigningKey? oldSigner = null, SigningKey? newSigner = null)
    {
        byte[] message = RotationProof.Message(name, before.VerificationKey.Point.Encoded, after.VerificationKey.Point.Encoded);
        return new RotateRequest(Base64Text.Of(after.VerificationKey.Point.Encoded), Base64Text.Of((oldSigner ?? before).Sign(message)), Base64Text.Of((newSigner ?? after).Sign(message)));
    }

    public static async Task<TAnswer> AskAsync<TAnswer>(CoordinatorServer server, string method, string path, string? token, object? body = null) => Read<TAnswer>(await SendAsync(server, method, path, token, body));

    public static TAnswer Read<TAnswer>((HttpStatusCode Status, string Code, string Body) answer)
    {
        Assert.True(answer.Status == HttpStatusCode.OK, $"{answer.Status} {answer.Body}");
        return JsonSerializer.Deserialize<TAnswer>(answer.Body, JsonSerializerOptions.Web)!;
    }

    public static (HttpStatusCode Status, string Code) Of((HttpStatusCode Status, string Code, string Body) answer) => (answer.Status, answer.Code);

    public static async Task<(HttpStatusCode Status, string Code, string Body)> SendAsync(CoordinatorServer server, string method, string path, string? token, object? body = null)
    {
        using HttpClient http = Given.Http(server, token);
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(JsonSerializer.Serialize(body, body.GetType(), JsonSerializerOptions.Web));
        using HttpResponseMessage response = await http.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json") return (response.StatusCode, "", text);
        using var problem = JsonDocument.Parse(text);
        Assert.Equal((int)response.StatusCode, problem.RootElement.GetProperty("status").GetInt32());
        return (response.StatusCode, problem.RootElement.GetProperty("code").GetString()!, text);
    }
}
