using System.Threading;
using Tacit.Aggregation.Failures;
using Tacit.Coordination.Hosting;
using Tacit.Cryptography.Randomness;
using Tacit.EndToEnd.Tests.Federation;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Participation;
using Tacit.Participation.Training;
using Tacit.Simulation.Jobs;

namespace Tacit.EndToEnd.Tests.Orchestration;

/// <summary>A participant in this process, until it is stopped or its coordinator is gone.</summary>
internal static class Participate
{
    public static async Task Async(CoordinatorServer server, TrainingPlan plan, TrainTestSplit data, int number, CancellationToken stopping)
    {
        Partition dealt = JobData.Deal(plan.Data.Partition, data.Train, plan.Seed);
        Dataset rows = data.Train.Subset(dealt.Rows[number]);
        Dataset[] shards = [.. JobData.Shards(rows, plan.Privacy.MiniClients, SystemRandomSource.Instance)];
        try
        {
            await using ParticipantClient client = await ParticipantClient.ConnectAsync(Given.Options(server, $"p{number + 1}"), stopping);
            await TrainingParticipant.RunAsync(client, new PlanTrainer(plan, rows, shards), stopping: stopping);
        }
        catch (Exception end) when (end is OperationCanceledException or FailureException)
        {
            // stopped, or the coordinator is gone
        }
    }
}
