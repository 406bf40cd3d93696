using System.Net;
using System.Net.Http;
using System.Text.Json;
using Tacit.Coordination.Access;
using Tacit.Coordination.Hosting;
using Tacit.Cryptography.Signatures;
using Tacit.Federation.Identities;
using Tacit.Federation.Sessions;
using Xunit;

namespace Tacit.EndToEnd.Tests.Federation;

/// <summary>Every route against every identity: whoever is not meant is refused before anything of the request is read.</summary>
public sealed class AccessTests
{
    private const string Expired = "expired", Revoked = "revoked", RotatedAway = "rotated away", TakenBack = "taken back", InvitedViewer = "viewer with a key";

    // What each identity may do; people may do what those before them may.
    private static readonly Dictionary<string, Role[]> rights = new()
    {
        ["anonymous"] = [],
        ["join secret"] = [Role.Newcomer],
        ["invitation"] = [Role.Newcomer],
        ["participant"] = [Role.Participant],
        ["viewer"] = [Role.Viewer],
        [InvitedViewer] = [Role.Viewer],
        ["operator"] = [Role.Viewer, Role.Operator],
        ["operator of the process"] = [Role.Viewer, Role.Operator],
        ["owner"] = [Role.Viewer, Role.Operator, Role.Owner],
        [Expired] = [],
        [TakenBack] = [],
        [Revoked] = [],
        [RotatedAway] = [],
    };

    [Fact]
    public async Task Every_route_has_one_role_and_lets_exactly_those_through_that_have_it()
    {
        ShiftedClock clock = new();
        await using CoordinatorServer server = await Given.ServerAsync(configure: options => options.LongPoll = TimeSpan.FromMilliseconds(50), clock: clock);
        Dictionary<string, string?> tokens = await EverybodyAsync(server, clock);

        Assert.Equal(rights.Keys.Order(), tokens.Keys.Order());
        Assert.True(server.RouteTable.Length >= 30);
        Assert.All(server.RouteTable, route => Assert.NotNull(route.Role));
        Assert.Equal([Routes.Live, Routes.Ready], server.RouteTable.Where(route => route.Role == Role.Anonymous).Select(route => route.Pattern).Order());
        foreach ((string method, string pattern, Role? role) in server.RouteTable.Where(route => route.Role != Role.Anonymous))
        {
            foreach ((string identity, string? token) in tokens)
            {
                if (pattern == Routes.Changes && rights[identity].Contains(role!.Value)) continue;   // a stream does not end: SessionTests reads one
                (HttpStatusCode status, string code, string body) = await SendAsync(server, method, pattern, token);
                bool nobody = rights[identity].Length == 0;
                (HttpStatusCode, string) refusal = nobody ? (HttpStatusCode.Unauthorized, "NOT_AUTHENTICATED") : (HttpStatusCode.Forbidden, "NOT_ALLOWED");
                if (rights[identity].Contains(role!.Value)) Assert.False(status == HttpStatusCode.Unauthorized || body.Contains("belongs to the role", StringComparison.Ordinal), $"{method} {pattern} refuses {identity}: {body}");
                else Assert.Equal((method, pattern, identity, refusal), (method, pattern, identity, (status, code)));
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("join.AAAA")]
    [InlineData("operator.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("token.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("invite.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
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
    public async Task The_join_secret_opens_nothing_unless_enrolment_is_open()
    {
        await using CoordinatorServer server = await Given.ServerAsync(configure: options => options.OpenEnrolment = false);

        Assert.Equal((HttpStatusCode.Unauthorized, "NOT_AUTHENTICATED"), await AskAsync(server, "POST", Routes.Challenges, server.Secrets.Join));
    }

    [Fact]
    public async Task An_address_that_keeps_guessing_is_told_to_wait_and_valid_tokens_still_work()
    {
        ShiftedClock clock = new();
        await using CoordinatorServer server = await Given.ServerAsync(configure: options => options.FailuresPerMinute = 5, clock: clock);
        string wrong = "token." + Base64Text.Of(new byte[32]);

        for (int i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(server, "GET", Routes.Status, wrong)).Status);

        Assert.Equal((HttpStatusCode.TooManyRequests, "TOO_MANY_ATTEMPTS"), await AskAsync(server, "GET", Routes.Status, wrong));
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(server, "GET", Routes.Status, server.Secrets.Operator)).Status);
        clock.Ahead = TimeSpan.FromMinutes(2);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(server, "GET", Routes.Status, wrong)).Status);
    }

    [Fact]
    public async Task A_challenge_is_good_once_and_a_new_token_voids_the_one_before()
    {
        using SigningKey key = Identity.Key();
        await using CoordinatorServer server = await Given.ServerAsync();
        string bearer = server.Secrets.Join;

        JoinRequest proof = await Identity.ProofAsync(server, bearer, "tester", key);
        JoinAnswer first = await Identity.AskAsync<JoinAnswer>(server, "POST", Routes.Participants, bearer, proof);
        (HttpStatusCode again, string code) = Identity.Of(await Identity.SendAsync(server, "POST", Routes.Participants, bearer, proof));
        JoinAnswer second = Identity.Read<JoinAnswer>(await Identity.JoinAsync(server, bearer, "tester", key));

        Assert.Equal((HttpStatusCode.Forbidden, "IDENTITY_SIGNATURE_INVALID"), (again, code));
        Assert.Equal(first.Participant, second.Participant);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(server, "POST", Routes.Presence, first.Token)).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(server, "POST", Routes.Presence, second.Token)).Status);
    }

    [Fact]
    public async Task A_signature_of_another_key_or_over_another_name_is_refused()
    {
        using SigningKey key = Identity.Key(), other = Identity.Key();
        await using CoordinatorServer server = await Given.ServerAsync();
        string bearer = server.Secrets.Join;

        Assert.Equal((HttpStatusCode.Forbidden, "IDENTITY_SIGNATURE_INVALID"), await SendAsync(server, await Identity.ProofAsync(server, bearer, "tester", key, signer: other)));
        Assert.Equal((HttpStatusCode.Forbidden, "IDENTITY_SIGNATURE_INVALID"), await SendAsync(server, (await Identity.ProofAsync(server, bearer, "tester", key)) with { Name = "somebody-else" }));
        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_PUBLIC_KEY"), await SendAsync(server, (await Identity.ProofAsync(server, bearer, "tester", key)) with { Key = Base64Text.Of(new byte[65]) }));
        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_VALUE"), await SendAsync(server, (await Identity.ProofAsync(server, bearer, "tester", key)) with { Name = "<script>" }));
        await Identity.JoinAsync(server, bearer, "tester", key);
        Assert.Equal((HttpStatusCode.Forbidden, "NOT_ALLOWED"), await SendAsync(server, await Identity.ProofAsync(server, bearer, "tester", other)));
    }

    internal static async Task<string> TokenAsync(CoordinatorServer server)
    {
        using SigningKey key = Identity.Key();
        return Identity.Read<JoinAnswer>(await Identity.JoinAsync(server, server.Secrets.Join, $"tester-{Guid.NewGuid():N}", key)).Token;
    }

    internal static async Task<string> CodeAsync(HttpResponseMessage response)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json") return "";
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal((int)response.StatusCode, problem.RootElement.GetProperty("status").GetInt32());
        return problem.RootElement.GetProperty("code").GetString()!;
    }

    private static async Task<Dictionary<string, string?>> EverybodyAsync(CoordinatorServer server, ShiftedClock clock)
    {
        using SigningKey key = Identity.Key(), gone = Identity.Key(), before = Identity.Key(), after = Identity.Key(), watcher = Identity.Key();
        string expired = await Identity.TokenAsync(server, await server.Access.OwnerTokenAsync(), "short", "owner", days: 1);
        clock.Ahead = TimeSpan.FromDays(2);
        string owner = await server.Access.OwnerTokenAsync(), takenBack = await Identity.TokenAsync(server, owner, "gone", "owner");
        await Identity.SendAsync(server, "POST", $"{Routes.Tokens}/gone/revoke", owner, new RevokeRequest("test"));
        string revoked = (await Identity.EnrolAsync(server, owner, "north", gone)).Answer.Token, rotated = (await Identity.EnrolAsync(server, owner, "south", before)).Answer.Token;
        await Identity.SendAsync(server, "POST", $"{Routes.Roster}/north/revoke", owner, new RevokeRequest("test"));
        Assert.Equal(HttpStatusCode.OK, (await Identity.SendAsync(server, "POST", Routes.Rotate, rotated, Identity.Rotation("south", before, after))).Status);
        return new Dictionary<string, string?>
        {
            ["anonymous"] = null,
            ["join secret"] = server.Secrets.Join,
            ["invitation"] = Identity.Bearer(await Identity.InviteAsync(server, owner, "east")),
            ["participant"] = (await Identity.EnrolAsync(server, owner, "west", key)).Answer.Token,
            ["viewer"] = await Identity.TokenAsync(server, owner, "reader", "viewer"),
            [InvitedViewer] = (await Identity.EnrolAsync(server, owner, "watcher", watcher, "viewer")).Answer.Token,
            ["operator"] = await Identity.TokenAsync(server, owner, "runner", "operator"),
            ["operator of the process"] = server.Secrets.Operator,
            ["owner"] = owner,
            [Expired] = expired,
            [TakenBack] = takenBack,
            [Revoked] = revoked,
            [RotatedAway] = rotated,
        };
    }

    private static async Task<(HttpStatusCode Status, string Code)> SendAsync(CoordinatorServer server, JoinRequest proof) =>
        Identity.Of(await Identity.SendAsync(server, "POST", Routes.Participants, server.Secrets.Join, proof));

    private static async Task<(HttpStatusCode Status, string Code)> AskAsync(CoordinatorServer server, string method, string pattern, string? token) => Identity.Of(await SendAsync(server, method, pattern, token));

    private static Task<(HttpStatusCode Status, string Code, string Body)> SendAsync(CoordinatorServer server, string method, string pattern, string? token)
    {
        string path = pattern.Replace("{round:long}", "1", StringComparison.Ordinal).Replace("{phase}", "masked-input", StringComparison.Ordinal).Replace("{job}", "none", StringComparison.Ordinal).Replace("{name}", "nobody", StringComparison.Ordinal);
        return Identity.SendAsync(server, method, path, token);
    }
}
