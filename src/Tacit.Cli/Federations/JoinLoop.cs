using System.Security.Cryptography;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Participation;
using Tacit.Participation.Connections;
using Tacit.Participation.Enrolment;
using Tacit.Participation.Training;
using Tacit.Simulation.Jobs;

namespace Tacit.Cli.Federations;

/// <summary>Takes part until it is stopped: connects, answers offers by the site's policy with the plan as it was first seen, and comes back after every interruption.</summary>
internal sealed class JoinLoop(ParticipantFolder own, SitePolicy site, JoinReport report)
{
    private const long MostGenerated = 200_000;
    private const int MostRotations = 5;   // found out one after another, without a connection in between

    private (string Job, PlanTrainer Trainer)? newest;   // jobs run one after another, and a coordinator may name any number of them

    /// <exception cref="FailureException">What does not pass by itself: the certificate, the invitation, the files.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        BackOff pauses = new();
        for (int rotated = 0; ;)
        {
            byte[] key = KeyHash();
            try
            {
                await using EnrolledClient enrolled = await EnrolledClient.ConnectAsync(own, OptionsOf, TimeProvider.System, stopping);
                report.TakesPart(own);
                rotated = 0;
                pauses.Reset();
                await TakePartAsync(enrolled, stopping);
            }
            catch (FailureException gone) when (gone.Code == FailureCodes.CoordinatorUnreachable)
            {
                TimeSpan pause = pauses.Next();
                report.Lost(gone.Message, pause);
                await Task.Delay(pause, stopping);
            }
            catch (FailureException old) when (old.Code == FailureCodes.InvitationRefused && (own.IsRotating || !KeyHash().AsSpan().SequenceEqual(key)) && rotated++ < MostRotations)
            {
                report.KeyReplaced("the key was rotated; going on with the new one");
                await Task.Delay(TimeSpan.FromSeconds(1), stopping);
            }
        }
    }

    private ParticipantOptions OptionsOf(Cryptography.Signatures.SigningKey key) => new()
    {
        Coordinator = own.Coordinator,
        Name = own.Name,
        JoinToken = own.JoinToken,
        CertificateHash = own.CertificateHash,
        Identity = key,
        Policy = site.Policy,
        DataDirectory = own.Folder,
        DataSet = site.DataSet,
        ReconnectFor = TimeSpan.FromSeconds(30),
        Waiting = () => report.Waits(own),
    };

    private async Task TakePartAsync(EnrolledClient enrolled, CancellationToken stopping)
    {
        await RotateIfDueAsync(enrolled, stopping);
        await TrainingParticipant.RunAsync(
            enrolled.Client,
            async offer =>
            {
                if (newest?.Job != offer.Job) newest = (offer.Job, TrainerOf(offer.Job, await PlanAsync(enrolled.Client, offer.Job, stopping)));
                PlanTrainer trainer = newest.Value.Trainer;
                return await Task.Run(() => trainer.Compute(offer), stopping);
            },
            async ended =>
            {
                report.Ended(ended);
                await RotateIfDueAsync(enrolled, stopping);
            },
            stopping);
    }

    private async Task<string> PlanAsync(ParticipantClient client, string job, CancellationToken stopping)
    {
        string text = await client.PlanAsync(job, stopping);
        own.PinPlan(job, text);
        return text;
    }

    // All rows are the site's own: what the plan would set apart for testing is trained on too.
    private PlanTrainer TrainerOf(string job, string text)
    {
        LocalPlan local = new($"the plan of {job}", text, [], own.Data);
        TrainingPlan plan = local.Read();
        if (plan.Data.Format == "synthetic-activity" && (long)plan.Data.Persons * plan.Data.Windows > MostGenerated) throw new FailureException(FailureCodes.TermsRefused, FormattableString.Invariant($"the plan of {job} wants {plan.Data.Persons} times {plan.Data.Windows} generated windows; at most {MostGenerated} are made"));
        TrainTestSplit split = local.Load(plan);
        Dataset rows = split.Test.Rows > 0 ? split.Train.Concat(split.Test) : split.Train;
        return new PlanTrainer(plan, rows, [.. JobData.Shards(rows, plan.Privacy.MiniClients, SystemRandomSource.Instance)]);
    }

    // At a connection and between rounds: never within one.
    private async Task RotateIfDueAsync(EnrolledClient enrolled, CancellationToken stopping)
    {
        if (site.RotateKeys is not { } every || TimeProvider.System.GetUtcNow() - own.KeyMade < every) return;
        await enrolled.RotateAsync(stopping);
        report.KeyReplaced($"the key was {every.TotalDays:F0} days old and has been replaced");
    }

    private byte[] KeyHash()
    {
        using Cryptography.Signatures.SigningKey key = own.OpenIdentity();
        return SHA256.HashData(key.VerificationKey.Point.Encoded);
    }
}
