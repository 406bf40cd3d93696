using System.Net;
using System.Net.Http;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Rounds;
using Tacit.Coordination;
using Tacit.Coordination.Hosting;
using Tacit.Coordination.Jobs;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Federation.Jobs;
using Tacit.Federation.Offers;
using Tacit.Federation.Sessions;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Learning.Models;
using Tacit.Learning.Training;
using Tacit.Participation;
using Tacit.Protocols;
using Tacit.Simulation.Rounds;
using Tacit.Storage.Jobs;
using Xunit;

namespace Tacit.EndToEnd.Tests.Federation;

/// <summary>Jobs over real HTTP on loopback, with participants in this process.</summary>
public sealed class FederationTests
{
    [Fact]
    public async Task A_model_that_diverges_ends_with_figures_that_are_no_numbers_and_not_with_a_bug()
    {
        TrainingPlan plan = Given.Plan("rounds=1", "training.server-learning-rate=1e25");
        TrainTestSplit data = Given.Data(plan);
        await using CoordinatorServer server = await Given.ServerAsync();
        await using Cohort cohort = new(server, plan, data);
        string id = (await server.Jobs.SubmitAsync(Given.Job(plan, data), "operator")).Id;

        JobReport ended = await server.Jobs.EndAsync(id).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal((JobState.Finished, ""), (ended.State, ended.Reason));
        Assert.Contains(ended.Rounds, round => !double.IsFinite(round.Metrics!.MeanLoss));
        (HttpStatusCode status, _, string body) = await Identity.SendAsync(server, "GET", $"{Routes.Jobs}/{id}", await server.Access.OwnerTokenAsync());
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("\"loss\":null", body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await Identity.SendAsync(server, "GET", $"{Routes.Views}/jobs/{id}", await server.Access.OwnerTokenAsync())).Status);
    }

    [Fact]
    public async Task Six_participants_finish_three_rounds_and_the_model_learns()
    {
        TrainingPlan plan = Given.Plan("data.standardize=true", "model.hidden=[32]");   // of four neurons all may be dead from the beginning
        TrainTestSplit data = Given.Data(plan);

        FederatedResult result = await RunAsync(plan, data);

        FederatedRound[] training = [.. result.Rounds.Where(round => round.Purpose == RoundPurpose.Training)];
        Assert.Equal([RoundPurpose.FeatureMeans, RoundPurpose.FeatureSquares], result.Rounds.Take(2).Select(round => round.Purpose));
        Assert.Equal([1, 2, 3], training.Select(round => round.Round));
        Assert.All(result.Rounds, round => Assert.Equal(6, round.Included.Length));
        Assert.All(result.Rounds, round => Assert.Empty(round.Incidents));
        Assert.True(training[^1].Metrics!.MeanLoss < training[0].Metrics!.MeanLoss, "three rounds must lower the loss");
    }

    [Fact]
    public async Task Noise_that_participants_add_is_accounted_for_before_a_sum_is_used()
    {
        TrainingPlan plan = Given.Plan("privacy.mechanism=distributed-discrete-gaussian", "privacy.epsilon=50", "privacy.delta=0.01", "privacy.clip=0.5", "privacy.mini-clients=2", "rounds=2");
        TrainTestSplit data = Given.Data(plan);

        FederatedResult result = await RunAsync(plan, data);

        Assert.Null(result.Stopped);
        Assert.Equal(2, result.Rounds.Length);
        Assert.All(result.Rounds, round => Assert.Null(round.Aborted));
        Assert.InRange(result.Rounds[1].Spent!.Epsilon, result.Rounds[0].Spent!.Epsilon, 50);
    }

    [Fact]
    public async Task A_released_model_is_downloaded_as_safetensors_and_the_audit_log_says_who_took_which()
    {
        TrainingPlan plan = Given.Plan("rounds=1");
        TrainTestSplit data = Given.Data(plan);
        await using CoordinatorServer server = await Given.ServerAsync();
        await using Cohort cohort = new(server, plan, data);
        await server.Jobs.RunAsync(Given.Job(plan, data));
        string job = server.Jobs.All.Single().Id;
        using HttpClient http = Given.Http(server, server.Secrets.Operator);

        byte[] model = await http.GetByteArrayAsync(new Uri($"{Routes.Jobs}/{job}/model", UriKind.Relative));

        SafetensorsFile file = Safetensors.Read(model, "model");
        Assert.Equal(job, file.Metadata["job"]);
        JsonElement audit = await http.GetFromJsonAsync<JsonElement>(new Uri(Routes.Views + "/audit", UriKind.Relative));
        JsonElement row = Assert.Single(audit.GetProperty("rows").EnumerateArray(), row => row.GetProperty("action").GetString() == "model.downloaded");
        Assert.Equal(("operator", job, $"SHA-256 {Convert.ToHexStringLower(SHA256.HashData(model))}"), (row.GetProperty("actor").GetString(), row.GetProperty("subject").GetString(), row.GetProperty("detail").GetString()));
    }

    [Fact]
    public async Task A_policy_that_asks_for_more_declines_by_name_and_the_round_goes_on()
    {
        TrainingPlan plan = Given.Plan("rounds=1");
        TrainTestSplit data = Given.Data(plan);

        FederatedResult result = await RunAsync(plan, data, i => new ParticipantPolicy { MinimumCohort = i == 0 ? 50 : 4 });

        FederatedRound round = Assert.Single(result.Rounds);
        Assert.Equal(5, round.Included.Length);
        (string participant, string reason) = Assert.Single(round.Declined);
        Assert.Equal("p1", participant);
        Assert.StartsWith("TERMS_REFUSED: minimum-cohort is 4", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_are_invited_than_are_needed_and_the_first_that_are_ready_make_the_cohort()
    {
        TrainingPlan plan = Given.Plan("cohort.size=4");
        TrainTestSplit data = Given.Data(plan);

        FederatedResult result = await RunAsync(plan, data, configure: options => options.OverSelection = 0.5);

        Assert.Equal(3, result.Rounds.Length);
        Assert.All(result.Rounds, round => Assert.Equal((6, 4), (round.Invited, round.Included.Length)));
        Assert.All(result.Rounds, round => Assert.Empty(round.Dropped));   // whoever was too late is not lost: it is asked again
    }

    [Theory]
    [InlineData(4)]
    [InlineData(2000)]   // inputs of several chunks, which wait for room
    public async Task A_recorded_round_replays_to_the_same_sum_and_the_simulator_agrees_with_the_network(int hidden)
    {
        // Whole numbers on a grid of whole numbers, with the largest weight: rounding has nothing to decide, so both ways must agree to the last bit.
        TrainingPlan plan = Given.Plan("rounds=1", "protection.weight-cap=1", "protection.range=32767", $"model.hidden=[{hidden}]");
        TrainTestSplit data = Given.Data(plan);
        RecordedRounds recorded = new();
        await using CoordinatorServer server = await Given.ServerAsync(recorded);
        using CancellationTokenSource stopping = new();
        float[]? start = null;
        List<Task> participants = [];
        foreach (int number in Enumerable.Range(0, 6)) participants.Add(ContributeAsync(server, number, offer => { start = offer.Vector; return OnGrid(offer.Plan.Dimension, number); }, stopping.Token));

        FederatedResult result = await server.Jobs.RunAsync(Given.Job(plan, data));
        await stopping.CancelAsync();
        await Task.WhenAll(participants);

        (RoundTerms terms, var inputs, RoundOutcome? outcome) = Assert.Single(recorded.Rounds);
        Assert.Equal(hidden > 1000, inputs.Count(input => input.Message?.Phase == Phase.MaskedInput) > 6 * 2);
        ModularVector sum = Assert.IsType<RoundOutcome.Completed>(outcome).Sum!;
        ModularVector replayed = Assert.IsType<RoundOutcome.Completed>(Replay(terms, inputs)).Sum!;
        Assert.Equal(Residues(sum), Residues(replayed));

        WeightedMeanPlan contribution = PlanTerms.WeightedMeanOf(plan.Protection, result.Model.Length, 6);
        ModularVector[] vectors = [.. Enumerable.Range(0, 6).Select(i => WeightedMeanPipeline.Encode(contribution, OnGrid(result.Model.Length, i).Delta, 1, SystemRandomSource.Instance).Residues)];
        RoundSetup setup = RoundSetup.Create(new RoundSetupOptions { Protection = PlanTerms.ProtectionOf(plan.Protection), Seed = 7, MinimumCohort = 4 }, vectors);
        RoundOutcome.Completed simulated = Assert.IsType<RoundOutcome.Completed>(new RoundSimulation(setup.Protocol, setup.Terms, setup.Inputs).Run().Outcome);
        Assert.Equal(Residues(simulated.Sum!), Residues(sum));

        float[] model = [.. start!];
        plan.Server.Create().Apply(model, WeightedMeanPipeline.Decode(contribution, simulated.Sum!).Mean);
        Assert.Equal(model, result.Model);
    }

    private static async Task<FederatedResult> RunAsync(TrainingPlan plan, TrainTestSplit data, Func<int, ParticipantPolicy>? policy = null, Action<CoordinatorOptions>? configure = null)
    {
        await using CoordinatorServer server = await Given.ServerAsync(configure: configure);
        await using Cohort cohort = new(server, plan, data, policy: policy);
        return await server.Jobs.RunAsync(Given.Job(plan, data));
    }

    private static async Task ContributeAsync(CoordinatorServer server, int i, Func<RoundOffer, ModelUpdate> update, CancellationToken stopping)
    {
        try
        {
            await using ParticipantClient client = await ParticipantClient.ConnectAsync(Given.Options(server, $"p{i + 1}"), stopping);
            await foreach (RoundInvitation invitation in client.InvitationsAsync(stopping)) await invitation.ContributeAsync(update(invitation.Offer), stopping);
        }
        catch (OperationCanceledException)
        {
            // the job is done
        }
    }

    private static ModelUpdate OnGrid(int dimension, int i) => new([.. Enumerable.Range(0, dimension).Select(j => (float)(((i + 1) * j % 7) - 3))], 1, 0);

    private static RoundOutcome? Replay(RoundTerms terms, List<(Envelope? Message, DateTimeOffset At)> inputs)
    {
        using IRoundMachine machine = AggregationProtocols.Get(terms.Protocol).CreateCoordinator(terms, SequentialLoop.Instance);
        RoundStep step = machine.Start(inputs[0].At);
        foreach ((Envelope? message, DateTimeOffset at) in inputs.Skip(1)) step = message is null ? machine.Expire(at) : machine.Receive(message, at);
        return step.Outcome;
    }

    private static ulong[] Residues(ModularVector vector) => [.. Enumerable.Range(0, vector.Length).Select(i => vector[i])];
}
