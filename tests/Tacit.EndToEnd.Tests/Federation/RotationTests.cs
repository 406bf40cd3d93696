using System.IO;
using System.Net;
using System.Text.Json.Nodes;
using System.Threading;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Coordination.Hosting;
using Tacit.Coordination.Jobs;
using Tacit.Cryptography.Signatures;
using Tacit.EndToEnd.Tests.Storage;
using Tacit.Federation.Identities;
using Tacit.Federation.Sessions;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Learning.Training;
using Tacit.Participation;
using Tacit.Participation.Enrolment;
using Xunit;

namespace Tacit.EndToEnd.Tests.Federation;

/// <summary>Keys that are replaced: within a round, and when a process ends in between.</summary>
public sealed class RotationTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData(true, 6)]    // by the participant itself: its round goes on under the key that the terms name
    [InlineData(false, 5)]   // by another process: the one that runs is out, and the round recovers
    public async Task A_round_under_way_ends_well_whoever_rotates(bool itself, int included)
    {
        TrainingPlan plan = Given.Plan("rounds=1");
        TrainTestSplit data = Given.Data(plan);
        ParticipantClient?[] clients = new ParticipantClient?[6];
        using SigningKey before = Identity.Key(), next = Identity.Key();
        CoordinatorServer? server = null;
        bool rotated = false;
        RecordedRounds journal = new()
        {
            // The round waits for its journal: everybody's keys are shared, nobody's input is there.
            Arrived = (message, names) =>
            {
                if (rotated || message.Phase != Phase.ShareKeys) return;
                rotated = true;
                (itself ? clients[0]!.RotateAsync(next) : Identity.SendAsync(server!, "POST", Routes.Rotate, clients[0]!.Token, Identity.Rotation("p1", before, next))).GetAwaiter().GetResult();
            },
        };
        await using CoordinatorServer started = server = await Given.ServerAsync(journal, phase: TimeSpan.FromSeconds(4));
        using CancellationTokenSource stopping = new();
        Task[] participants = [.. Enumerable.Range(0, 6).Select(i => ContributeAsync(started, i, i == 0 ? before : null, clients, stopping.Token))];

        FederatedResult result = await started.Jobs.RunAsync(Given.Job(plan, data));
        await stopping.CancelAsync();
        await Task.WhenAll(participants);

        Assert.True(rotated);
        Assert.Equal(included, result.Rounds[0].Included.Length);
        Assert.Null(result.Rounds[0].Aborted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_rotation_that_was_cut_short_is_finished(bool arrived)
    {
        await using CoordinatorServer server = await Given.ServerAsync(configure: options => options.OpenEnrolment = false);
        string owner = await server.Access.OwnerTokenAsync();
        Invite invite = await Identity.InviteAsync(server, owner, "north");
        var own = ParticipantFolder.Create(Path.Combine(folder.Path, "north"), invite, null, null, DateTimeOffset.UtcNow);
        string first = KeyOf(own);
        using (SigningKey key = own.OpenIdentity())
        {
            await Identity.JoinAsync(server, Identity.Bearer(invite), "north", key);
            Assert.Equal(HttpStatusCode.OK, (await Identity.SendAsync(server, "POST", $"{Routes.Roster}/north/approve", owner, new ApproveRequest(string.Join(' ', own.Words())))).Status);
            // The process ends after the next key was written, and before or after the coordinator has heard of it.
            using SigningKey next = own.NextIdentity();
            string token = Identity.Read<JoinAnswer>(await Identity.JoinAsync(server, Identity.Bearer(invite), "north", key)).Token;
            if (arrived) Assert.Equal(HttpStatusCode.OK, (await Identity.SendAsync(server, "POST", Routes.Rotate, token, Identity.Rotation("north", key, next))).Status);
        }

        var again = ParticipantFolder.Open(own.Folder);
        await using EnrolledClient client = await EnrolledClient.ConnectAsync(again, key => OptionsOf(again, key), TimeProvider.System);

        Assert.False(again.IsRotating);
        string second = KeyOf(again);
        Assert.NotEqual(first, second);
        await client.RotateAsync();
        Assert.NotEqual(second, KeyOf(again));
        Assert.Equal(3, Assert.Single((await Identity.AskAsync<RosterAnswer>(server, "GET", Routes.Roster, owner)).Roster).Generation);
    }

    [Fact]
    public async Task A_rotation_that_comes_about_late_locks_nobody_out()
    {
        using TestDatabase database = TestDatabase.InFile();
        bool slow = false;
        void Probe(string point)
        {
            if (slow && point.StartsWith("INSERT INTO participant_keys", StringComparison.Ordinal)) Thread.Sleep(2000);
        }

        await using CoordinatorServer server = await Given.ServerAsync(configure: options => (options.OpenEnrolment, options.OpenStore) = (false, _ => database.OpenAsync(Probe)));
        string owner = await server.Access.OwnerTokenAsync();
        Invite invite = await Identity.InviteAsync(server, owner, "north");
        var own = ParticipantFolder.Create(Path.Combine(folder.Path, "north"), invite, null, null, DateTimeOffset.UtcNow);
        using (SigningKey key = own.OpenIdentity()) await Identity.JoinAsync(server, Identity.Bearer(invite), "north", key);
        Assert.Equal(HttpStatusCode.OK, (await Identity.SendAsync(server, "POST", $"{Routes.Roster}/north/approve", owner, new ApproveRequest(string.Join(' ', own.Words())))).Status);
        await using (EnrolledClient first = await EnrolledClient.ConnectAsync(own, key => OptionsOf(own, key), TimeProvider.System))
        {
            slow = true;
            using CancellationTokenSource killed = new(500);   // the process ends while the store writes
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.RotateAsync(killed.Token));
        }

        await using (EnrolledClient second = await EnrolledClient.ConnectAsync(own, key => OptionsOf(own, key), TimeProvider.System)) Assert.False(own.IsRotating);
        await Task.Delay(3000);
        await using EnrolledClient third = await EnrolledClient.ConnectAsync(own, key => OptionsOf(own, key), TimeProvider.System);

        Assert.Equal(2, Assert.Single((await Identity.AskAsync<RosterAnswer>(server, "GET", Routes.Roster, owner)).Roster).Generation);
    }

    [Fact]
    public void A_key_that_others_can_read_and_a_folder_of_another_invitation_are_refused()
    {
        Invite invite = Invite.Create(new Uri("http://127.0.0.1:9"), "north", null, Cryptography.Randomness.SystemRandomSource.Instance), other = Invite.Create(new Uri("http://127.0.0.1:9"), "south", null, Cryptography.Randomness.SystemRandomSource.Instance);
        string home = Path.Combine(folder.Path, "north");
        var own = ParticipantFolder.Create(home, invite, null, null, DateTimeOffset.UtcNow);

        Assert.Equal(FailureCodes.InvalidValue, Assert.Throws<FailureException>(() => ParticipantFolder.Create(home, other, null, null, DateTimeOffset.UtcNow)).Code);
        Assert.DoesNotContain(Base64Text.Of(invite.Secret), own.ToString(), StringComparison.Ordinal);
        if (OperatingSystem.IsWindows()) return;
        foreach (string file in new[] { "identity.key", "enrolment.json" })
        {
            string path = Path.Combine(home, file);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
            Assert.Equal(FailureCodes.KeyFilePermissions, Assert.Throws<FailureException>(() => ParticipantFolder.Open(home).OpenIdentity()).Code);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public void A_damaged_enrolment_is_refused_by_name()
    {
        Invite invite = Invite.Create(new Uri("http://127.0.0.1:9"), "north", null, Cryptography.Randomness.SystemRandomSource.Instance);
        var own = ParticipantFolder.Create(Path.Combine(folder.Path, "north"), invite, null, null, DateTimeOffset.UtcNow);
        string path = Path.Combine(own.Folder, "enrolment.json");
        JsonNode whole = JsonNode.Parse(File.ReadAllText(path))!;

        foreach (string damaged in new[] { "", "{", "null", "{}", whole.ToJsonString().Replace("\"name\"", "\"nome\"", StringComparison.Ordinal) })
        {
            File.WriteAllText(path, damaged);
            Assert.Equal(FailureCodes.MalformedFile, Assert.Throws<FailureException>(() => ParticipantFolder.Open(own.Folder)).Code);
        }
    }

    public void Dispose() => folder.Dispose();

    private static string KeyOf(ParticipantFolder own)
    {
        using SigningKey key = own.OpenIdentity();
        return key.VerificationKey.Point.ToString()!;
    }

    private static ParticipantOptions OptionsOf(ParticipantFolder own, SigningKey key) =>
        new() { Coordinator = own.Coordinator, Name = own.Name, JoinToken = own.JoinToken, CertificateHash = own.CertificateHash, Identity = key, ReconnectFor = TimeSpan.FromSeconds(5) };

    private static async Task ContributeAsync(CoordinatorServer server, int i, SigningKey? key, ParticipantClient?[] clients, CancellationToken stopping)
    {
        ParticipantOptions given = Given.Options(server, $"p{i + 1}");
        ParticipantOptions options = new() { Coordinator = given.Coordinator, Name = given.Name, JoinToken = given.JoinToken, Policy = given.Policy, PresenceInterval = given.PresenceInterval, ReconnectFor = given.ReconnectFor, Identity = key };
        try
        {
            await using ParticipantClient client = await ParticipantClient.ConnectAsync(options, stopping);
            clients[i] = client;
            await foreach (RoundInvitation invitation in client.InvitationsAsync(stopping)) await invitation.ContributeAsync(new ModelUpdate(new float[invitation.Offer.Plan.Dimension], 1, 0), stopping);
        }
        catch (OperationCanceledException)
        {
            // the job is done
        }
        catch (FailureException gone) when (i == 0 && gone.Code == FailureCodes.NotAllowed)
        {
            // its key was replaced by another process
        }
    }
}
