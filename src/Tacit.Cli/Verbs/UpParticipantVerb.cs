using System.CommandLine;
using System.IO;
using System.Text.Json;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cli.Federations;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Signatures;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Participation;
using Tacit.Participation.Training;
using Tacit.Protocols.PlainSum;
using Tacit.Simulation.Jobs;
using Tacit.Storage.Files;

namespace Tacit.Cli.Verbs;

/// <summary>One participant of <c>tacit up</c>: reads its order from standard input and ends when that closes.</summary>
internal static class UpParticipantVerb
{
    public static Command Create()
    {
        Command command = new(ParticipantProcesses.Verb, "One participant of tacit up.") { Hidden = true };
        command.SetAction((_, stopping) => RunAsync(stopping));
        return command;
    }

    private static async Task<int> RunAsync(CancellationToken interrupted)
    {
        if (await Console.In.ReadLineAsync(interrupted) is not { } line) throw new FailureException(FailureCodes.MissingValue, "tacit up-participant is started by tacit up, which tells it what to do");
        ParticipantOrder order = JsonSerializer.Deserialize<ParticipantOrder>(line)!;
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        _ = Task.Run(() =>
        {
            while (Console.In.Read() >= 0)
            {
                // nothing more is said; the end is what counts
            }

            stopping.Cancel();
        }, CancellationToken.None);
        try
        {
            await TakePartAsync(order, stopping.Token);
        }
        catch (OperationCanceledException) when (!interrupted.IsCancellationRequested)
        {
            // tacit up is done
        }

        return 0;
    }

    private static async Task TakePartAsync(ParticipantOrder order, CancellationToken stopping)
    {
        TrainingPlan plan = order.Plan.Read();
        Dataset train = order.Plan.Load(plan).Train;
        Dataset own = train.Subset(LocalPlan.Deal(plan, train, order.Participants).Rows[order.Index]);
        Dataset[] shards = [.. JobData.Shards(own, plan.Privacy.MiniClients, SystemRandomSource.Instance)];
        PrivateFolder.Create(order.Folder);
        using SigningKey identity = PrivateFolder.OpenKey(Path.Combine(order.Folder, "identity.key"));
        bool bare = plan.Protection.Protocol == PlainSumProtocol.ProtocolName;   // protects nothing, against nobody
        ParticipantOptions options = new()
        {
            Coordinator = order.Coordinator,
            Name = order.Name,
            JoinToken = order.JoinToken,
            CertificateHash = order.CertificateHash,
            ReconnectFor = TimeSpan.FromSeconds(60),
            Identity = identity,
            DataDirectory = order.Folder,
            SimulatedLoss = order.Loss,
            Policy = new ParticipantPolicy
            {
                MinimumCohort = plan.Cohort.Minimum,
                Protocols = [plan.Protection.Protocol],
                AllowSemiHonest = bare || !plan.Protection.Malicious,
                LeastNoise = LocalPlan.LeastNoise(plan, train, order.Participants),
                Corrupt = bare ? 0 : plan.Protection.Corrupt,
                Sigma = plan.Protection.Sigma,
            },
        };
        PlanTrainer trainer = new(plan, own, shards);
        await using ParticipantClient client = await ParticipantClient.ConnectAsync(options, stopping);
        await TrainingParticipant.RunAsync(client, trainer, round => Tell(order, round), stopping);
    }

    // Why it did not take part: told on this side alone.
    private static void Tell(ParticipantOrder order, RoundParticipation round)
    {
        if (round.Receipt is { } receipt) Console.Out.WriteLine($"{ParticipantProcesses.ReceiptVerified}{receipt.Round}");
        if (round.ReceiptProblem is { } problem)
        {
            Console.Out.WriteLine($"{ParticipantProcesses.ReceiptRefused}{round.Terms!.Round}");
            Console.Error.WriteLine($"{order.Name}: receipt refused: {problem.Field}: {problem.Detail}");
        }

        if (round.Outcome is RoundOutcome.Aborted aborted && aborted.Reason != FailureCodes.RoundClosed) Console.Error.WriteLine($"{order.Name}: not in this round: {aborted.Reason}  {aborted.Detail}");
    }
}
