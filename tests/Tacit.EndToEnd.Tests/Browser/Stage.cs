using System.Collections.Concurrent;
using System.Net.Http;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using Tacit.Aggregation.Rounds;
using Tacit.Coordination;
using Tacit.Coordination.Access;
using Tacit.Coordination.Hosting;
using Tacit.Coordination.Rounds;
using Tacit.Cryptography.Randomness;
using Tacit.Dashboard;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Participation;
using Tacit.Participation.Training;
using Tacit.Simulation.Jobs;

namespace Tacit.EndToEnd.Tests.Browser;

/// <summary>A coordinator with TLS, a store and its dashboard; participants in this process; rounds that can be held at a message.</summary>
internal sealed class Stage : IAsyncDisposable, IRoundJournal
{
    private readonly TemporaryFolder folder = new();
    private readonly ConcurrentDictionary<string, CancellationTokenSource> participants = new();
    private readonly List<Task> running = [];
    private readonly ManualResetEventSlim open = new(initialState: true);
    private readonly X509Certificate2 certificate = ServerCertificate.Create("localhost", TimeProvider.System.GetUtcNow());
    private IReadOnlyList<string> names = [];

    public required CoordinatorServer Server { get; set; }

    public Uri Address => Server.Address;

    /// <summary>Seen for each message before the machine takes it; the round waits for it.</summary>
    public Action<Envelope, string>? Arrived { get; set; }

    public static async Task<Stage> SetAsync(Action<CoordinatorOptions>? configure = null)
    {
        Stage stage = new() { Server = null! };
        stage.Server = await stage.StartAsync(configure);
        return stage;
    }

    /// <summary>Starts a coordinator with this stage's certificate.</summary>
    public Task<CoordinatorServer> StartAsync(Action<CoordinatorOptions>? configure) => CoordinatorServer.StartAsync(
        options =>
        {
            options.Certificate = certificate;
            options.DataDirectory = folder.Path;
            options.PhaseTimeout = TimeSpan.FromSeconds(3);
            options.AnswerTimeout = TimeSpan.FromSeconds(20);
            options.JoinTimeout = TimeSpan.FromSeconds(60);
            options.OpenEnrolment = true;
            options.LongPoll = TimeSpan.FromSeconds(2);
            options.PresenceTimeout = TimeSpan.FromSeconds(6);
            options.Extensions.Add(new DashboardExtension());
            configure?.Invoke(options);
        },
        this);

    public string LinkFor(Role role) => TacitDashboard.CreateLink(Server.Sessions, Address, role).PathAndQuery;

    /// <summary>Opens a page that has a session.</summary>
    public async Task<BrowserPage> PageAsync(Chromium browser, Role role = Role.Operator, string path = "/")
    {
        BrowserPage page = await browser.OpenAsync(Address);
        await page.GoAsync(LinkFor(role));
        await page.UntilAsync("document.querySelector('#live.live.live')?.textContent === 'live'");
        if (path != "/") await page.GoAsync(path);
        return page;
    }

    public HttpClient Http() => new(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true, AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(20) };

    /// <summary>Participants p1 … pN with their share of the plan's data.</summary>
    public void Join(TrainingPlan plan, TrainTestSplit data, int count, Func<int, ParticipantPolicy>? policy = null, string prefix = "p")
    {
        Partition dealt = JobData.Deal(plan.Data.Partition, data.Train, plan.Seed);
        for (int i = 0; i < count; i++) Join(plan, data.Train.Subset(dealt.Rows[i % dealt.Rows.Length]), $"{prefix}{i + 1}", policy?.Invoke(i));
    }

    public void Join(TrainingPlan plan, Dataset rows, string name, ParticipantPolicy? policy)
    {
        CancellationTokenSource stopping = participants[name] = new();
        running.Add(TakePartAsync(plan, rows, name, policy, stopping.Token));
    }

    /// <summary>The participant is gone, in the middle of whatever it does.</summary>
    public void Lose(string name) => participants[name].Cancel();

    /// <summary>Holds the round before its next message, until <see cref="Release"/>.</summary>
    public void Hold() => open.Reset();

    public void Release() => open.Set();

    public void Started(RoundTerms terms, IReadOnlyList<string> names, DateTimeOffset now) => this.names = names;

    public void Received(Envelope message, DateTimeOffset now)
    {
        Arrived?.Invoke(message, names[message.From.Value - 1]);
        open.Wait(TimeSpan.FromSeconds(60));
    }

    public void Expired(RoundId round, DateTimeOffset now)
    {
        // shown by the round's outcome
    }

    public void Ended(RoundId round, RoundOutcome outcome)
    {
        // shown by the page
    }

    public async ValueTask DisposeAsync()
    {
        open.Set();
        foreach (CancellationTokenSource one in participants.Values) await one.CancelAsync();
        await Task.WhenAll(running).WaitAsync(TimeSpan.FromSeconds(20)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Server.DisposeAsync();
        certificate.Dispose();
        open.Dispose();
        folder.Dispose();
    }

    private async Task TakePartAsync(TrainingPlan plan, Dataset rows, string name, ParticipantPolicy? policy, CancellationToken stopping)
    {
        try
        {
            Dataset[] shards = [.. JobData.Shards(rows, plan.Privacy.MiniClients, SystemRandomSource.Instance)];
            ParticipantOptions options = new()
            {
                Coordinator = Address,
                Name = name,
                JoinToken = Server.Secrets.Join,
                CertificateHash = ServerCertificate.HashOf(certificate),
                Policy = policy ?? new ParticipantPolicy { MinimumCohort = 4 },
                PresenceInterval = TimeSpan.FromSeconds(1),
                ReconnectFor = TimeSpan.FromSeconds(5),
            };
            await using ParticipantClient client = await ParticipantClient.ConnectAsync(options, stopping);
            await TrainingParticipant.RunAsync(client, new PlanTrainer(plan, rows, shards), stopping: stopping);
        }
        catch (Exception over) when (stopping.IsCancellationRequested || over is Aggregation.Failures.FailureException)
        {
            // the scene is over, or the coordinator is gone
        }
    }
}
