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

namespace Tacit.Cli.Federations;

/// <summary>Talks to a running coordinator: the one of <c>--data-dir</c>, or the one that the options name.</summary>
internal sealed class CoordinatorClient : IDisposable
{
    private const int LargestAnswer = 64 << 20;

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
        if (hash is not null && (hash.Length != 64 || !hash.All(char.IsAsciiHexDigit))) throw new UsageException(FailureCodes.InvalidValue, "--pin must be 64 hexadecimal digits: the SHA-256 of the coordinator's certificate");
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
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, "/healthz/live", stopping);
        return response.IsSuccessStatusCode;
    }

    public async Task<JsonElement> GetAsync(string path, CancellationToken stopping) => Parse(await TextAsync(HttpMethod.Get, path, stopping));

    public async Task<JsonElement> PostAsync(string path, CancellationToken stopping) => Parse(await TextAsync(HttpMethod.Post, path, stopping));

    /// <exception cref="FailureException">COORDINATOR_UNREACHABLE, or the code of the coordinator's refusal.</exception>
    public async Task<string> TextAsync(HttpMethod method, string path, CancellationToken stopping)
    {
        using HttpResponseMessage response = await SendAsync(method, path, stopping);
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
            if (new FileInfo(file).Length > Longest) throw new FailureException(FailureCodes.InvalidValue, $"--token-file is {file}, which is longer than a token");
            string token = File.ReadAllText(file).Trim();
            return token.Length > 0 && token.All(letter => letter is > ' ' and < '\u007f') ? token : throw new FailureException(FailureCodes.InvalidValue, $"--token-file is {file}, which holds no token");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new FailureException(FailureCodes.FileAccess, $"--token-file is {file}, which cannot be read", problem);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, CancellationToken stopping)
    {
        try
        {
            using HttpRequestMessage request = new(method, path);
            HttpResponseMessage response = await http.SendAsync(request, stopping);
            Date = response.Headers.Date;
            return response;
        }
        catch (HttpRequestException problem)
        {
            string why = problem.HttpRequestError == HttpRequestError.SecureConnectionError ? "its certificate is not the one that is expected" : problem.HttpRequestError.ToString();
            throw new FailureException(FailureCodes.CoordinatorUnreachable, $"{Address} does not answer: {why}", problem);
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
