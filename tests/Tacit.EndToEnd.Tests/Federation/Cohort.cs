using System.Threading;
using Tacit.Aggregation.Failures;
using Tacit.Coordination.Hosting;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Signatures;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Participation;
using Tacit.Participation.Training;
using Tacit.Simulation.Jobs;

namespace Tacit.EndToEnd.Tests.Federation;

/// <summary>Participants in this process that train with the rows dealt to them, from now until they are disposed of or the coordinator is gone.</summary>
internal sealed class Cohort : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly Task[] participants;

    public Cohort(CoordinatorServer server, TrainingPlan plan, TrainTestSplit data, int participants = 6, Func<int, ParticipantPolicy>? policy = null, Func<int, SigningKey>? identity = null)
    {
        Partition dealt = JobData.Deal(plan.Data.Partition, data.Train, plan.Seed);
        this.participants = [.. Enumerable.Range(0, participants).Select(i => TakePartAsync(Given.Options(server, $"p{i + 1}", policy?.Invoke(i), identity?.Invoke(i)), plan, data.Train.Subset(dealt.Rows[i])))];
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Task.WhenAll(participants);
        stopping.Dispose();
    }

    private async Task TakePartAsync(ParticipantOptions options, TrainingPlan plan, Dataset rows)
    {
        try
        {
            Dataset[] shards = [.. JobData.Shards(rows, plan.Privacy.MiniClients, SystemRandomSource.Instance)];
            await using ParticipantClient client = await ParticipantClient.ConnectAsync(options, stopping.Token);
            await TrainingParticipant.RunAsync(client, new PlanTrainer(plan, rows, shards), stopping: stopping.Token);
        }
        catch (Exception end) when (end is OperationCanceledException or FailureException { Code.Name: "COORDINATOR_UNREACHABLE" })
        {
            // the job is done
        }
    }
}
