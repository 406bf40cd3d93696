using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text.Json;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Signatures;
using Tacit.Federation.Identities;
using Tacit.Federation.Sessions;

namespace Tacit.Participation.Connections;

/// <summary>Requests to one coordinator: joins when it has to, and tries again when the network fails.</summary>
internal sealed class CoordinatorLink : IDisposable
{
    private const int LimitJsonBytes = 64 * 1024, MostJoins = 4;
    private static readonly TimeSpan firstPause = TimeSpan.FromMilliseconds(100), longestPause = TimeSpan.FromSeconds(10);
    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web) { AllowDuplicateProperties = false, MaxDepth = 8 };

    private readonly ParticipantOptions options;
    private readonly PinnedConnections connections;
    private readonly SemaphoreSlim joining = new(1);
    private string? token;

    public CoordinatorLink(ParticipantOptions options, SigningKey identity)
    {
        (this.options, Identity) = (options, identity);
        connections = new PinnedConnections(options.Coordinator, options.CertificateHash, options.Clock);
    }

    /// <summary>The present key; the caller's.</summary>
    public SigningKey Identity { get; private set; }

    /// <summary>The number that the coordinator gave.</summary>
    public int Participant { get; private set; }

    /// <summary>The present token; empty before the first.</summary>
    public string Token => Volatile.Read(ref token) ?? "";

    /// <summary>Signs a challenge and gets a token; the token before is void.</summary>
    /// <returns>False while the coordinator's owner has not approved.</returns>
    public async Task<bool> JoinAsync(CancellationToken stopping)
    {
        await joining.WaitAsync(stopping);
        try
        {
            return await JoinAloneAsync(stopping);
        }
        finally
        {
            joining.Release();
        }
    }

    /// <summary>Puts a new key in the place of the present one, signed by both; requests go on with the new one.</summary>
    public async Task RotateAsync(SigningKey next, CancellationToken stopping)
    {
        byte[] key = next.VerificationKey.Point.Encoded.ToArray();
        byte[] message = RotationProof.Message(options.Name, Identity.VerificationKey.Point.Encoded, key);
        RotateRequest rotation = new(Base64Text.Of(key), Base64Text.Of(Identity.Sign(message)), Base64Text.Of(next.Sign(message)));
        JoinAnswer answer = await SendAsync(HttpMethod.Post, Routes.Rotate, () => JsonOf(rotation), ReadJsonAsync<JoinAnswer>, stopping);
        Identity = next;
        Accept(answer);
    }

    /// <summary>Sends a request as this participant and reads the answer; joins again if the token is not known any more.</summary>
    public async Task<TResult> SendAsync<TResult>(HttpMethod method, string path, Func<HttpContent?> content, Func<HttpResponseMessage, CancellationToken, Task<TResult>> read, CancellationToken stopping)
    {
        for (int attempt = 0; ; attempt++)
        {
            string? used = Volatile.Read(ref token);
            try
            {
                return await RetryAsync(() => Request(method, path, used ?? "", content()), read, stopping);
            }
            catch (FailureException refused) when ((refused.Code == FailureCodes.NotAuthenticated || refused.Code == FailureCodes.TooManyAttempts) && attempt < MostJoins)
            {
                await JoinAgainAsync(used, stopping);
            }
        }
    }

    /// <summary>The key that receipts are checked with.</summary>
    public async Task<VerificationKey> ReceiptKeyAsync(CancellationToken stopping)
    {
        ReceiptKeyAnswer answer = await SendAsync(HttpMethod.Get, Routes.ReceiptKey, () => null, ReadJsonAsync<ReceiptKeyAnswer>, stopping);
        bool hex = answer.Key?.Length == 2 * P256Point.EncodedBytes && answer.Key.All(char.IsAsciiHexDigit);
        return hex && P256Point.TryRead(Convert.FromHexString(answer.Key!), out P256Point? point)
            ? new VerificationKey(point!)
            : throw new FailureException(FailureCodes.InvalidPublicKey, "the coordinator's key for receipts is no point on P-256");
    }

    public static HttpContent JsonOf<TValue>(TValue value)
    {
        ByteArrayContent content = new(JsonSerializer.SerializeToUtf8Bytes(value, json));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    /// <summary>The body, or null for "nothing yet".</summary>
    public Func<HttpResponseMessage, CancellationToken, Task<byte[]?>> Bytes(long limit) => async (response, stopping) =>
        response.StatusCode == HttpStatusCode.NoContent ? null : await ReadBytesAsync(response, limit, stopping);

    public void Dispose()
    {
        connections.Dispose();
        joining.Dispose();
    }

    // Two requests may hear of it at once: a second token would void the first.
    private async Task JoinAgainAsync(string? refused, CancellationToken stopping)
    {
        await joining.WaitAsync(stopping);
        try
        {
            if (Volatile.Read(ref token) == refused) await JoinAloneAsync(stopping);
        }
        finally
        {
            joining.Release();
        }
    }

    private async Task<bool> JoinAloneAsync(CancellationToken stopping)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return await JoinOnceAsync(stopping);
            }
            catch (FailureException unknown) when (unknown.Code == FailureCodes.NotAuthenticated)
            {
                throw new FailureException(FailureCodes.InvitationRefused, $"{options.Coordinator} does not take what {options.Name} joins with: it was replaced by a newer invitation for the same name, its holder was shut out, or it belongs to another coordinator", unknown);
            }
            catch (FailureException used) when (used.Code == FailureCodes.IdentitySignatureInvalid && attempt < MostJoins)
            {
                // an answer that got lost has used the challenge up, or the coordinator that drew it is gone
            }
        }
    }

    private async Task<bool> JoinOnceAsync(CancellationToken stopping)
    {
        ChallengeAnswer asked = await RetryAsync(() => Request(HttpMethod.Post, Routes.Challenges, options.JoinToken, JsonOf(new { })), ReadJsonAsync<ChallengeAnswer>, stopping);
        if (!Base64Text.TryRead(asked.Challenge, JoinProof.ChallengeBytes, out byte[] challenge)) throw new FailureException(FailureCodes.MalformedMessage, "the coordinator's challenge has not 32 bytes");
        byte[] key = Identity.VerificationKey.Point.Encoded.ToArray();
        byte[] signature = Identity.Sign(JoinProof.Message(challenge, options.Name, key));
        JoinRequest proof = new(options.Name, Base64Text.Of(key), asked.Challenge, Base64Text.Of(signature));
        JoinAnswer answer = await RetryAsync(() => Request(HttpMethod.Post, Routes.Participants, options.JoinToken, JsonOf(proof)), ReadJsonAsync<JoinAnswer>, stopping);
        if (answer.State == JoinAnswer.Waiting) return false;
        Accept(answer);
        return true;
    }

    private void Accept(JoinAnswer answer)
    {
        Participant = answer.Participant;
        if (answer.Certificate.Length > 0) connections.Show(answer.Certificate, Identity);
        Volatile.Write(ref token, answer.Token);
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string bearer, HttpContent? content)
    {
        HttpRequestMessage request = new(method, path) { Content = content, VersionPolicy = HttpVersionPolicy.RequestVersionOrLower };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        return request;
    }

    private async Task<TResult> RetryAsync<TResult>(Func<HttpRequestMessage> make, Func<HttpResponseMessage, CancellationToken, Task<TResult>> read, CancellationToken stopping)
    {
        long start = options.Clock.GetTimestamp();
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                using HttpRequestMessage request = make();
                HttpClient http = connections.Client;
                request.Version = http.DefaultRequestVersion;
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
                patience.CancelAfter(options.AnswerTimeout);
                if (request.Content is EnvelopeBody upload) upload.Sent = () => WaitOn(patience);
                using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
                if (response.IsSuccessStatusCode) return await read(response, stopping);
                if ((int)response.StatusCode < 500) throw await FailureOfAsync(response, stopping);
                throw new HttpRequestException($"status {(int)response.StatusCode}");
            }
            catch (Exception broken) when (broken is HttpRequestException or IOException || (broken is OperationCanceledException && !stopping.IsCancellationRequested))
            {
                connections.ThrowIfRefused();
                if (options.Clock.GetElapsedTime(start) >= options.ReconnectFor) throw new FailureException(FailureCodes.CoordinatorUnreachable, $"{options.Coordinator} did not answer for {options.ReconnectFor.TotalSeconds:F0} s: {broken.Message.ReplaceLineEndings(" ")}", broken);
                await Task.Delay(Pause(attempt), options.Clock, stopping);
            }
        }
    }

    private void WaitOn(CancellationTokenSource patience)
    {
        try
        {
            patience.CancelAfter(options.AnswerTimeout);
        }
        catch (ObjectDisposedException)
        {
            // the answer came before all was sent
        }
    }

    // Twice as long each time, and half of it at random, so that not all come back at once.
    private static TimeSpan Pause(int attempt)
    {
        TimeSpan most = TimeSpan.FromTicks(Math.Min(longestPause.Ticks, firstPause.Ticks << Math.Min(attempt, 10)));
        return most * (0.5 + (0.5 * SystemRandomSource.Instance.NextDouble()));
    }

    private async Task<FailureException> FailureOfAsync(HttpResponseMessage response, CancellationToken stopping)
    {
        string code = FailureCodes.CoordinatorUnreachable.Name, detail = $"status {(int)response.StatusCode}";
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
        {
            ProblemAnswer problem = await ReadJsonAsync<ProblemAnswer>(response, stopping);
            if (FailureCatalogue.Pages.ContainsKey(problem.Code ?? "")) code = problem.Code!;
            if (problem.Detail is { Length: > 0 and <= 2000 } said) detail = string.Concat(said.Select(c => char.IsControl(c) ? ' ' : c));
        }

        return new FailureException(new FailureCode(code), detail);
    }

    private async Task<TValue> ReadJsonAsync<TValue>(HttpResponseMessage response, CancellationToken stopping)
    {
        try
        {
            return JsonSerializer.Deserialize<TValue>(await ReadBytesAsync(response, LimitJsonBytes, stopping), json) ?? throw new JsonException("null");
        }
        catch (JsonException problem)
        {
            throw new FailureException(FailureCodes.MalformedMessage, $"the coordinator's answer is not a {typeof(TValue).Name}", problem);
        }
    }

    private async Task<byte[]> ReadBytesAsync(HttpResponseMessage response, long limit, CancellationToken stopping)
    {
        if (response.Content.Headers.ContentLength > limit) throw TooLarge(limit);
        await using Stream body = await response.Content.ReadAsStreamAsync(stopping);
        using MemoryStream whole = new((int)Math.Min(response.Content.Headers.ContentLength ?? 0, 1 << 20));   // what is announced is not yet there
        byte[] block = new byte[64 * 1024];
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        while (true)
        {
            idle.CancelAfter(options.AnswerPause);
            int read = await body.ReadAsync(block, idle.Token);
            if (read == 0) break;
            if (whole.Length + read > limit) throw TooLarge(limit);
            whole.Write(block, 0, read);
        }

        return whole.ToArray();
    }

    private sealed record ProblemAnswer(string? Code, string? Detail);

    private static FailureException TooLarge(long limit) => new(FailureCodes.MessageTooLarge, $"the coordinator's answer has more than the {limit} bytes that are allowed");
}
