using System.IO;
using System.Threading;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Rounds;
using Tacit.Coordination.Hosting;
using Tacit.Coordination.Jobs;
using Tacit.Coordination.Rounds;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Cryptography.Signatures;
using Tacit.EndToEnd.Tests.Storage;
using Tacit.Federation.Identities;
using Tacit.Federation.Jobs;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Learning.Training;
using Tacit.Participation;
using Tacit.Storage.Files;

namespace Tacit.EndToEnd.Tests.Federation;

/// <summary>
/// A federation in which everybody may die: the coordinator at a point of its store, from which on nothing is written any more, and participants when a message of theirs arrives. Whoever died
/// starts again with nothing but its disk. Updates are whole numbers on the grid of the plan, so exact sums can be computed beforehand.
/// </summary>
internal sealed class CrashWorld : IAsyncDisposable
{
    public const int Participants = 5;

    private static readonly TimeSpan patience = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder folder = new();
    private readonly TestDatabase database;
    private readonly Random random;
    private readonly CancellationTokenSource end = new();
    private readonly CancellationTokenSource?[] lives = new CancellationTokenSource?[Participants];
    private readonly List<(int Participant, Phase Phase, int Arrival)> deaths = [];
    private readonly List<Task> participants = [];
    private readonly Invite[] invites = new Invite[Participants];
    private readonly SigningKey[] keys = new SigningKey[Participants];
    private readonly List<string> problems = [];
    private CoordinatorServer? server;
    private int port, arrivals;
    private bool armed;

    public CrashWorld(int seed, TestDatabase database, bool noised)
    {
        random = new Random(seed);
        this.database = database;
        Plan = noised
            ? Given.Plan("rounds=2", "privacy.mechanism=distributed-discrete-gaussian", "privacy.noise-multiplier=3", "privacy.delta=0.01", "privacy.clip=0.5", "protection.drop=0.4", "cohort.minimum=3")
            : Given.Plan("rounds=2", "protection.weight-cap=1", "protection.range=32767", "protection.drop=0.4", "cohort.minimum=3");
        Data = Given.Data(Plan);
        for (int i = random.Next(3); i > 0; i--) deaths.Add((random.Next(Participants), (Phase)random.Next(5), random.Next(2)));
    }

    public TrainingPlan Plan { get; }

    public TrainTestSplit Data { get; }

    public int Crashes { get; private set; }

    public int Killed { get; private set; }

    public string Folder(int i) => Path.Combine(folder.Path, $"p{i + 1}");

    /// <summary>Runs the job through all crashes.</summary>
    /// <returns>How it ended, and its model.</returns>
    public async Task<(JobReport Job, float[] Model)> RunAsync()
    {
        await StartAsync(random.Next(1, 80));
        await EnrolAsync();
        for (int i = 0; i < Participants; i++) participants.Add(LiveAsync(i));
        string id = (await server!.Jobs.SubmitAsync(Job(), "operator")).Id;
        Volatile.Write(ref armed, true);
        int crashes = random.Next(4);
        long start = Environment.TickCount64;
        for (int crash = 0; ; crash++)
        {
            Task died = Died.Task;
            Task ended = server!.Jobs.EndAsync(id);
            Task first = await Task.WhenAny(died, ended, Task.Delay(patience));
            if (first == ended && !died.IsCompleted) break;
            if (first != died && !died.IsCompleted) throw new TimeoutException($"the job stands still: {server.Jobs.Find(id)}");
            Crashes++;
            await server.DisposeAsync();
            await StartAsync(crash + 1 < crashes ? random.Next(1, 80) : null);
            if (Environment.TickCount64 - start > patience.TotalMilliseconds) throw new TimeoutException("too many lives");
        }

        JobReport job = server.Jobs.Find(id)!;
        float[] model = (await server.Jobs.ModelAsync(id))!;
        await end.CancelAsync();
        await Task.WhenAll(participants);
        await server.DisposeAsync();
        server = null;
        if (problems.Count > 0) throw new InvalidOperationException(string.Join("; ", problems));
        return (job, model);
    }

    /// <summary>What the model must be if these were in the sums, in order.</summary>
    public float[] Expected(JobReport job, int dimension)
    {
        WeightedMeanPlan contribution = PlanTerms.WeightedMeanOf(Plan.Protection, dimension, Participants);
        float[] model = new float[dimension];
        var optimizer = Plan.Server.Create();
        foreach (FederatedRound round in job.Rounds.Where(round => round.Aborted is null))
        {
            ModularVector[] inputs = [.. round.Included.Select(name => WeightedMeanPipeline.Encode(contribution, OnGrid(dimension, int.Parse(name[1..]) - 1).Delta, 1, SystemRandomSource.Instance).Residues)];
            for (int i = 1; i < inputs.Length; i++) inputs[0].Add(inputs[i]);
            optimizer.Apply(model, WeightedMeanPipeline.Decode(contribution, inputs[0]).Mean);
        }

        return model;
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        try
        {
            await Task.WhenAll(participants);
        }
        finally
        {
            if (server is not null) await server.DisposeAsync();
            foreach (SigningKey key in keys) key?.Dispose();
            end.Dispose();
            folder.Dispose();
        }
    }

    private TaskCompletionSource Died { get; set; } = new();

    private FederatedJob Job() => Given.Job(Plan, Data, Participants) with { Start = new float[Learning.Models.Network.Create(Plan.Model, Data.Train.InputShape, Data.Train.ClassNames.Length).ParameterCount], Test = null, Document = "the job" };

    // After so many points of the store it is as if the process had been killed: nothing more is written.
    private async Task StartAsync(int? points)
    {
        TaskCompletionSource died = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Died = died;
        int left = points ?? int.MaxValue;
        void Probe(string point)
        {
            if (!Volatile.Read(ref armed) || Interlocked.Decrement(ref left) > 0) return;
            died.TrySetResult();
            throw new CrashedException();
        }

        for (int attempt = 0; ; attempt++)
        {
            try
            {
                server = await CoordinatorServer.StartAsync(
                    options =>
                    {
                        options.Port = port;
                        options.DataDirectory = Path.Combine(folder.Path, "coordinator");
                        options.OpenStore = _ => database.OpenAsync(Probe);
                        options.ReadJob = (_, _) => Job();
                        options.PhaseTimeout = TimeSpan.FromSeconds(1.5);
                        options.AnswerTimeout = TimeSpan.FromSeconds(5);
                        options.LongPoll = TimeSpan.FromSeconds(1);
                        options.PresenceTimeout = TimeSpan.FromSeconds(3);
                        options.RejoinGrace = TimeSpan.FromSeconds(3);
                        options.MostFailures = 50;
                        options.FailuresPerMinute = 0;
                    },
                    new Deaths(this));
                break;
            }
            catch (CrashedException)
            {
                Crashes++;   // it did not even get up
                left = int.MaxValue;
                Died = died = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            catch (IOException) when (attempt < 20)
            {
                await Task.Delay(100);   // the port of the life before is not free yet
            }
        }

        port = server.Address.Port;
    }

    private async Task EnrolAsync()
    {
        string owner = await server!.Access.OwnerTokenAsync(null);
        for (int i = 0; i < Participants; i++)
        {
            Directory.CreateDirectory(Folder(i));
            keys[i] = PrivateFolder.OpenKey(Path.Combine(Folder(i), "identity.key"));
            (invites[i], _) = await Identity.EnrolAsync(server, owner, $"p{i + 1}", keys[i]);
        }
    }

    private async Task LiveAsync(int i)
    {
        while (!end.IsCancellationRequested)
        {
            using var life = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
            lives[i] = life;
            try
            {
                ParticipantOptions options = new()
                {
                    Coordinator = new Uri($"http://127.0.0.1:{port}"),
                    Name = $"p{i + 1}",
                    JoinToken = Identity.Bearer(invites[i]),
                    Identity = keys[i],
                    DataDirectory = Folder(i),
                    Policy = new ParticipantPolicy { MinimumCohort = 3 },
                    PresenceInterval = TimeSpan.FromSeconds(1),
                    ReconnectFor = TimeSpan.FromSeconds(60),
                };
                await using ParticipantClient client = await ParticipantClient.ConnectAsync(options, life.Token);
                await foreach (RoundInvitation invitation in client.InvitationsAsync(life.Token))
                {
                    RoundParticipation done = await invitation.ContributeAsync(OnGrid(invitation.Offer.Plan.Dimension, i), life.Token);
                    if (done.ReceiptProblem is { } problem) problems.Add($"p{i + 1}: {problem}");
                }
            }
            catch (OperationCanceledException)
            {
                // died, or the job is done
            }
            catch (FailureException refused) when (refused.Code == FailureCodes.RoundRepeated || refused.Code == FailureCodes.CoordinatorUnreachable)
            {
                problems.Add($"p{i + 1}: {refused.Code}: {refused.Message}");
            }
        }
    }

    private static ModelUpdate OnGrid(int dimension, int i) => new([.. Enumerable.Range(0, dimension).Select(j => (float)(((i + 1) * j % 7) - 3))], 1, 0);

    /// <summary>The process is gone as far as the store is concerned.</summary>
    private sealed class CrashedException : Exception;

    private sealed class Deaths(CrashWorld world) : IRoundJournal
    {
        private IReadOnlyList<string> cohort = [];

        public void Started(RoundTerms terms, IReadOnlyList<string> names, DateTimeOffset now) => cohort = names;

        public void Received(Envelope message, DateTimeOffset now)
        {
            int number = int.Parse(cohort[message.From.Value - 1][1..]) - 1;
            int death = world.deaths.FindIndex(death => death.Participant == number && death.Phase == message.Phase);
            if (death < 0 || Interlocked.Increment(ref world.arrivals) < world.deaths[death].Arrival) return;
            world.deaths.RemoveAt(death);
            world.Killed++;
            world.lives[number]?.Cancel();
        }

        public void Expired(RoundId round, DateTimeOffset now)
        {
            // nobody dies of it
        }

        public void Ended(RoundId round, RoundOutcome outcome)
        {
            // nobody dies of it
        }
    }
}
