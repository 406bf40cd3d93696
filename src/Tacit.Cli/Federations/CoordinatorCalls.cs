using System.CommandLine;
using System.IO;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Output;
using Tacit.Cli.Verbs;
using Tacit.Federation.Identities;
using Tacit.Storage.Files;

namespace Tacit.Cli.Federations;

/// <summary>Requests of people to a coordinator, with a token from a file: <c>connection.json</c> of a data directory, or what the options say.</summary>
internal sealed class CoordinatorCalls : IDisposable
{
    private static readonly Option<string?> folder = Arguments.Text("--data-dir", $"The data directory of tacit serve or tacit up, with its {ConnectionFile.Name}; {ServeVerb.DefaultFolder} if not given.", "DIR");
    private static readonly Option<string?> coordinator = Arguments.Text("--coordinator", "The coordinator's address, instead of the one in the data directory.", "URL");
    private static readonly Option<string?> tokenFile = Arguments.Text("--token-file", "A file with your token that only you can read.", "FILE");
    private static readonly Option<string?> pin = Arguments.Text("--pin", "SHA-256 of the coordinator's authority or certificate.", "HEX");
    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web) { AllowDuplicateProperties = false, MaxDepth = 8 };

    private readonly HttpClient http;
    private bool refused;

    private CoordinatorCalls(ConnectionFile connection)
    {
        Address = connection.Address;
        if (Address.Scheme != Uri.UriSchemeHttps && !Address.IsLoopback) throw new FailureException(FailureCodes.CertificateRefused, $"{Address} is without TLS; a token is only sent over https");
        SocketsHttpHandler handler = new() { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(10) };
        if (connection.Certificate is { } pinned)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, chain, _) =>
                !(refused = !IssuedCertificates.IsPinned(shown as X509Certificate2, chain?.ChainPolicy.ExtraStore ?? [], [pinned], TimeProvider.System.GetUtcNow()));
        }

        http = new HttpClient(handler) { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(1), MaxResponseContentBufferSize = 64 << 20 };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", connection.Token);
    }

    public Uri Address { get; }

    /// <summary>The options that say which coordinator.</summary>
    public static void AddOptions(Command command)
    {
        foreach (Option<string?> option in new[] { folder, coordinator, tokenFile, pin }) command.Options.Add(option);
    }

    /// <exception cref="FailureException">FILE_NOT_FOUND, KEY_FILE_PERMISSIONS or MALFORMED_FILE.</exception>
    public static CoordinatorCalls Open(ParseResult parsed)
    {
        string home = parsed.GetValue(folder) ?? ServeVerb.DefaultFolder;
        ConnectionFile? kept = parsed.GetValue(coordinator) is null || parsed.GetValue(tokenFile) is null ? ConnectionFile.Find(home) : null;
        Uri? address = parsed.GetValue(coordinator) is not { } text ? kept?.Address
            : Uri.TryCreate(text, UriKind.Absolute, out Uri? given) && given.Scheme is "http" or "https" ? given
            : throw new UsageException(FailureCodes.InvalidValue, $"--coordinator is {text}; it must be an address, such as https://127.0.0.1:8443");
        string? token = parsed.GetValue(tokenFile) is { } path ? ReadToken(path) : kept?.Token;
        if (address is null || token is null) throw new FailureException(FailureCodes.FileNotFound, $"{Path.Combine(home, ConnectionFile.Name)} is not there; name the coordinator's data directory with --data-dir, or give --coordinator, --token-file and --pin");
        if (parsed.GetValue(pin) is { } digits && (digits.Length != 64 || !digits.All(char.IsAsciiHexDigit))) throw new UsageException(FailureCodes.InvalidValue, "--pin must be 64 hexadecimal digits");
        return new CoordinatorCalls(new ConnectionFile(address, parsed.GetValue(pin)?.ToLowerInvariant() ?? kept?.Certificate, token));
    }

    /// <exception cref="FailureException">COORDINATOR_UNREACHABLE, CERTIFICATE_REFUSED, or what the coordinator says.</exception>
    public async Task<TAnswer> SendAsync<TAnswer>(HttpMethod method, string path, object? body, CancellationToken stopping)
    {
        try
        {
            using HttpRequestMessage request = new(method, path);
            if (body is not null) request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), json));
            using HttpResponseMessage response = await http.SendAsync(request, stopping);
            byte[] bytes = await response.Content.ReadAsByteArrayAsync(stopping);
            if (!response.IsSuccessStatusCode) throw FailureOf((int)response.StatusCode, bytes);
            return JsonSerializer.Deserialize<TAnswer>(bytes, json) ?? throw new JsonException("null");
        }
        catch (HttpRequestException problem)
        {
            throw refused
                ? new FailureException(FailureCodes.CertificateRefused, $"{Address} shows a certificate that is neither the pinned one nor signed by the pinned authority: nothing was sent", problem)
                : new FailureException(FailureCodes.CoordinatorUnreachable, $"{Address} does not answer: {problem.Message.ReplaceLineEndings(" ")}", problem);
        }
        catch (JsonException problem)
        {
            throw new FailureException(FailureCodes.MalformedMessage, $"the answer of {Address} is not a {typeof(TAnswer).Name}", problem);
        }
    }

    public void Dispose() => http.Dispose();

    private static string ReadToken(string path)
    {
        if (!File.Exists(path)) throw new FailureException(FailureCodes.FileNotFound, $"--token-file is {path}, which is not there");
        PrivateFolder.ThrowIfShared(path);
        return File.ReadAllText(path).Trim();
    }

    private static FailureException FailureOf(int status, byte[] body)
    {
        try
        {
            Problem? problem = JsonSerializer.Deserialize<Problem>(body, json);
            if (problem?.Code is { } code && FailureCatalogue.Pages.ContainsKey(code)) return new FailureException(new FailureCode(code), problem.Detail ?? code);
        }
        catch (JsonException)
        {
            // said below
        }

        return new FailureException(FailureCodes.CoordinatorUnreachable, $"the answer has status {status}; is this a coordinator?");
    }

    private sealed record Problem(string? Code, string? Detail);
}
