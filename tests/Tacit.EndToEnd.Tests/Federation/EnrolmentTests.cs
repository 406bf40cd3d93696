using System.Net;
using Tacit.Coordination.Hosting;
using Tacit.Cryptography.Signatures;
using Tacit.Federation.Identities;
using Tacit.Federation.Sessions;
using Xunit;
using static Tacit.EndToEnd.Tests.Federation.Identity;

namespace Tacit.EndToEnd.Tests.Federation;

/// <summary>From an invitation to approval, and out again.</summary>
public sealed class EnrolmentTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task Nobody_takes_part_before_the_words_were_compared()
    {
        await using CoordinatorServer server = await ServerAsync();
        string owner = await server.Access.OwnerTokenAsync();
        using SigningKey key = Key(), other = Key();
        Invite invite = await InviteAsync(server, owner, "north");

        JoinAnswer waiting = Read<JoinAnswer>(await JoinAsync(server, Bearer(invite), "north", key));
        RosterLine line = Assert.Single((await AskAsync<RosterAnswer>(server, "GET", Routes.Roster, owner)).Roster);
        string own = string.Join(' ', WordsOf(server, invite, key)), wrong = string.Join(' ', WordsOf(server, invite, other));

        Assert.Equal((JoinAnswer.Waiting, "", 0), (waiting.State, waiting.Token, waiting.Participant));
        Assert.Equal(("waiting", own), (line.State, line.Words));
        Assert.Equal("", Assert.Single((await AskAsync<RosterAnswer>(server, "GET", Routes.Roster, server.Secrets.Operator)).Roster).Words);
        Assert.Equal((HttpStatusCode.Conflict, "WORDS_DIFFER"), await ApproveAsync(server, owner, wrong));
        Assert.Equal((HttpStatusCode.Conflict, "WORDS_DIFFER"), await ApproveAsync(server, owner, ""));
        Assert.Equal(JoinAnswer.Waiting, Read<JoinAnswer>(await JoinAsync(server, Bearer(invite), "north", key)).State);
        Assert.Equal((HttpStatusCode.OK, ""), await ApproveAsync(server, owner, own.ToUpperInvariant().Replace(' ', '-')));
        Assert.Equal(JoinAnswer.Approved, Read<JoinAnswer>(await JoinAsync(server, Bearer(invite), "north", key)).State);
    }

    [Fact]
    public async Task An_invitation_is_good_once_for_its_name_and_until_it_ends()
    {
        ShiftedClock clock = new();
        await using CoordinatorServer server = await ServerAsync(clock);
        string owner = await server.Access.OwnerTokenAsync();
        using SigningKey key = Key(), thief = Key();
        Invite used = await InviteAsync(server, owner, "north"), late = await InviteAsync(server, owner, "late", hours: 1), replaced = await InviteAsync(server, owner, "twice");
        await InviteAsync(server, owner, "twice");

        Assert.Equal((HttpStatusCode.Forbidden, "INVITATION_REFUSED"), Of(await JoinAsync(server, Bearer(used), "south", key)));
        Assert.Equal((HttpStatusCode.OK, ""), Of(await JoinAsync(server, Bearer(used), "north", key)));
        Assert.Equal((HttpStatusCode.Forbidden, "INVITATION_REFUSED"), Of(await JoinAsync(server, Bearer(used), "north", thief)));
        Assert.Equal((HttpStatusCode.Unauthorized, "NOT_AUTHENTICATED"), Of(await SendAsync(server, "POST", Routes.Challenges, Bearer(replaced))));
        clock.Ahead = TimeSpan.FromHours(2);
        Assert.Equal((HttpStatusCode.Forbidden, "INVITATION_REFUSED"), Of(await JoinAsync(server, Bearer(late), "late", thief)));
        Assert.Equal((HttpStatusCode.OK, ""), Of(await JoinAsync(server, Bearer(used), "north", key)));   // whoever has joined may come back
        Assert.Equal((HttpStatusCode.Conflict, "STORAGE_CONFLICT"), Of(await SendAsync(server, "POST", Routes.Invites, owner, new InviteRequest("north"))));
    }

    [Fact]
    public async Task What_was_decided_is_known_after_a_restart()
    {
        using SigningKey key = Key(), gone = Key(), before = Key(), after = Key();
        Invite invite, left, moved;
        string owner, reader;
        await using (CoordinatorServer server = await ServerAsync())
        {
            owner = await server.Access.OwnerTokenAsync();
            reader = await TokenAsync(server, owner, "reader", "viewer");
            (invite, _) = await EnrolAsync(server, owner, "north", key);
            (left, _) = await EnrolAsync(server, owner, "gone", gone);
            (moved, JoinAnswer answer) = await EnrolAsync(server, owner, "moved", before);
            await SendAsync(server, "POST", $"{Routes.Roster}/gone/revoke", owner, new RevokeRequest("left the study"));
            Read<JoinAnswer>(await SendAsync(server, "POST", Routes.Rotate, answer.Token, Rotation("moved", before, after)));
        }

        await using CoordinatorServer restarted = await ServerAsync();

        Assert.Equal(owner, await restarted.Access.OwnerTokenAsync(owner));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(restarted, "GET", Routes.Status, reader)).Status);
        Assert.Equal(JoinAnswer.Approved, Read<JoinAnswer>(await JoinAsync(restarted, Bearer(invite), "north", key)).State);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(restarted, "POST", Routes.Challenges, Bearer(left))).Status);
        Assert.Equal((HttpStatusCode.Forbidden, "INVITATION_REFUSED"), Of(await JoinAsync(restarted, Bearer(moved), "moved", before)));
        Assert.Equal(JoinAnswer.Approved, Read<JoinAnswer>(await JoinAsync(restarted, Bearer(moved), "moved", after)).State);
        Assert.NotEqual(owner, await restarted.Access.OwnerTokenAsync("lost"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(restarted, "GET", Routes.Roster, owner)).Status);
    }

    [Fact]
    public async Task A_rotation_needs_both_keys_and_the_old_one_never_comes_back()
    {
        await using CoordinatorServer server = await ServerAsync();
        string owner = await server.Access.OwnerTokenAsync();
        using SigningKey before = Key(), after = Key(), thief = Key();
        (Invite invite, JoinAnswer answer) = await EnrolAsync(server, owner, "north", before);

        Assert.Equal((HttpStatusCode.Forbidden, "IDENTITY_SIGNATURE_INVALID"), Of(await SendAsync(server, "POST", Routes.Rotate, answer.Token, Rotation("north", before, after, oldSigner: thief))));
        Assert.Equal((HttpStatusCode.Forbidden, "IDENTITY_SIGNATURE_INVALID"), Of(await SendAsync(server, "POST", Routes.Rotate, answer.Token, Rotation("north", before, after, newSigner: thief))));
        Assert.Equal((HttpStatusCode.Forbidden, "IDENTITY_SIGNATURE_INVALID"), Of(await SendAsync(server, "POST", Routes.Rotate, answer.Token, Rotation("south", before, after))));
        JoinAnswer rotated = Read<JoinAnswer>(await SendAsync(server, "POST", Routes.Rotate, answer.Token, Rotation("north", before, after)));

        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(server, "POST", Routes.Presence, answer.Token)).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(server, "POST", Routes.Presence, rotated.Token)).Status);
        Assert.Equal((HttpStatusCode.Forbidden, "INVITATION_REFUSED"), Of(await JoinAsync(server, Bearer(invite), "north", before)));
        Assert.Equal((HttpStatusCode.Conflict, "STORAGE_CONFLICT"), Of(await SendAsync(server, "POST", Routes.Rotate, rotated.Token, Rotation("north", after, before))));
        Assert.Equal(2, Assert.Single((await AskAsync<RosterAnswer>(server, "GET", Routes.Roster, owner)).Roster).Generation);
    }

    [Fact]
    public async Task Requests_that_are_not_allowed_are_refused_by_name()
    {
        await using CoordinatorServer server = await ServerAsync();
        string owner = await server.Access.OwnerTokenAsync();

        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_VALUE"), Of(await SendAsync(server, "POST", Routes.Invites, owner, new InviteRequest("two words"))));
        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_VALUE"), Of(await SendAsync(server, "POST", Routes.Invites, owner, new InviteRequest("a", "king"))));
        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_VALUE"), Of(await SendAsync(server, "POST", Routes.Invites, owner, new InviteRequest("a", ValidHours: 0))));
        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_VALUE"), Of(await SendAsync(server, "POST", Routes.Invites, owner, new InviteRequest("a", Coordinator: "http://example.org"))));
        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_VALUE"), Of(await SendAsync(server, "POST", Routes.Tokens, owner, new TokenRequest("a", "participant"))));
        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_VALUE"), Of(await SendAsync(server, "POST", Routes.Tokens, owner, new TokenRequest("a", "viewer", 0))));
        Assert.Equal((HttpStatusCode.BadRequest, "MALFORMED_MESSAGE"), Of(await SendAsync(server, "POST", Routes.Tokens, owner, new { Name = "a", Role = "viewer", Days = 1, More = 1 })));
        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_VALUE"), Of(await SendAsync(server, "POST", $"{Routes.Roster}/nobody/approve", owner, new ApproveRequest("x"))));
    }

    public void Dispose() => folder.Dispose();

    private Task<CoordinatorServer> ServerAsync(TimeProvider? clock = null) => Given.ServerAsync(
        configure: options =>
        {
            options.OpenEnrolment = false;
            options.DataDirectory = folder.Path;
        },
        clock: clock);

    private static async Task<(HttpStatusCode Status, string Code)> ApproveAsync(CoordinatorServer server, string owner, string words) =>
        Of(await SendAsync(server, "POST", $"{Routes.Roster}/north/approve", owner, new ApproveRequest(words)));
}
