using System.Net;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using Tacit.Coordination.Hosting;
using Tacit.Cryptography.Signatures;
using Tacit.Dashboard;
using Tacit.Federation.Identities;
using Tacit.Federation.Sessions;
using Xunit;

namespace Tacit.EndToEnd.Tests.Federation;

/// <summary>What was given once does not outlast what it was given for, and one holder's requests do not use up another's.</summary>
public sealed class StandingTests
{
    [Fact]
    public async Task Sessions_and_links_end_with_the_token_they_came_from()
    {
        await using CoordinatorServer server = await CoordinatorServer.StartAsync(options => options.Extensions.Add(new DashboardExtension()));
        string owner = await server.Access.OwnerTokenAsync();
        string token = await Identity.TokenAsync(server, owner, "second", "owner");
        string cookie = await OpenAsync(server, await LinkAsync(server, token));
        (HttpStatusCode made, string body) = await AskAsync(server, Routes.Session + "/links", cookie, new { role = "owner" });
        string later = JsonDocument.Parse(body).RootElement.GetProperty("path").GetString()!;
        string inherited = await OpenAsync(server, JsonDocument.Parse((await AskAsync(server, Routes.Session + "/links", cookie, new { role = "owner" })).Body).RootElement.GetProperty("path").GetString()!);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (made, (await AskAsync(server, Routes.Tokens, inherited, new TokenRequest("third", "viewer", 1))).Status));

        Assert.Equal(HttpStatusCode.OK, (await Identity.SendAsync(server, "POST", Routes.Tokens + "/second/revoke", owner, new RevokeRequest("left"))).Status);

        foreach (string session in new[] { cookie, inherited }) Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(server, Routes.Tokens, session, new TokenRequest("back-door", "owner", 700))).Status);
        Assert.Equal("", await OpenAsync(server, later));
    }

    [Fact]
    public async Task Challenges_of_one_invitation_do_not_use_up_those_of_others()
    {
        await using CoordinatorServer server = await Given.ServerAsync(configure: options => options.OpenEnrolment = false);
        string owner = await server.Access.OwnerTokenAsync();
        Invite greedy = await Identity.InviteAsync(server, owner, "greedy"), honest = await Identity.InviteAsync(server, owner, "honest");
        using SigningKey key = Identity.Key(), other = Identity.Key();
        JoinRequest first = await Identity.ProofAsync(server, Identity.Bearer(greedy), "greedy", key), own = await Identity.ProofAsync(server, Identity.Bearer(honest), "honest", other);
        for (int i = 0; i < 8; i++) await Identity.AskAsync<ChallengeAnswer>(server, "POST", Routes.Challenges, Identity.Bearer(greedy));

        Assert.Equal((HttpStatusCode.OK, ""), Identity.Of(await Identity.SendAsync(server, "POST", Routes.Participants, Identity.Bearer(honest), own)));
        Assert.Equal("IDENTITY_SIGNATURE_INVALID", (await Identity.SendAsync(server, "POST", Routes.Participants, Identity.Bearer(greedy), first)).Code);   // its own oldest one is gone
    }

    [Fact]
    public async Task A_name_whose_long_poll_broke_stays_its_own()
    {
        using SigningKey key = Identity.Key(), other = Identity.Key();
        await using CoordinatorServer server = await Given.ServerAsync(configure: options => (options.LongPoll, options.PresenceTimeout) = (TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(60)));
        JoinAnswer joined = Identity.Read<JoinAnswer>(await Identity.JoinAsync(server, server.Secrets.Join, "north", key));
        using (HttpClient http = Given.Http(server, joined.Token))
        {
            using CancellationTokenSource cut = new(500);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => http.GetAsync(Routes.Offer, cut.Token));
        }

        await Task.Delay(500);   // until the server has noticed
        Assert.Equal("NOT_ALLOWED", (await Identity.JoinAsync(server, server.Secrets.Join, "north", other)).Code);
        Assert.Equal(HttpStatusCode.OK, (await Identity.SendAsync(server, "POST", Routes.Presence, joined.Token)).Status);
    }

    [Theory]
    [InlineData("/api/v1/views/receipts?participant=a%20b")]
    [InlineData("/api/v1/views/receipts?participant=")]
    [InlineData("/api/v1/views/receipts/a%20b/1/x")]
    [InlineData("/api/v1/views/receipts/a/1/x%20y")]
    public async Task Names_that_are_none_are_refused(string path)
    {
        await using CoordinatorServer server = await CoordinatorServer.StartAsync(_ => { });

        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_VALUE"), Identity.Of(await Identity.SendAsync(server, "GET", path, await server.Access.OwnerTokenAsync())));
    }

    private static async Task<string> LinkAsync(CoordinatorServer server, string token) =>
        (await Identity.AskAsync<JsonElement>(server, "POST", Routes.Session + "/links", token, new { role = "owner" })).GetProperty("path").GetString()!;

    // The cookie, or nothing if the link opens no session.
    private static async Task<string> OpenAsync(CoordinatorServer server, string path)
    {
        using HttpClientHandler handler = new() { AllowAutoRedirect = false, UseCookies = false };
        using HttpClient http = new(handler) { BaseAddress = server.Address };
        using HttpResponseMessage answer = await http.GetAsync(path);
        return answer.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? cookies) ? cookies.First().Split(';')[0] : "";
    }

    private static async Task<(HttpStatusCode Status, string Body)> AskAsync(CoordinatorServer server, string path, string cookie, object body)
    {
        using HttpClientHandler handler = new() { UseCookies = false };
        using HttpClient http = new(handler) { BaseAddress = server.Address };
        using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = new StringContent(JsonSerializer.Serialize(body, body.GetType(), JsonSerializerOptions.Web)) };
        request.Headers.Add("Cookie", cookie);
        request.Headers.Add("X-Tacit-Request", "1");
        request.Headers.Add("Origin", server.Address.GetLeftPart(UriPartial.Authority));
        using HttpResponseMessage answer = await http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
