using System.Net;
using Tacit.Coordination.Access;
using Tacit.Coordination.Hosting;
using Tacit.Cryptography.Signatures;
using Tacit.Dashboard;
using Tacit.EndToEnd.Tests.Federation;
using Tacit.Federation.Identities;
using Tacit.Federation.Sessions;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.EndToEnd.Tests.Browser;

/// <summary>Somebody joins with an invitation; the owner compares words in the dashboard and approves.</summary>
[Collection(BrowserTests.Name)]
public sealed class ApprovalTests(Chromium browser, ITestOutputHelper output)
{
    [Fact]
    public async Task An_owner_compares_words_approves_and_revokes()
    {
        if (browser.IsAbsent(output)) return;
        using SigningKey key = Identity.Key();
        await using CoordinatorServer server = await Given.ServerAsync(configure: options => options.Extensions.Add(new DashboardExtension()));
        string owner = await server.Access.OwnerTokenAsync();
        await using BrowserPage page = await OpenAsync(server, Role.Owner);
        await page.UntilTextAsync("tacit invite hospital-b");

        Invite invite = await Identity.InviteAsync(server, owner, "north");
        await page.UntilAsync("document.querySelector('.person.invited .name strong')?.innerText === 'north'");
        Assert.Equal(HttpStatusCode.OK, (await Identity.JoinAsync(server, Identity.Bearer(invite), "north", key)).Status);
        await page.UntilAsync("document.querySelector('.person.waiting')");
        string[] words = Identity.WordsOf(server, invite, key);
        Assert.Equal(string.Join(' ', words), await page.TextAsync(".person.waiting .words code"));

        await page.ClickTextAsync("Compare and approve");
        await page.UntilAsync("document.querySelector('.bigwords')");
        Assert.Equal(words, (await page.EvaluateAsync("[...document.querySelectorAll('.bigwords span')].map(word => word.innerText)")).EnumerateArray().Select(word => word.GetString()));
        if (Environment.GetEnvironmentVariable("TACIT_SCREENS") is { } folder) await page.PictureAsync(System.IO.Path.Combine(folder, "approve-light.png"));
        Assert.Equal("waiting", await StateAsync(server, owner));
        await page.ClickTextAsync("Yes, the same: approve");
        await page.UntilAsync("document.querySelector('.person.approved')");
        await page.UntilTextAsync("north may take part.");
        Assert.Equal("approved", await StateAsync(server, owner));

        await page.ClickTextAsync("Revoke");
        await page.ClickTextAsync("Revoke north");
        await page.UntilAsync("document.querySelector('.person.revoked')");
        Assert.Equal("revoked", await StateAsync(server, owner));
    }

    [Fact]
    public async Task A_question_gets_the_focus_Escape_closes_it_and_long_names_do_not_widen_a_phone()
    {
        if (browser.IsAbsent(output)) return;
        string name = new('n', 96);
        await using CoordinatorServer server = await Given.ServerAsync(configure: options => options.Extensions.Add(new DashboardExtension()));
        await Identity.InviteAsync(server, await server.Access.OwnerTokenAsync(), name);
        await using BrowserPage page = await OpenAsync(server, Role.Owner);
        await page.ResizeAsync(390, 844, phone: true);
        await page.UntilAsync("document.querySelector('.person')");

        await page.ClickTextAsync("Revoke");
        await page.UntilAsync("document.querySelector('.ask')?.contains(document.activeElement)");
        Assert.Equal("Keep", (await page.EvaluateAsync("document.activeElement.innerText")).GetString());   // not the one that cannot be undone
        Assert.Equal(390, (await page.EvaluateAsync("document.documentElement.scrollWidth")).GetInt32());
        await page.PressAsync("Escape");
        await page.UntilAsync("!document.querySelector('.ask')");
        Assert.Equal("/participants", (await page.EvaluateAsync("location.pathname")).GetString());
    }

    [Theory]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Operator)]
    public async Task Whoever_is_no_owner_sees_who_waits_and_approves_nobody(Role role)
    {
        if (browser.IsAbsent(output)) return;
        using SigningKey key = Identity.Key();
        await using CoordinatorServer server = await Given.ServerAsync(configure: options => options.Extensions.Add(new DashboardExtension()));
        string owner = await server.Access.OwnerTokenAsync();
        Invite invite = await Identity.InviteAsync(server, owner, "north");
        await Identity.JoinAsync(server, Identity.Bearer(invite), "north", key);

        await using BrowserPage page = await OpenAsync(server, role);
        await page.UntilAsync("document.querySelector('.person.waiting')");

        Assert.False(await page.IsAsync("document.querySelector('.person button')"));
        page.Expected.Add("403");
        Assert.Equal(403, (await page.EvaluateAsync("fetch('/api/v1/roster/north/approve', { method: 'POST', headers: { 'x-tacit-request': 'dashboard', 'content-type': 'application/json' }, body: JSON.stringify({ words: 'guess' }) }).then(r => r.status)")).GetInt32());
        Assert.Equal("waiting", await StateAsync(server, owner));
    }

    [Fact]
    public async Task Words_that_differ_are_refused_with_the_code()
    {
        if (browser.IsAbsent(output)) return;
        using SigningKey key = Identity.Key();
        await using CoordinatorServer server = await Given.ServerAsync(configure: options => options.Extensions.Add(new DashboardExtension()));
        string owner = await server.Access.OwnerTokenAsync();
        Invite invite = await Identity.InviteAsync(server, owner, "north");
        await Identity.JoinAsync(server, Identity.Bearer(invite), "north", key);
        await using BrowserPage page = await OpenAsync(server, Role.Owner);
        page.Expected.AddRange(["403", "400", "409"]);
        await page.UntilAsync("document.querySelector('.person.waiting')");

        // Between the page and the coordinator the words become others.
        await page.EvaluateAsync("window.send = fetch, window.fetch = (path, options) => send(path, options?.method === 'POST' ? { ...options, body: options.body.replace(/\"words\":\"\\S+/, '\"words\":\"other') } : options)");
        await page.ClickTextAsync("Compare and approve");
        await page.ClickTextAsync("Yes, the same: approve");

        await page.UntilAsync("document.querySelector('.notice.bad')");
        Assert.Matches("^[A-Z_]+: ", await page.TextAsync(".notice.bad"));
        Assert.Equal("waiting", await StateAsync(server, owner));
    }

    private async Task<BrowserPage> OpenAsync(CoordinatorServer server, Role role)
    {
        BrowserPage page = await browser.OpenAsync(server.Address);
        await page.GoAsync(TacitDashboard.CreateLink(server.Sessions, server.Address, role).PathAndQuery);
        await page.UntilAsync("document.querySelector('#live').textContent === 'live'");
        await page.GoAsync("/participants");
        return page;
    }

    private static async Task<string> StateAsync(CoordinatorServer server, string owner) => (await Identity.AskAsync<RosterAnswer>(server, "GET", Routes.Roster, owner)).Roster.Single(line => line.Name == "north").State;
}
