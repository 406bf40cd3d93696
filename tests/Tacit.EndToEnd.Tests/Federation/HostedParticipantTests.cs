using System.Collections.Concurrent;
using System.IO;
using System.Net;
using System.Threading;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tacit.Coordination.Hosting;
using Tacit.Coordination.Jobs;
using Tacit.Cryptography.Signatures;
using Tacit.Federation.Identities;
using Tacit.Federation.Offers;
using Tacit.Federation.Sessions;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Learning.Training;
using Tacit.Participation;
using Tacit.Participation.Connections;
using Tacit.Participation.Enrolment;
using Tacit.Participation.Hosting;
using Tacit.Participation.Training;
using Tacit.Simulation.Jobs;
using Tacit.Storage.Jobs;
using Xunit;

namespace Tacit.EndToEnd.Tests.Federation;

/// <summary>Participants as services of a host that somebody else wrote.</summary>
public sealed class HostedParticipantTests
{
    private readonly TrainingPlan plan = Given.Plan("rounds=2");
    private readonly ConcurrentQueue<string> log = [];

    [Fact]
    public async Task Six_participants_of_one_host_finish_a_job_although_the_coordinator_comes_after_them()
    {
        TrainTestSplit data = Given.Data(plan);
        Uri nobody;
        await using (CoordinatorServer before = await Given.ServerAsync()) nobody = before.Address;   // a port that nobody listens on any more
        (Uri Address, string Token)[] where = [(nobody, "join.not-known-yet")];
        using IHost host = Hosted(data, i => new HostedParticipant
        {
            Name = $"p{i + 1}",
            Connect = stopping => ConnectAsync(Options(where[0].Address, $"p{i + 1}", where[0].Token), stopping),
            Compute = Trainer(data, i),
        });
        await host.StartAsync();
        await EventuallyAsync(() => log.Count(line => line.Contains("trying again in 1 s", StringComparison.Ordinal)) == 6);

        await using CoordinatorServer server = await Given.ServerAsync();
        where = [(server.Address, server.Secrets.Join)];
        JobReport ended = await server.Jobs.EndAsync((await server.Jobs.SubmitAsync(Given.Job(plan, data), "operator")).Id).WaitAsync(TimeSpan.FromSeconds(60));
        await EventuallyAsync(() => log.Count(line => line.Contains("is in the sum of the round", StringComparison.Ordinal)) >= 12);
        await host.StopAsync();

        Assert.Equal((JobState.Finished, 2), (ended.State, ended.Rounds.Length));
        Assert.All(ended.Rounds, round => Assert.Equal(6, round.Included.Length));
        Assert.DoesNotContain(log, line => line.Contains(where[0].Token["join.".Length..], StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_does_not_pass_by_itself_ends_the_host()
    {
        await using CoordinatorServer server = await Given.ServerAsync();
        HostApplicationBuilder builder = Builder();
        builder.Services.AddTacitParticipant(Options(server.Address, "p1", "join.wrong"), Trainer(Given.Data(plan), 0));
        using IHost host = builder.Build();
        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        await host.StartAsync();

        await EventuallyAsync(() => stopping.IsCancellationRequested);

        Assert.Contains(log, line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("takes part no more: INVITATION_REFUSED", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whoever_was_enrolled_before_takes_part_with_the_key_of_its_folder()
    {
        using TemporaryFolder folder = new();
        await using CoordinatorServer server = await Given.ServerAsync(configure: options => options.OpenEnrolment = false);
        string owner = await server.Access.OwnerTokenAsync();
        Invite invite = await Identity.InviteAsync(server, owner, "north");
        var own = ParticipantFolder.Create(Path.Combine(folder.Path, "north"), invite, null, null, DateTimeOffset.UtcNow);
        using (SigningKey key = own.OpenIdentity()) await Identity.JoinAsync(server, Identity.Bearer(invite), "north", key);
        Assert.Equal(HttpStatusCode.OK, (await Identity.SendAsync(server, "POST", $"{Routes.Roster}/north/approve", owner, new ApproveRequest(string.Join(' ', own.Words())))).Status);
        HostApplicationBuilder builder = Builder();
        builder.Services.AddTacitParticipant(
            own,
            key => new ParticipantOptions { Coordinator = own.Coordinator, Name = own.Name, JoinToken = own.JoinToken, CertificateHash = own.CertificateHash, Identity = key, DataDirectory = own.Folder },
            Trainer(Given.Data(plan), 0));
        using IHost host = builder.Build();

        await host.StartAsync();
        await EventuallyAsync(() => log.Any(line => line.Contains("north takes part as participant", StringComparison.Ordinal)));
        await host.StopAsync();

        Assert.DoesNotContain(log, line => line.StartsWith("Error", StringComparison.Ordinal) || line.Contains(own.JoinToken, StringComparison.Ordinal));
    }

    [Fact]
    public void Pauses_double_up_to_a_minute_and_begin_anew_after_a_success()
    {
        BackOff pauses = new();

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60, 60], Enumerable.Range(0, 9).Select(_ => pauses.Next().TotalSeconds));
        pauses.Reset();
        Assert.Equal(1, pauses.Next().TotalSeconds);
    }

    private static ParticipantOptions Options(Uri coordinator, string name, string token) => new()
    {
        Coordinator = coordinator,
        Name = name,
        JoinToken = token,
        Policy = new ParticipantPolicy { MinimumCohort = 4 },
        PresenceInterval = TimeSpan.FromSeconds(1),
        ReconnectFor = TimeSpan.Zero,
    };

    private IHost Hosted(TrainTestSplit data, Func<int, HostedParticipant> participant)
    {
        HostApplicationBuilder builder = Builder();
        for (int i = 0; i < 6; i++) builder.Services.AddTacitParticipant(participant(i));
        return builder.Build();
    }

    private HostApplicationBuilder Builder()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(new Lines(log));
        return builder;
    }

    private Func<RoundOffer, CancellationToken, Task<IReadOnlyList<ModelUpdate>>> Trainer(TrainTestSplit data, int place)
    {
        PlanTrainer trainer = new(plan, data.Train.Subset(JobData.Deal(plan.Data.Partition, data.Train, plan.Seed).Rows[place]));
        return (offer, stopping) => Task.Run(() => trainer.Compute(offer), stopping);
    }

    private static async Task<ParticipantConnection> ConnectAsync(ParticipantOptions options, CancellationToken stopping)
    {
        ParticipantClient client = await ParticipantClient.ConnectAsync(options, stopping);
        return new ParticipantConnection(client, client);
    }

    private static async Task EventuallyAsync(Func<bool> holds)
    {
        for (int tries = 0; !holds(); tries++)
        {
            Assert.True(tries < 600, "it did not come about in a minute");
            await Task.Delay(100);
        }
    }

    private sealed class Lines(ConcurrentQueue<string> log) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => log.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
