using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Coordination.Hosting;
using Tacit.Coordination.Jobs;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Privacy.Budgets;
using Tacit.Storage.Jobs;
using Xunit;

namespace Tacit.EndToEnd.Tests.Federation;

/// <summary>Jobs whose coordinator was restarted, or that failed: what can go on does, and what cannot says why.</summary>
public sealed class RestartTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly TrainingPlan plan = Given.Plan("rounds=2");
    private readonly TrainTestSplit data;

    public RestartTests() => data = Given.Data(plan);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_job_that_cannot_be_read_keeps_nobody_from_starting_and_goes_on_once_it_can_be()
    {
        string id;
        await using (CoordinatorServer first = await ServerAsync((_, _) => Job())) id = (await first.Jobs.SubmitAsync(Job() with { Document = "kept" }, "operator")).Id;

        await using (CoordinatorServer second = await ServerAsync((_, _) => throw new FailureException(FailureCodes.InvalidValue, "the data folder is gone")))
        {
            JobReport unread = Assert.Single(second.Jobs.All);
            Assert.Equal((id, "this program cannot read the job: INVALID_VALUE: the data folder is gone"), (unread.Id, unread.Waiting));
            Assert.False(unread.IsOver);
            await using Cohort others = new(second, plan, data);
            await second.Jobs.RunAsync(Job());   // others have their turn
        }

        await using CoordinatorServer third = await ServerAsync((_, _) => Job());
        await using Cohort cohort = new(third, plan, data);
        JobReport end = await third.Jobs.EndAsync(id);
        Assert.Equal((JobState.Finished, 2), (end.State, end.RoundsDone));
    }

    [Fact]
    public async Task A_job_that_failed_is_resumed_after_a_restart_when_the_cause_is_gone()
    {
        string id;
        await using (CoordinatorServer lonely = await ServerAsync((_, _) => Job(), TimeSpan.FromSeconds(1)))
        {
            id = (await lonely.Jobs.SubmitAsync(Job() with { Document = "kept" }, "operator")).Id;
            JobReport failed = await lonely.Jobs.EndAsync(id);
            Assert.Equal(JobState.Failed, failed.State);
            Assert.StartsWith("TOO_FEW_PARTICIPANTS: need 6 participants, have 0", failed.Reason, StringComparison.Ordinal);
        }

        await using CoordinatorServer server = await ServerAsync((_, _) => Job());
        Assert.Equal(JobState.Failed, server.Jobs.Find(id)!.State);   // nobody asked for it yet
        await using Cohort cohort = new(server, plan, data);
        await server.Jobs.ResumeAsync(id);
        JobReport end = await server.Jobs.EndAsync(id);
        Assert.Equal((JobState.Finished, 2, ""), (end.State, end.RoundsDone, end.Reason));
        FailureException over = await Assert.ThrowsAsync<FailureException>(() => server.Jobs.ResumeAsync(id));
        Assert.Equal(FailureCodes.StorageConflict, over.Code);
    }

    [Fact]
    public async Task A_job_that_was_stopped_in_the_middle_of_a_round_goes_on_at_once_when_it_is_resumed()
    {
        TaskCompletionSource sharing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        RecordedRounds journal = new()
        {
            Arrived = (message, _) =>
            {
                if (message.Phase == Phase.ShareKeys) sharing.TrySetResult();
            },
        };
        await using CoordinatorServer server = await Given.ServerAsync(journal, phase: TimeSpan.FromMinutes(2));
        await using Cohort cohort = new(server, plan, data);
        string id = (await server.Jobs.SubmitAsync(Job(), "operator")).Id;
        await sharing.Task;

        await server.Jobs.StopAsync(id, "operator");
        await server.Jobs.ResumeAsync(id);

        // Nobody stays in the round that was given up: its phases would have lasted two minutes each.
        JobReport end = await server.Jobs.EndAsync(id).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((JobState.Finished, 2), (end.State, end.RoundsDone));
    }

    [Fact]
    public async Task A_job_that_failed_with_an_open_round_fails_again_for_its_own_reason()
    {
        TrainingPlan noised = Given.Plan("rounds=1", "privacy.mechanism=distributed-discrete-gaussian", "privacy.epsilon=50", "privacy.delta=0.01", "privacy.clip=0.5", "privacy.mini-clients=2");
        await using CoordinatorServer server = await Given.ServerAsync(configure: options => options.PopulationCeiling = new PrivacyCeiling(0.001, 0.01));
        await using Cohort cohort = new(server, noised, data);
        string id = (await server.Jobs.SubmitAsync(Given.Job(noised, data), "operator")).Id;
        JobReport first = await server.Jobs.EndAsync(id);

        await server.Jobs.ResumeAsync(id);

        JobReport second = await server.Jobs.EndAsync(id);
        Assert.All([first, second], report => Assert.StartsWith("PRIVACY_BUDGET_EXCEEDED", report.Reason, StringComparison.Ordinal));
    }

    private FederatedJob Job() => Given.Job(plan, data);

    private Task<CoordinatorServer> ServerAsync(Func<string, bool, FederatedJob> read, TimeSpan? joining = null) => Given.ServerAsync(configure: options =>
    {
        options.DataDirectory = folder.Path;
        options.ReadJob = read;
        if (joining is { } limit) options.JoinTimeout = limit;
    });
}
