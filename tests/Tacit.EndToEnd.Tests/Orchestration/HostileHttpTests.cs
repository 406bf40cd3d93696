using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using Tacit.Orchestration;
using Xunit;

namespace Tacit.EndToEnd.Tests.Orchestration;

/// <summary>Requests that no client of ours would send: each is refused by its name, or by the server itself before anybody reads it, and nothing is thrown at the log.</summary>
public sealed partial class HostileHttpTests : IAsyncLifetime, IDisposable
{
    private const string Start = "/api/training/start";
    private readonly CapturedLog log = new();
    private Facades facades = null!;

    public async Task InitializeAsync() => facades = await Facades.StartAsync(coordinator: options => options.Logging = log.AddTo);

    async Task IAsyncLifetime.DisposeAsync()
    {
        await facades.DisposeAsync();
        string[] unhandled = [.. log.Unhandled];
        Assert.True(unhandled.Length == 0, string.Join('\n', unhandled));
    }

    public void Dispose() => log.Dispose();

    [Fact]
    public async Task A_body_that_is_announced_too_long_is_refused_before_it_is_read()
    {
        string answer = await SendAsync(TacitOrchestration.Orchestrator, $"POST {Start} HTTP/1.1\r\nHost: x\r\n{Token}Content-Type: application/json\r\nContent-Length: 99999999\r\n\r\n{{");

        Assert.Equal(("413", "MESSAGE_TOO_LARGE"), Of(answer));
    }

    [Fact]
    public async Task A_body_without_end_is_refused_when_it_is_too_long()
    {
        StringBuilder request = new($"POST {Start} HTTP/1.1\r\nHost: x\r\n{Token}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 20; i++) request.Append("1000\r\n").Append(' ', 0x1000).Append("\r\n");

        Assert.Equal(("413", "MESSAGE_TOO_LARGE"), Of(await SendAsync(TacitOrchestration.Orchestrator, request.ToString())));
    }

    [Fact]
    public async Task A_body_that_does_not_come_is_not_waited_for()
    {
        string answer = await SendAsync(TacitOrchestration.Orchestrator, $"POST {Start} HTTP/1.1\r\nHost: x\r\n{Token}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{\"privacy\"");

        Assert.Equal(("408", "SENDER_TOO_SLOW"), Of(answer));
    }

    [Theory]
    [InlineData("""{"privacy": "\ud800"}""", "half a surrogate pair")]
    [InlineData("""{"\ud800": 1}""", "half a surrogate pair")]
    [InlineData("""{"privacy": ["\udfff"]}""", "half a surrogate pair")]
    [InlineData("""{"privacy": "none", "privacy": "none"}""", "has a key twice")]
    public async Task A_body_that_is_no_text_is_refused_by_name(string body, string named)
    {
        Answer answer = await facades.PostAsync(TacitOrchestration.Orchestrator, Start, body);

        Assert.Equal("MALFORMED_MESSAGE", answer.Code);
        Assert.Contains(named, answer.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("line ,", answer.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip", "application/json")]
    [InlineData("identity", "application/json")]
    [InlineData("", "text/plain")]
    [InlineData("", "application/x-www-form-urlencoded")]
    [InlineData("", "application/json; charset=utf-16")]
    [InlineData("", "application/jsonp")]
    [InlineData("", "json")]
    [InlineData("", "")]
    public async Task Compressed_bodies_and_other_types_are_not_read(string encoding, string type)
    {
        using HttpClient http = facades.Http(TacitOrchestration.Orchestrator);
        using ByteArrayContent body = new("""{"privacy":"none"}"""u8.ToArray());
        if (type.Length > 0) body.Headers.TryAddWithoutValidation("Content-Type", type);
        if (encoding.Length > 0) body.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        using HttpResponseMessage response = await http.PostAsync(new Uri(Start, UriKind.Relative), body);
        Answer answer = await Answer.OfAsync(response);

        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE"), (answer.Status, answer.Code));
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x7B })]
    [InlineData(new byte[] { 0x7B, 0x22, 0xC3, 0x28, 0x22, 0x3A, 0x31, 0x7D })]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF, 0x7B, 0x7D })]
    [InlineData(new byte[] { 0x00 })]
    public async Task Bytes_that_are_no_text_are_malformed(byte[] bytes)
    {
        using HttpClient http = facades.Http(TacitOrchestration.Orchestrator);
        using ByteArrayContent body = new(bytes);
        body.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        using HttpResponseMessage response = await http.PostAsync(new Uri(Start, UriKind.Relative), body);

        Assert.Contains((await Answer.OfAsync(response)).Code, new[] { "MALFORMED_MESSAGE", "UNKNOWN_KEY" });
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("/api/training/runs/..%2f..%2fetc%2fpasswd", "UNKNOWN_JOB")]
    [InlineData("/api/training/runs/1'%20OR%20'1'='1", "UNKNOWN_JOB")]
    [InlineData("/api/training/runs/x';DROP%20TABLE%20jobs;--/metrics", "UNKNOWN_JOB")]
    [InlineData("/api/training/runs/%00", "UNKNOWN_JOB|")]
    [InlineData("/api/training/runs/%0d%0aSet-Cookie:x", "UNKNOWN_JOB")]
    [InlineData("/api/training/runs/%ff%fe", "UNKNOWN_JOB|")]
    [InlineData("/api/training/../../etc/passwd", "UNKNOWN_ROUTE")]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd", "UNKNOWN_ROUTE")]
    [InlineData("/api/training/start/", "METHOD_NOT_ALLOWED")]
    [InlineData("//api/training/runs", "UNKNOWN_ROUTE")]
    [InlineData("/API/TRAINING/NOWHERE", "UNKNOWN_ROUTE")]
    [InlineData("/.git/config", "UNKNOWN_ROUTE")]
    [InlineData("/api/training/runs?run=1&run=2&run[]=3", "200")]
    public async Task Paths_lead_nowhere_else(string path, string code)
    {
        (string status, string found) = Of(await SendAsync(TacitOrchestration.Orchestrator, $"GET {path} HTTP/1.1\r\nHost: x\r\n{Token}\r\n"));

        Assert.Contains(code == "200" ? status : found, code.Split('|'));
        Assert.DoesNotContain("500", status, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/logs?after=-1", "INVALID_VALUE")]
    [InlineData("/api/v1/logs?after=1e9", "INVALID_VALUE")]
    [InlineData("/api/v1/logs?wait=perhaps", "INVALID_VALUE")]
    [InlineData("/api/v1/logs?after=99999999999999999999", "INVALID_VALUE")]
    [InlineData("/api/v1/rounds/99999999999999999999", "UNKNOWN_ROUTE")]
    [InlineData("/api/v1/rounds/-1", "UNKNOWN_ROUND")]
    [InlineData("/api/v1/rounds/abc", "UNKNOWN_ROUTE")]
    [InlineData("/api/v1/jobs/%27%20OR%201=1", "UNKNOWN_JOB")]
    [InlineData("/nowhere", "UNKNOWN_ROUTE")]
    public async Task The_coordinators_own_routes_do_as_well(string path, string code) => Assert.Equal(code, (await facades.GetAsync(null, path)).Code);

    [Theory]
    [InlineData("DELETE", "/api/training/runs", "GET")]
    [InlineData("GET", "/api/training/start", "POST")]
    [InlineData("PUT", "/api/training/start", "POST")]
    [InlineData("TRACE", "/api/training/runs", "GET")]
    [InlineData("OPTIONS", "/api/training/runs", "GET")]
    [InlineData("BREW", "/api/training/runs", "GET")]
    public async Task A_wrong_method_is_told_which_is_right(string method, string path, string allowed)
    {
        string answer = await SendAsync(TacitOrchestration.Orchestrator, $"{method} {path} HTTP/1.1\r\nHost: x\r\n{Token}Content-Length: 0\r\n\r\n");

        Assert.Equal(("405", "METHOD_NOT_ALLOWED"), Of(answer));
        Assert.Contains($"\nAllow: {allowed}\r", answer, StringComparison.Ordinal);
    }

    // What the server itself refuses, before there is a request to answer: a status and no more.
    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "400")]                                                                                    // no host
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400")]
    [InlineData("GET / HTTP/9.9\r\nHost: x\r\n\r\n", "505")]
    [InlineData("GET /\r\n", "400")]
    [InlineData("G\u0001T / HTTP/1.1\r\nHost: x\r\n\r\n", "400")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nA: b\u0000c\r\n\r\n", "400")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n folded: header\r\n\r\n", "400")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\0\0\0")]   // a frame of HTTP/2 that says goodbye
    [InlineData("POST /api/training/start HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", "400")]
    [InlineData("POST /api/training/start HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400")]
    [InlineData("POST /api/training/start HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\nab", "400")]
    public async Task Broken_framing_is_refused(string request, string status) => Assert.Contains(Of(await SendAsync(TacitOrchestration.Orchestrator, request)).Status, status.Split('|'));

    [Fact]
    public async Task Broken_chunks_are_malformed()
    {
        string head = $"POST {Start} HTTP/1.1\r\nHost: x\r\n{Token}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";

        Assert.Equal("400", Of(await SendAsync(TacitOrchestration.Orchestrator, head + "FFFFFFFFFFFFFFFFFF\r\nab\r\n")).Status);
        Assert.Equal("400", Of(await SendAsync(TacitOrchestration.Orchestrator, head + "zz\r\nab\r\n")).Status);
    }

    [Fact]
    public async Task Floods_of_headers_and_endless_paths_are_cut_off()
    {
        string many = string.Concat(Enumerable.Range(0, 200).Select(i => $"H{i}: x\r\n")), large = $"H: {new string('x', 20_000)}\r\n";

        Assert.Equal("431", Of(await SendAsync(null, $"GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n")).Status);
        Assert.Equal("431", Of(await SendAsync(null, $"GET / HTTP/1.1\r\nHost: x\r\n{large}\r\n")).Status);
        Assert.Equal("414", Of(await SendAsync(null, $"GET /{new string('a', 20_000)} HTTP/1.1\r\nHost: x\r\n\r\n")).Status);
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Basic cm9vdDpyb290")]
    [InlineData("bearer operator.x")]
    [InlineData("Bearer operator.AAAA' OR '1'='1")]
    [InlineData("Bearer ../../operator")]
    public async Task A_token_that_is_none_is_nobody(string authorization)
    {
        Assert.Equal(("401", "NOT_AUTHENTICATED"), Of(await SendAsync(TacitOrchestration.Orchestrator, $"GET /api/training/runs HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\n\r\n")));
        Assert.Equal(("401", "NOT_AUTHENTICATED"), Of(await SendAsync(TacitOrchestration.Orchestrator, $"GET /api/training/runs HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\n{Token}\r\n")));
    }

    [Fact]
    public async Task A_sender_that_goes_away_leaves_nothing_behind()
    {
        for (int i = 0; i < 10; i++)
        {
            using TcpClient connection = await ConnectAsync(TacitOrchestration.Orchestrator);
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST {Start} HTTP/1.1\r\nHost: x\r\n{Token}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"));
            connection.Client.LingerState = new LingerOption(true, 0);   // a reset instead of a goodbye
        }

        Assert.Equal(HttpStatusCode.OK, (await facades.GetAsync(TacitOrchestration.Orchestrator, "/api/training/runs")).Status);
    }

    [Fact]
    public async Task A_method_or_an_address_in_headers_changes_nothing()
    {
        string headers = "X-HTTP-Method-Override: DELETE\r\nX-Original-URL: /api/v1/status\r\nX-Rewrite-URL: /api/v1/status\r\nX-Forwarded-For: 127.0.0.1\r\nForwarded: for=127.0.0.1\r\n";

        Assert.Equal(("401", "NOT_AUTHENTICATED"), Of(await SendAsync(TacitOrchestration.Orchestrator, $"GET /api/training/runs HTTP/1.1\r\nHost: x\r\n{headers}\r\n")));
        Assert.Equal(("200", ""), Of(await SendAsync(TacitOrchestration.Orchestrator, $"GET /api/training/runs HTTP/1.1\r\nHost: x\r\n{Token}{headers}\r\n")));
    }

    private string Token => $"Authorization: Bearer {facades.Server.Secrets.Operator}\r\n";

    private async Task<TcpClient> ConnectAsync(string? listener)
    {
        Uri address = listener is null ? facades.Server.Address : facades.Server.AddressOf(listener);
        TcpClient connection = new();
        await connection.ConnectAsync(address.Host, address.Port);
        return connection;
    }

    // Sends bytes as they are, and reads until the answer is whole or the other side ends it.
    private async Task<string> SendAsync(string? listener, string request)
    {
        using TcpClient connection = await ConnectAsync(listener);
        NetworkStream stream = connection.GetStream();
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(10));
        StringBuilder answer = new();
        byte[] buffer = new byte[8192];
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), limit.Token);
            for (int read; !IsWhole(answer.ToString()) && (read = await stream.ReadAsync(buffer, limit.Token)) > 0;) answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
        catch (IOException) when (answer.Length > 0)
        {
            // it has said what it had to say
        }

        return answer.ToString();
    }

    private static bool IsWhole(string answer)
    {
        int end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0) return false;
        Match length = Length().Match(answer);
        return length.Success ? answer.Length >= end + 4 + int.Parse(length.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) : answer.EndsWith("0\r\n\r\n", StringComparison.Ordinal);
    }

    private static (string Status, string Code) Of(string answer) => (answer.Length > 12 ? answer[9..12] : "", Code().Match(answer).Groups[1].Value);

    [GeneratedRegex("Content-Length: ([0-9]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Length();

    [GeneratedRegex("\"code\":\"([A-Z_]+)\"")]
    private static partial Regex Code();
}
