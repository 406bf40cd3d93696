using System.Net;
using System.Net.Http;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tacit.Coordination.Access;
using Tacit.Dashboard;
using Tacit.EndToEnd.Tests.Federation;
using Xunit;

namespace Tacit.EndToEnd.Tests.Browser;

/// <summary>Links and cookies of the dashboard, over plain HTTP requests.</summary>
public sealed partial class SessionTests
{
    private static readonly Role[] people = [Role.Viewer, Role.Operator, Role.Owner];

    [Fact]
    public async Task Every_route_takes_a_session_of_its_role_or_above_and_refuses_every_other()
    {
        await using Stage stage = await Stage.SetAsync();
        using HttpClient http = stage.Http();
        Dictionary<Role, string> cookies = [];
        foreach (Role role in people) cookies[role] = (await OpenAsync(stage, role)).Cookie;

        foreach ((string method, string pattern, Role? required) in stage.Server.RouteTable.Where(route => route.Role != Role.Anonymous && !route.Pattern.EndsWith("/session/end", StringComparison.Ordinal)))
        {
            foreach (Role role in people)
            {
                using HttpRequestMessage request = Request(stage, method, Sample(pattern), cookies[role]);
                using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                bool allowed = required is Role.Viewer or Role.Operator or Role.Owner && Array.IndexOf(people, role) >= Array.IndexOf(people, required.Value);
                Assert.Equal((method, pattern, role, allowed), (method, pattern, role, !await IsRefusedAsync(response)));
                Assert.Contains("no-store", response.Headers.CacheControl?.ToString() ?? "", StringComparison.Ordinal);
            }

            using HttpResponseMessage nobody = await http.SendAsync(Request(stage, method, Sample(pattern), "tacit=nonsense"));
            Assert.Equal((pattern, HttpStatusCode.Unauthorized), (pattern, nobody.StatusCode));
        }
    }

    [Fact]
    public async Task Anonymous_routes_are_health_and_pages_without_data()
    {
        await using Stage stage = await Stage.SetAsync();
        using HttpClient http = stage.Http();

        string[] open = [.. stage.Server.RouteTable.Where(route => route.Role == Role.Anonymous).Select(route => route.Pattern).Order(StringComparer.Ordinal)];
        Assert.Equal(["/", "/about", "/admin", "/assets/{name}", "/compare", "/healthz/live", "/healthz/ready", "/participants", "/receipts", "/runs/{id}", "/runs/{id}/sees"], open);
        string[] pages = [.. await Task.WhenAll(new[] { "/", "/runs/x", "/runs/x/sees", "/participants", "/admin" }.Select(path => http.GetStringAsync(new Uri(path, UriKind.Relative))))];
        Assert.Single(pages.Distinct());   // one document, the same for everybody
    }

    [Fact]
    public async Task Pages_and_assets_forbid_what_they_do_not_need()
    {
        await using Stage stage = await Stage.SetAsync();
        using HttpClient http = stage.Http();
        using HttpResponseMessage page = await http.GetAsync(new Uri("/", UriKind.Relative));
        string html = await page.Content.ReadAsStringAsync();

        string policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(page.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(page.Headers.GetValues("Referrer-Policy")));
        foreach (Match asset in AssetPath().Matches(html))
        {
            using HttpResponseMessage got = await http.GetAsync(new Uri(asset.Groups[1].Value, UriKind.Relative));
            Assert.Equal((asset.Value, HttpStatusCode.OK), (asset.Value, got.StatusCode));
            using HttpRequestMessage again = new(HttpMethod.Get, asset.Groups[1].Value);
            again.Headers.TryAddWithoutValidation("If-None-Match", got.Headers.ETag!.ToString());
            Assert.Equal(HttpStatusCode.NotModified, (await http.SendAsync(again)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri("/assets/..%2fTacitDashboard.cs", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task A_cookie_is_for_this_host_over_TLS_alone_and_no_script_reads_it()
    {
        await using Stage stage = await Stage.SetAsync();

        (_, string header, HttpResponseMessage answer) = await OpenAsync(stage, Role.Viewer);

        Assert.Equal((HttpStatusCode.SeeOther, "/"), (answer.StatusCode, answer.Headers.Location!.ToString()));
        Assert.StartsWith("__Host-tacit-", header, StringComparison.Ordinal);
        foreach (string part in (string[])["httponly", "secure", "samesite=strict", "path=/", "max-age=43200"]) Assert.Contains(part, header, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("domain", header, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_link_opens_one_session_even_when_many_hurry()
    {
        await using Stage stage = await Stage.SetAsync();
        using HttpClient http = stage.Http();
        string link = stage.LinkFor(Role.Owner);

        HttpStatusCode[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => (await http.GetAsync(new Uri(link, UriKind.Relative))).StatusCode));

        Assert.Single(answers, HttpStatusCode.SeeOther);
        Assert.Equal(19, answers.Count(status => status == HttpStatusCode.Forbidden));
        Assert.Equal(HttpStatusCode.Forbidden, (await http.GetAsync(new Uri("/?t=guess", UriKind.Relative))).StatusCode);
    }

    [Theory]
    [InlineData(false, true, "same-origin")]
    [InlineData(true, false, "same-origin")]
    [InlineData(true, true, "cross-site")]
    [InlineData(true, true, "same-site")]
    public async Task A_change_that_another_site_could_send_is_refused(bool header, bool origin, string site)
    {
        await using Stage stage = await Stage.SetAsync();
        using HttpClient http = stage.Http();
        (string cookie, _, _) = await OpenAsync(stage, Role.Owner);

        using HttpRequestMessage request = Request(stage, "POST", "/api/v1/session/links", cookie);
        if (!header) request.Headers.Remove(BrowserSessions.RequestHeader);
        request.Headers.Remove("Origin");
        request.Headers.TryAddWithoutValidation("Origin", origin ? stage.Address.GetLeftPart(UriPartial.Authority) : "https://elsewhere.example");
        request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", site);
        using HttpResponseMessage response = await http.SendAsync(request);

        Assert.Equal((HttpStatusCode.Forbidden, "NOT_ALLOWED"), (response.StatusCode, await AccessTests.CodeAsync(response)));
    }

    [Fact]
    public async Task A_session_that_was_ended_is_nobody_and_its_stream_of_changes_stops()
    {
        await using Stage stage = await Stage.SetAsync();
        using HttpClient http = stage.Http();
        (string cookie, _, _) = await OpenAsync(stage, Role.Viewer);
        using HttpResponseMessage stream = await http.SendAsync(Request(stage, "GET", "/api/v1/changes", cookie), HttpCompletionOption.ResponseHeadersRead);
        using System.IO.StreamReader events = new(await stream.Content.ReadAsStreamAsync());
        Assert.Equal("text/event-stream", stream.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("id: ", await events.ReadLineAsync(), StringComparison.Ordinal);

        using HttpResponseMessage ended = await http.SendAsync(Request(stage, "POST", "/api/v1/session/end", cookie));
        TrainingJob(stage);

        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.SendAsync(Request(stage, "GET", "/api/v1/session", cookie))).StatusCode);
        await events.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20));   // ends

        static void TrainingJob(Stage stage) => _ = stage.Server.Jobs.SubmitAsync(Given.Job(Given.Plan(), Given.Data(Given.Plan())), "tester");
    }

    [Fact]
    public async Task Who_made_a_link_and_who_opened_and_ended_a_session_is_in_the_audit_log()
    {
        await using Stage stage = await Stage.SetAsync();
        using HttpClient http = stage.Http();
        (string cookie, _, _) = await OpenAsync(stage, Role.Operator);
        using HttpResponseMessage made = await http.SendAsync(LinkRequest(stage, cookie, "viewer")), refused = await http.SendAsync(LinkRequest(stage, cookie, "owner"));
        using HttpResponseMessage second = await http.GetAsync(new Uri(JsonDocument.Parse(await made.Content.ReadAsStringAsync()).RootElement.GetProperty("path").GetString()!, UriKind.Relative));
        (await http.SendAsync(Request(stage, "POST", "/api/v1/session/end", cookie))).Dispose();

        (string Action, string Actor, string Detail)[] rows = await RowsAsync(stage, second.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);

        Assert.Equal((HttpStatusCode.Forbidden, "NOT_ALLOWED"), (refused.StatusCode, await AccessTests.CodeAsync(refused)));
        Assert.Equal(["session.opened", "session.link-made", "session.opened", "session.ended"], rows.Select(row => row.Action));
        Assert.Equal(["role operator, link of coordinator", "role viewer", $"role viewer, link of {rows[0].Actor}", ""], rows.Select(row => row.Detail));
        Assert.StartsWith("browser-", rows[0].Actor, StringComparison.Ordinal);
        Assert.Equal((rows[0].Actor, rows[0].Actor), (rows[1].Actor, rows[3].Actor));
        Assert.NotEqual(rows[0].Actor, rows[2].Actor);
        Assert.DoesNotContain(cookie.Split('=')[1], string.Concat(rows), StringComparison.Ordinal);
    }

    private static async Task<(string Action, string Actor, string Detail)[]> RowsAsync(Stage stage, string cookie)
    {
        using HttpClient http = stage.Http();
        using HttpResponseMessage answer = await http.SendAsync(Request(stage, "GET", "/api/v1/views/audit", cookie));
        JsonElement rows = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("rows");
        string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;
        return [.. rows.EnumerateArray().Select(row => (Text(row, "action"), Text(row, "actor"), Text(row, "detail"))).Where(row => row.Item1.StartsWith("session.", StringComparison.Ordinal)).Reverse()];   // newest first
    }

    private static HttpRequestMessage LinkRequest(Stage stage, string cookie, string role)
    {
        HttpRequestMessage request = Request(stage, "POST", "/api/v1/session/links", cookie);
        request.Content = JsonContent.Create(new { role });
        return request;
    }

    [Fact]
    public async Task A_link_for_all_addresses_of_a_host_names_one_that_can_be_opened()
    {
        await using Stage stage = await Stage.SetAsync();

        Uri link = TacitDashboard.CreateLink(stage.Server.Sessions, new Uri("https://0.0.0.0:8443"), Role.Owner);

        Assert.Equal(("localhost", 8443), (link.Host, link.Port));
        Assert.Equal("localhost", TacitDashboard.CreateLink(stage.Server.Sessions, new Uri("https://[::]:8443"), Role.Owner).Host);
    }

    // By role: a handler may refuse for other reasons.
    private static async Task<bool> IsRefusedAsync(HttpResponseMessage response) => response.StatusCode == HttpStatusCode.Unauthorized
        || (response.StatusCode == HttpStatusCode.Forbidden && (await response.Content.ReadAsStringAsync()).Contains("the route belongs to the role", StringComparison.Ordinal));

    private static async Task<(string Cookie, string Header, HttpResponseMessage Answer)> OpenAsync(Stage stage, Role role)
    {
        using HttpClient http = stage.Http();
        HttpResponseMessage answer = await http.GetAsync(new Uri(stage.LinkFor(role), UriKind.Relative));
        string header = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        return (header.Split(';')[0], header, answer);
    }

    private static HttpRequestMessage Request(Stage stage, string method, string path, string cookie)
    {
        HttpRequestMessage request = new(new HttpMethod(method), path);
        request.Headers.TryAddWithoutValidation("Cookie", cookie);
        if (method == "GET") return request;
        request.Headers.TryAddWithoutValidation(BrowserSessions.RequestHeader, "dashboard");
        request.Headers.TryAddWithoutValidation("Origin", stage.Address.GetLeftPart(UriPartial.Authority));
        return request;
    }

    private static string Sample(string pattern) => Parameter().Replace(pattern.Replace("{round:long}", "1", StringComparison.Ordinal).Replace("{phase}", "masked-input", StringComparison.Ordinal), "nobody");

    [GeneratedRegex("\\{[a-z]+\\}")]
    private static partial Regex Parameter();

    [GeneratedRegex("(?:src|href)=\"(/assets/[^\"]+)\"")]
    private static partial Regex AssetPath();
}
