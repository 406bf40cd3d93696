using Microsoft.Data.Sqlite;
using Tacit.Coordination.Hosting;
using Tacit.Coordination.Jobs;
using Tacit.EndToEnd.Tests.Storage;
using Tacit.Federation.Sessions;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Storage.Jobs;
using Xunit;

namespace Tacit.EndToEnd.Tests.Federation;

/// <summary>The store has written something, and its answer is lost: the coordinator goes on without a restart, and nobody is asked or charged twice.</summary>
public sealed class LostAnswerTests
{
    [Fact]
    public async Task A_round_whose_beginning_was_not_acknowledged_is_ended_and_another_one_offered()
    {
        using TestDatabase database = TestDatabase.InFile();
        string last = "";
        bool lost = false;
        void Probe(string point)
        {
            if (point.StartsWith("INSERT INTO rounds", StringComparison.Ordinal)) last = point;
            if (point != "after commit") return;
            bool begun = last.Length > 0;
            last = "";
            if (!begun || lost) return;
            lost = true;
            throw new SqliteException("the answer was lost", 5);
        }

        JobReport ended = await RunAsync(database, Probe, Given.Plan("rounds=1"));

        Assert.True(lost);
        Assert.Equal(JobState.Finished, ended.State);
        Assert.Equal([false, true], ended.Rounds.Select(round => round.Aborted is null));
    }

    [Fact]
    public async Task A_charge_that_was_not_acknowledged_counts_and_the_job_can_be_resumed()
    {
        using TestDatabase database = TestDatabase.InFile();
        string last = "";
        int failures = 4;   // the charge itself and three more tries
        void Probe(string point)
        {
            if (point.StartsWith("INSERT INTO ledger", StringComparison.Ordinal)) last = point;
            if (failures == 0 || last.Length == 0 || point != (failures == 4 ? "after commit" : "before commit")) return;
            failures--;
            throw new SqliteException("the database is away", 5);
        }

        TrainingPlan plan = Given.Plan("rounds=2", "privacy.mechanism=distributed-discrete-gaussian", "privacy.epsilon=50", "privacy.delta=0.01", "privacy.clip=0.5", "privacy.mini-clients=2");
        await using CoordinatorServer server = await Given.ServerAsync(configure: options => options.OpenStore = _ => database.OpenAsync(Probe));
        await using Cohort cohort = new(server, plan, Given.Data(plan));
        string id = (await server.Jobs.SubmitAsync(Given.Job(plan, Given.Data(plan)), "operator")).Id;

        Assert.Equal(JobState.Failed, (await server.Jobs.EndAsync(id).WaitAsync(TimeSpan.FromSeconds(60))).State);
        await server.Jobs.ResumeAsync(id, "night-shift");

        Assert.Equal(JobState.Finished, (await server.Jobs.EndAsync(id).WaitAsync(TimeSpan.FromSeconds(60))).State);
        Assert.Equal(0, failures);
        string audit = (await Identity.SendAsync(server, "GET", Routes.Views + "/audit", await server.Access.OwnerTokenAsync())).Body;
        Assert.Matches("\"actor\":\"night-shift\",\"action\":\"job.resumed\"", audit);
        Assert.Equal(3, server.Jobs.Ledger.Entries.Count);   // the one that nobody heard of, and two rounds
    }

    private static async Task<JobReport> RunAsync(TestDatabase database, Action<string> probe, TrainingPlan plan)
    {
        TrainTestSplit data = Given.Data(plan);
        await using CoordinatorServer server = await Given.ServerAsync(configure: options => options.OpenStore = _ => database.OpenAsync(probe));
        await using Cohort cohort = new(server, plan, data);
        string id = (await server.Jobs.SubmitAsync(Given.Job(plan, data), "operator")).Id;
        return await server.Jobs.EndAsync(id).WaitAsync(TimeSpan.FromSeconds(60));
    }
}
