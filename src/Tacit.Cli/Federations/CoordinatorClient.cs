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

/// <summary>Talks to a running coordinator: the one of <c>--data-dir</c>, or the one that the options name.</summary>
internal sealed class CoordinatorClient : IDisposable
{
    private const int LargestAnswer = 64 << 20;

    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web) { AllowDuplicateProperties = false, MaxDepth = 8, DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    private static readonly Option<string?> coordinator = Arguments.Text("--coordinator", "The coordinator's address; the one of --data-dir if not given.", "URL");
    private static readonly Option<string?> tokenFile = Arguments.Text("--token-file", "File with the bearer token.", "FILE");
    private static readonly Option<string?> pin = Arguments.Text("--pin", "SHA-256 of the coordinator's authority, or of its certificate; without it, the system's authorities decide.", "HEX");
    private static readonly Option<string?> folder = Arguments.Text("--data-dir", $"Data directory of a coordinator on this host; {ServeVerb.DefaultFolder} if not given.", "DIR");

    private readonly HttpClient http;

    private CoordinatorClient(Uri address, string? token, string? expected)
    {
        Address = address;
        HttpClientHandler handler = new() { AllowAutoRedirect = false };
        handler.ServerCertificateCustomValidationCallback = (_, certificate, chain, errors) =>
        {
            Certificate = certificate is null ? null : X509CertificateLoader.LoadCertificate(certificate.RawDataMemory.Span);
            return expected is null
                ? errors == System.Net.Security.SslPolicyErrors.None
                : IssuedCertificates.IsPinned(certificate, chain?.ChainPolicy.ExtraStore ?? [], [expected], TimeProvider.System.GetUtcNow());
        };
        http = new HttpClient(handler) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(40), MaxResponseContentBufferSize = LargestAnswer };
        if (token is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Where it is.</summary>
    public Uri Address { get; }

    /// <summary>What it showed; null before the first answer, or without TLS.</summary>
    public X509Certificate2? Certificate { get; private set; }

    /// <summary>The time that it says, of the last answer.</summary>
    public DateTimeOffset? Date { get; private set; }

    public static void AddTo(Command command)
    {
        foreach (Option option in new[] { coordinator, tokenFile, pin, folder }) command.Options.Add(option);
    }

    public static string FolderOf(ParseResult parsed) => parsed.GetValue(folder) ?? ServeVerb.DefaultFolder;

    /// <summary>Finds the coordinator that the command line means.</summary>
    /// <exception cref="FailureException">COORDINATOR_UNREACHABLE: there is nothing to go by; FILE_ACCESS; INVALID_VALUE.</exception>
    public static CoordinatorClient Create(ParseResult parsed)
    {
        string? hash = parsed.GetValue(pin);
        if (hash is not null && (hash.Length != 64 || !hash.All(char.IsAsciiHexDigit))) throw new UsageException(FailureCodes.InvalidValue, $"--pin is \"{hash}\"; it must be 64 hexadecimal digits: the SHA-256 of the coordinator's certificate");
        string? token = parsed.GetValue(tokenFile) is { } file ? ReadToken(file) : null;
        if (parsed.GetValue(coordinator) is not { } url) return Of(ConnectionIn(FolderOf(parsed)), token, hash);
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? address) || (address.Scheme != "https" && !(address.Scheme == "http" && address.IsLoopback)))
        {
            throw new UsageException(FailureCodes.InvalidValue, $"--coordinator is {url}; it must be an https address, or http on this host: a token does not travel in the clear");
        }

        return new CoordinatorClient(address, token, hash?.ToLowerInvariant());
    }

    /// <summary>Whether the process of the coordinator answers; asks the one route that needs no token.</summary>
    public async Task<bool> IsLiveAsync(CancellationToken stopping)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, "/healthz/live", null, stopping);
        return response.IsSuccessStatusCode;
    }

    /// <summary>Sends JSON and reads JSON.</summary>
    /// <exception cref="FailureException">COORDINATOR_UNREACHABLE, CERTIFICATE_REFUSED, MALFORMED_MESSAGE, or the code of the coordinator's refusal.</exception>
    public async Task<TAnswer> SendAsync<TAnswer>(HttpMethod method, string path, object? body, CancellationToken stopping)
    {
        string text = await TextAsync(method, path, stopping, body);
        try
        {
            return JsonSerializer.Deserialize<TAnswer>(text, json) ?? throw new JsonException("null");
        }
        catch (JsonException problem)
        {
            throw new FailureException(FailureCodes.MalformedMessage, $"the answer of {Address} is not a {typeof(TAnswer).Name}", problem);
        }
    }

    public async Task<JsonElement> GetAsync(string path, CancellationToken stopping) => Parse(await TextAsync(HttpMethod.Get, path, stopping));

    public async Task<JsonElement> PostAsync(string path, CancellationToken stopping) => Parse(await TextAsync(HttpMethod.Post, path, stopping));

    /// <exception cref="FailureException">COORDINATOR_UNREACHABLE, or the code of the coordinator's refusal.</exception>
    public async Task<string> TextAsync(HttpMethod method, string path, CancellationToken stopping, object? body = null)
    {
        using HttpResponseMessage response = await SendAsync(method, path, body, stopping);
        string text = await response.Content.ReadAsStringAsync(stopping);
        if (response.IsSuccessStatusCode) return text;
        (string code, string detail) = ("COORDINATOR_UNREACHABLE", FormattableString.Invariant($"{Address} answered {(int)response.StatusCode}"));
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
        {
            JsonElement problem = Parse(text);
            if (problem.TryGetProperty("code", out JsonElement name) && FailureCatalogue.Pages.ContainsKey(name.GetString() ?? "")) code = name.GetString()!;
            if (problem.TryGetProperty("detail", out JsonElement words)) detail = words.GetString() ?? detail;
        }

        throw new FailureException(new FailureCode(code), detail);
    }

    public void Dispose()
    {
        http.Dispose();
        Certificate?.Dispose();
    }

    private static CoordinatorClient Of(ConnectionFile connection, string? token, string? hash)
    {
        // A coordinator that listens on every address is reached on this host by loopback.
        Uri address = connection.Address.Host is "0.0.0.0" or "[::]" ? new UriBuilder(connection.Address) { Host = "127.0.0.1" }.Uri : connection.Address;
        return new CoordinatorClient(address, token ?? connection.Token, hash ?? connection.Certificate);
    }

    private static ConnectionFile ConnectionIn(string data) => ConnectionFile.Find(data)
        ?? throw new FailureException(FailureCodes.CoordinatorUnreachable, $"{Path.Combine(data, ConnectionFile.Name)} is not there: start a coordinator with tacit serve or tacit up, name its --data-dir, or give --coordinator and --token-file");

    private static string ReadToken(string file)
    {
        const int Longest = 4096;
        try
        {
            PrivateFolder.ThrowIfShared(file);
            if (new FileInfo(file).Length > Longest) throw new FailureException(FailureCodes.InvalidValue, $"--token-file is {file}, which is longer than a token");
            string token = File.ReadAllText(file).Trim();
            return token.Length > 0 && token.All(letter => letter is > ' ' and < '\u007f') ? token : throw new FailureException(FailureCodes.InvalidValue, $"--token-file is {file}, which holds no token");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new FailureException(FailureCodes.FileAccess, $"--token-file is {file}, which cannot be read", problem);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body, CancellationToken stopping)
    {
        try
        {
            using HttpRequestMessage request = new(method, path);
            if (body is not null) request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), json));
            HttpResponseMessage response = await http.SendAsync(request, stopping);
            Date = response.Headers.Date;
            return response;
        }
        catch (HttpRequestException problem)
        {
            throw problem.HttpRequestError == HttpRequestError.SecureConnectionError
                ? new FailureException(FailureCodes.CertificateRefused, $"{Address} shows a certificate that is neither the pinned one nor signed by the pinned authority: nothing was sent", problem)
                : new FailureException(FailureCodes.CoordinatorUnreachable, $"{Address} does not answer: {problem.HttpRequestError}", problem);
        }
        catch (TaskCanceledException problem) when (!stopping.IsCancellationRequested)
        {
            throw new FailureException(FailureCodes.CoordinatorUnreachable, $"{Address} does not answer in time", problem);
        }
    }

    private JsonElement Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException problem)
        {
            throw new FailureException(FailureCodes.MalformedMessage, $"{Address} answers with something else than JSON: it is no coordinator", problem);
        }
    }
}
