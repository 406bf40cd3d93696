using System.Net.Http;
using System.Net.Http.Headers;
using Tacit.Aggregation.Rounds;
using Tacit.Coordination;
using Tacit.Coordination.Hosting;
using Tacit.Coordination.Jobs;
using Tacit.Coordination.Rounds;
using Tacit.Cryptography.Signatures;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Participation;
using Tacit.Simulation.Jobs;
using Tacit.Simulation.Plans;

namespace Tacit.EndToEnd.Tests.Federation;

/// <summary>Small jobs, coordinators on free ports of loopback, and clients of them.</summary>
internal static class Given
{
    public const string PlanText = """
        task: training
        name: small
        rounds: 3
        data: {format: synthetic-activity, persons: 8, windows: 12, test: {fraction: 0.25}}
        model: {kind: mlp, hidden: [4]}
        training: {learning-rate: 0.05}
        cohort: {size: auto, minimum: 4}
        protection: {protocol: secagg-plus, mode: malicious, drop: 0.3}
        """;

    public static TrainingPlan Plan(params string[] settings) => TrainingPlanReader.Read("small.yaml", PlanFile.Apply(PlanFile.Parse("small.yaml", PlanText), settings));

    public static TrainTestSplit Data(TrainingPlan plan) => JobData.Load(plan.Data, null, plan.Seed);

    public static FederatedJob Job(TrainingPlan plan, TrainTestSplit data, int participants = 6) =>
        new() { Plan = plan, Input = data.Train.InputShape, Classes = data.Train.ClassNames.Length, Participants = participants, Test = data.Test };

    public static Task<CoordinatorServer> ServerAsync(IRoundJournal? journal = null, TimeSpan? phase = null, Action<CoordinatorOptions>? configure = null, TimeProvider? clock = null) => CoordinatorServer.StartAsync(
        options =>
        {
            options.OpenEnrolment = true;
            options.FailuresPerMinute = 0;
            options.PhaseTimeout = phase ?? TimeSpan.FromSeconds(10);
            options.AnswerTimeout = TimeSpan.FromSeconds(20);
            options.JoinTimeout = TimeSpan.FromSeconds(20);
            options.LongPoll = TimeSpan.FromSeconds(2);
            options.PresenceTimeout = TimeSpan.FromSeconds(6);
            options.IdleTimeout = TimeSpan.FromSeconds(1);
            configure?.Invoke(options);
        },
        journal,
        clock);

    public static ParticipantOptions Options(CoordinatorServer server, string name, ParticipantPolicy? policy = null, SigningKey? identity = null) => new()
    {
        Coordinator = server.Address,
        Name = name,
        JoinToken = server.Secrets.Join,
        Identity = identity,
        Policy = policy ?? new ParticipantPolicy { MinimumCohort = 4 },
        PresenceInterval = TimeSpan.FromSeconds(1),
        ReconnectFor = TimeSpan.FromSeconds(5),
    };

    /// <summary>Connects to this coordinator and to no other.</summary>
    public static SocketsHttpHandler Handler(CoordinatorServer server)
    {
        SocketsHttpHandler handler = new() { AllowAutoRedirect = false };
        if (server.Pin is { } pin) handler.SslOptions.RemoteCertificateValidationCallback = (_, _, chain, _) => chain!.ChainPolicy.ExtraStore.Any(shown => Tacit.Federation.Identities.IssuedCertificates.HashOf(shown) == pin);
        return handler;
    }

    public static HttpClient Http(CoordinatorServer server, string? token = null)
    {
        HttpClient http = new(Handler(server)) { BaseAddress = server.Address, Timeout = TimeSpan.FromSeconds(20) };
        if (token is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }
}

/// <summary>The system's clock, set ahead: what lasts days is over at once, and nothing waits.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
}

/// <summary>Keeps what went into the machines.</summary>
internal sealed class RecordedRounds : IRoundJournal
{
    public List<(RoundTerms Terms, List<(Envelope? Message, DateTimeOffset At)> Inputs, RoundOutcome? Outcome)> Rounds { get; } = [];

    public Action<Envelope, IReadOnlyList<string>>? Arrived { get; init; }

    private IReadOnlyList<string> names = [];

    public void Started(RoundTerms terms, IReadOnlyList<string> names, DateTimeOffset now)
    {
        this.names = names;
        Rounds.Add((terms, [(null, now)], null));
    }

    public void Received(Envelope message, DateTimeOffset now)
    {
        Rounds[^1].Inputs.Add((message with { Payload = message.Payload.ToArray() }, now));   // a payload is only good during the call
        Arrived?.Invoke(message, names);
    }

    public void Expired(RoundId round, DateTimeOffset now) => Rounds[^1].Inputs.Add((null, now));

    public void Ended(RoundId round, RoundOutcome outcome) => Rounds[^1] = Rounds[^1] with { Outcome = outcome };
}
