using System.Buffers.Binary;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Coordination.Hosting;
using Tacit.Coordination.Jobs;
using Tacit.Cryptography.Randomness;
using Tacit.Federation.Envelopes;
using Tacit.Federation.Offers;
using Tacit.Federation.Sessions;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Xunit;

namespace Tacit.EndToEnd.Tests.Federation;

/// <summary>Bodies that no participant of ours would send: each is refused by its name, and the round ends in bounded time.</summary>
public sealed class HostileBodyTests
{
    [Fact]
    public async Task Garbage_oversized_misattributed_and_slow_bodies_are_refused_by_name_and_the_round_ends()
    {
        TrainingPlan plan = Given.Plan("rounds=1", "cohort.minimum=4", "model.hidden=[2000]");
        TrainTestSplit data = Given.Data(plan);
        await using CoordinatorServer server = await Given.ServerAsync(phase: TimeSpan.FromSeconds(4));
        string[] tokens = [.. await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => AccessTests.TokenAsync(server)))];
        using CancellationTokenSource giveUp = new(TimeSpan.FromSeconds(30));
        Task<FederatedResult> job = server.Jobs.RunAsync(Given.Job(plan, data, participants: 5), stopping: giveUp.Token);
        foreach (string token in tokens) await AcceptAsync(server, token);
        (RoundTerms terms, PartyId self) = await TermsAsync(server, tokens[0]);
        string route = Routes.Envelopes(1, "advertise-keys");
        EnvelopeLimits limits = new(terms);

        Assert.Equal((HttpStatusCode.BadRequest, "MALFORMED_MESSAGE"), await PostAsync(server, tokens[0], route, new byte[100]));
        Assert.Equal((HttpStatusCode.BadRequest, "MALFORMED_MESSAGE"), await PostAsync(server, tokens[0], route, [1, 2, 3]));
        Assert.Equal((HttpStatusCode.BadRequest, "UNSUPPORTED_VERSION"), await PostAsync(server, tokens[0], route, Framed([.. Enumerable.Repeat((byte)0xEE, 200)])));
        Assert.Equal((HttpStatusCode.BadRequest, "MALFORMED_MESSAGE"), await PostAsync(server, tokens[0], route, Framed(Message(terms, Phase.ShareKeys, self))));
        Assert.Equal((HttpStatusCode.Forbidden, "UNKNOWN_PARTY"), await PostAsync(server, tokens[0], route, Framed(Message(terms, Phase.AdvertiseKeys, new PartyId(self.Value == 2 ? 1 : 2)))));
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "MESSAGE_TOO_LARGE"), await PostAsync(server, tokens[0], route, [0xFF, 0xFF, 0xFF, 0x7F, .. new byte[64]]));
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "MESSAGE_TOO_LARGE"), await PostAsync(server, tokens[0], route, new byte[limits.Body(Phase.AdvertiseKeys) + 1]));
        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_VALUE"), await PostAsync(server, tokens[0], Routes.Envelopes(1, "no-such-phase"), []));
        Assert.Equal((HttpStatusCode.NotFound, "UNKNOWN_ROUND"), await PostAsync(server, tokens[0], Routes.Envelopes(99, "advertise-keys"), []));

        // Inputs have several chunks here: before there is room for one, no more than the request for it is read.
        string inputs = Routes.Envelopes(1, "masked-input");
        Assert.True(terms.Length > terms.ResiduesPerChunk);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "MESSAGE_TOO_LARGE"), await PostAsync(server, tokens[0], inputs, Framed(Message(terms, Phase.MaskedInput, self))));
        Assert.Contains("408", await SlowlyAsync(server, tokens[0], route), StringComparison.Ordinal);

        // Nobody advertised a key: the round is given up at its deadline, and so is the job after its last try.
        using HttpClient http = Given.Http(server, server.Secrets.Operator);
        Stopwatch waited = Stopwatch.StartNew();
        while (!(await http.GetStringAsync(new Uri($"{Routes.Rounds}/1", UriKind.Relative))).Contains("COHORT_BELOW_THRESHOLD", StringComparison.Ordinal))
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(15), "the round hangs");
            await Task.Delay(100);
        }

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => job);
    }

    [Fact]
    public async Task A_participant_that_sends_what_nobody_asked_for_fills_no_memory_and_ends_no_job()
    {
        TrainingPlan plan = Given.Plan("rounds=1");
        TrainTestSplit data = Given.Data(plan);
        await using CoordinatorServer server = await Given.ServerAsync(phase: TimeSpan.FromSeconds(30));
        string token = await AccessTests.TokenAsync(server);
        Task<FederatedResult> job = server.Jobs.RunAsync(Given.Job(plan, data, participants: 6));
        await using Cohort cohort = new(server, plan, data, participants: 5);
        await AcceptAsync(server, token);
        (RoundTerms terms, PartyId self) = await TermsAsync(server, token);
        byte[] foreign = Framed(EnvelopeCodec.Encode(new Envelope(new RoundId(new byte[RoundId.Bytes]), Phase.AdvertiseKeys, self, PartyId.Coordinator, new byte[20])));

        for (int i = 0; i < 500; i++) Assert.Equal(HttpStatusCode.OK, (await PostAsync(server, token, Routes.Envelopes(1, "advertise-keys"), foreign)).Status);   // whose round it is only the machine knows

        FederatedResult result = await job;
        FederatedRound round = Assert.Single(result.Rounds);
        Assert.Equal(5, round.Included.Length);
        Assert.InRange(round.Incidents.Length, 100, 210);
        Assert.All(round.Incidents.Take(100), incident => Assert.StartsWith("REPLAYED_MESSAGE", incident, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"name\":\"a\",\"name\":\"b\"}")]
    [InlineData("{\"name\":\"a\",\"key\":\"b\",\"challenge\":\"c\",\"signature\":\"d\",\"role\":\"operator\"}")]
    [InlineData("{\"name\":null,\"key\":null,\"challenge\":null,\"signature\":null}")]
    [InlineData("{{{{{{{{{{{{")]
    public async Task Json_that_is_not_exactly_what_is_asked_for_is_refused(string text)
    {
        await using CoordinatorServer server = await Given.ServerAsync();

        (HttpStatusCode status, string code) = await PostAsync(server, server.Secrets.Join, Routes.Participants, Encoding.UTF8.GetBytes(text));

        Assert.Equal((HttpStatusCode.BadRequest, "MALFORMED_MESSAGE"), (status, code));
    }

    [Fact]
    public void Offers_and_terms_of_hostile_origin_never_throw()
    {
        byte[] random = new byte[4096];
        for (int i = 0; i < 2000; i++)
        {
            Span<byte> bytes = random.AsSpan(0, i * 2);
            SystemRandomSource.Instance.Fill(bytes);
            if (bytes.Length > 0) bytes[0] = 1;
            Assert.False(RoundOfferCodec.TryDecode(bytes, out _));
            Assert.False(RoundTermsCodec.TryDecode(bytes, out _, out _));
        }
    }

    private static byte[] Message(RoundTerms terms, Phase phase, PartyId from) => EnvelopeCodec.Encode(new Envelope(terms.Id, phase, from, PartyId.Coordinator, new byte[20]));

    private static byte[] Framed(byte[] envelope)
    {
        byte[] framed = new byte[EnvelopeLimits.LengthBytes + envelope.Length];
        BinaryPrimitives.WriteInt32LittleEndian(framed, envelope.Length);
        envelope.CopyTo(framed, EnvelopeLimits.LengthBytes);
        return framed;
    }

    private static async Task AcceptAsync(CoordinatorServer server, string token)
    {
        using HttpClient http = Given.Http(server, token);
        HttpStatusCode status = HttpStatusCode.NoContent;
        while (status == HttpStatusCode.NoContent)
        {
            using HttpResponseMessage offered = await http.GetAsync(new Uri(Routes.Offer, UriKind.Relative));
            status = offered.StatusCode;
        }

        Assert.Equal(HttpStatusCode.OK, status);
        using HttpResponseMessage answered = await http.PostAsync(new Uri(Routes.Answer(1), UriKind.Relative), new StringContent("{\"accept\":true}"));
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    private static async Task<(RoundTerms Terms, PartyId Self)> TermsAsync(CoordinatorServer server, string token)
    {
        using HttpClient http = Given.Http(server, token);
        byte[] bytes = await http.GetByteArrayAsync(new Uri(Routes.Terms(1), UriKind.Relative));
        Assert.True(RoundTermsCodec.TryDecode(bytes, out RoundTerms? terms, out PartyId self));
        return (terms!, self);
    }

    private static async Task<(HttpStatusCode Status, string Code)> PostAsync(CoordinatorServer server, string token, string route, byte[] body)
    {
        using HttpClient http = Given.Http(server, token);
        using HttpResponseMessage response = await http.PostAsync(new Uri(route, UriKind.Relative), new ByteArrayContent(body));
        return (response.StatusCode, await AccessTests.CodeAsync(response));
    }

    // Announces a body with an envelope of 100 bytes and sends a few of them.
    private static async Task<string> SlowlyAsync(CoordinatorServer server, string token, string route)
    {
        using TcpClient connection = new();
        await connection.ConnectAsync(server.Address.Host, server.Address.Port);
        NetworkStream stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {route} HTTP/1.1\r\nHost: {server.Address.Authority}\r\nAuthorization: Bearer {token}\r\nContent-Length: 200\r\n\r\nd\0\0\0some bytes"));
        using StreamReader reader = new(stream, Encoding.ASCII);
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(10));
        return await reader.ReadLineAsync(limit.Token) ?? "";
    }
}
