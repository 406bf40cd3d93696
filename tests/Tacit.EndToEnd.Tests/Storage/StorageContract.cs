using System.Threading;
using Tacit.Aggregation.Failures;
using Tacit.Privacy.Accounting.Events;
using Tacit.Privacy.Budgets;
using Tacit.Storage;
using Tacit.Storage.Audit;
using Tacit.Storage.Checkpoints;
using Tacit.Storage.Jobs;
using Tacit.Storage.Receipts;
using Tacit.Storage.Roster;
using Tacit.Storage.Rounds;
using Tacit.Storage.Tokens;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.EndToEnd.Tests.Storage;

/// <summary>What every database has to do; a class for each database runs all of it.</summary>
public abstract class StorageContract(ITestOutputHelper output)
{
    private static readonly CancellationToken none = CancellationToken.None;
    private static readonly Change by = new("coordinator", TestDatabase.Noon);
    private static readonly byte[] invite = Bytes(32, 1), key = Bytes(65, 2), otherKey = Bytes(65, 3), planHash = Bytes(32, 4), otherInvite = Bytes(32, 5);

    [Fact]
    public Task An_invitation_leads_to_approval_once() => WithStoreAsync(async store =>
    {
        await store.Roster.InviteAsync("north", RosterRoles.Participant | RosterRoles.Viewer, invite, null, by, none);
        await store.Roster.JoinAsync(invite, key, by, none);
        await store.Roster.JoinAsync(invite, key, by, none);
        await AssertConflictAsync(() => store.Roster.JoinAsync(invite, otherKey, by, none));
        await AssertConflictAsync(() => store.Roster.ApproveAsync("north", otherKey, by, none));
        await store.Roster.ApproveAsync("north", key, by, none);
        await store.Roster.ApproveAsync("north", key, by, none);

        RosterEntry entry = (await store.Roster.FindAsync("north", none))!;
        Assert.Equal((RosterState.Approved, RosterRoles.Participant | RosterRoles.Viewer, 1L), (entry.State, entry.Roles, entry.Generation));
        Assert.Equal(key, entry.PublicKey.ToArray());
        Assert.Equal(TestDatabase.Noon, entry.ChangedAt);
        Assert.Equal(["store.claimed", "participant.invited", "participant.joined", "participant.approved"], (await store.Audit.ReadAsync(0, 100, none)).Select(row => row.Action));
    });

    [Fact]
    public Task An_unknown_invitation_joins_nobody() => WithStoreAsync(async store => Assert.Null(await store.Roster.JoinAsync(invite, key, by, none)));

    [Fact]
    public Task A_key_belongs_to_one_name_once() => WithStoreAsync(async store =>
    {
        await EnrolAsync(store, "north", invite, key);
        await store.Roster.InviteAsync("south", RosterRoles.Participant, otherInvite, null, by, none);
        await AssertConflictAsync(() => store.Roster.JoinAsync(otherInvite, key, by, none));
        Assert.Equal((TestDatabase.Noon, null), ((await store.Roster.FindAsync("north", none))!.KeySince, (await store.Roster.FindAsync("south", none))!.KeySince));
        await store.Roster.RotateKeyAsync("north", otherKey, by with { At = TestDatabase.Noon.AddDays(1) }, none);
        await store.Roster.RotateKeyAsync("north", otherKey, by with { At = TestDatabase.Noon.AddDays(2) }, none);

        Assert.Equal(TestDatabase.Noon.AddDays(1), (await store.Roster.FindAsync("north", none))!.KeySince);
        await AssertConflictAsync(() => store.Roster.RotateKeyAsync("north", key, by, none));
        Assert.Null(await store.Roster.FindByKeyAsync(key, none));
        Assert.Equal(("north", 2L), ((await store.Roster.FindByKeyAsync(otherKey, none))!.Name, (await store.Roster.FindAsync("north", none))!.Generation));
    });

    [Fact]
    public Task The_revoked_stay_out() => WithStoreAsync(async store =>
    {
        await EnrolAsync(store, "north", invite, key);
        await store.Roster.RevokeAsync("north", "left", by, none);
        await store.Roster.RevokeAsync("north", "left", by, none);

        await AssertConflictAsync(() => store.Roster.ApproveAsync("north", key, by, none));
        await AssertConflictAsync(() => store.Roster.JoinAsync(invite, key, by, none));
        await AssertConflictAsync(() => store.Roster.RotateKeyAsync("north", otherKey, by, none));
        await AssertConflictAsync(() => store.Roster.InviteAsync("north", RosterRoles.Owner, otherInvite, null, by, none));
        await AssertConflictAsync(() => store.Roster.SetRolesAsync("nobody", RosterRoles.Owner, by, none));
    });

    [Fact]
    public Task An_invitation_that_has_ended_joins_nobody() => WithStoreAsync(async store =>
    {
        await store.Roster.InviteAsync("north", RosterRoles.Participant, invite, TestDatabase.Noon.AddHours(1), by, none);
        await AssertConflictAsync(() => store.Roster.JoinAsync(invite, key, by with { At = TestDatabase.Noon.AddHours(1) }, none));
        await store.Roster.JoinAsync(invite, key, by with { At = TestDatabase.Noon.AddMinutes(59) }, none);

        RosterEntry entry = (await store.Roster.FindAsync("north", none))!;
        Assert.Equal((RosterState.Waiting, Convert.ToHexStringLower(invite), (DateTimeOffset?)TestDatabase.Noon.AddHours(1)), (entry.State, entry.InviteHash, entry.InviteEnds));
    });

    [Fact]
    public Task Whoever_is_enrolled_at_once_leaves_every_step_in_the_log() => WithStoreAsync(async store =>
    {
        await store.Roster.EnrolAsync("north", RosterRoles.Participant, key, by, none);
        await store.Roster.EnrolAsync("north", RosterRoles.Participant, key, by, none);
        RosterEntry rotated = await store.Roster.EnrolAsync("north", RosterRoles.Participant, otherKey, by, none);
        await AssertConflictAsync(() => store.Roster.EnrolAsync("south", RosterRoles.Participant, key, by, none));
        await store.Roster.RevokeAsync("north", "left", by, none);
        await AssertConflictAsync(() => store.Roster.EnrolAsync("north", RosterRoles.Participant, Bytes(65, 9), by, none));

        Assert.Equal((RosterState.Approved, 2L), (rotated.State, rotated.Generation));
        Assert.Equal(
            ["store.claimed", "participant.invited", "participant.joined", "participant.approved", "participant.key-rotated", "participant.revoked"], (await store.Audit.ReadAsync(0, 100, none)).Select(row => row.Action));
    });

    [Fact]
    public Task A_token_is_good_until_its_end_or_until_it_is_taken_back() => WithStoreAsync(async store =>
    {
        DateTimeOffset end = TestDatabase.Noon.AddDays(2);
        await store.Tokens.AddAsync("anna", RosterRoles.Viewer, planHash, end, by, none);
        await store.Tokens.AddAsync("anna", RosterRoles.Viewer, planHash, end, by, none);
        await AssertConflictAsync(() => store.Tokens.AddAsync("anna", RosterRoles.Owner, invite, end, by, none));
        await AssertConflictAsync(() => store.Tokens.AddAsync("bert", RosterRoles.Viewer, planHash, end, by, none));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => store.Tokens.AddAsync("x", RosterRoles.Participant, invite, end, by, none));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => store.Tokens.AddAsync("x", RosterRoles.Viewer, invite, TestDatabase.Noon, by, none));
        Assert.True(await store.Tokens.RevokeAsync("anna", "left", by, none));
        Assert.False(await store.Tokens.RevokeAsync("anna", "left", by, none));
        await store.Tokens.AddAsync("anna", RosterRoles.Owner, invite, end, by, none);

        TokenRecord[] tokens = [.. (await store.Tokens.ListAsync(none)).OrderBy(token => token.Role)];
        Assert.Equal([(RosterRoles.Viewer, false), (RosterRoles.Owner, true)], tokens.Select(token => (token.Role, token.IsGood(TestDatabase.Noon))));
        Assert.False(tokens[1].IsGood(end));
        Assert.Equal(["store.claimed", "token.created", "token.revoked", "token.created"], (await store.Audit.ReadAsync(0, 100, none)).Select(row => row.Action));
    });

    [Fact]
    public Task Jobs_move_along_their_states_and_keep_their_plan() => WithStoreAsync(async store =>
    {
        await store.Jobs.AddAsync("har", "name: har ε\n", planHash, by, none);
        await store.Jobs.AddAsync("har", "name: har ε\n", planHash, by, none);
        await AssertConflictAsync(() => store.Jobs.AddAsync("har", "name: other\n", planHash, by, none));
        await AssertConflictAsync(() => store.Jobs.MoveAsync("har", JobState.Finished, "", by, none));
        await store.Jobs.MoveAsync("har", JobState.Running, "", by, none);
        await store.Jobs.MoveAsync("har", JobState.Finished, "all rounds", by, none);
        await store.Jobs.MoveAsync("har", JobState.Finished, "again", by, none);
        await AssertConflictAsync(() => store.Jobs.MoveAsync("har", JobState.Running, "", by, none));

        JobRecord job = Assert.Single(await store.Jobs.ListAsync(none));
        Assert.Equal(("har", "name: har ε\n", Convert.ToHexStringLower(planHash), JobState.Finished, "all rounds"), (job.Id, job.Plan, job.PlanHash, job.State, job.Reason));
    });

    [Fact]
    public Task A_round_is_begun_once_and_ends_once() => WithStoreAsync(async store =>
    {
        await RunJobAsync(store);
        Assert.True(await store.Rounds.BeginAsync("har", 1, "r1", Bytes(10, 5), by, none));
        Assert.False(await store.Rounds.BeginAsync("har", 1, "r1", Bytes(10, 5), by, none));
        await AssertConflictAsync(() => store.Rounds.BeginAsync("har", 1, "r1", Bytes(10, 6), by, none));
        await AssertConflictAsync(() => store.Rounds.BeginAsync("har", 2, "r2", Bytes(10, 6), by, none));
        PhaseRecord phase = new("har", 1, 0, "AdvertiseKeys", Bytes(100, 7), TestDatabase.Noon, TestDatabase.Noon.AddSeconds(2));
        await store.Rounds.AddPhaseAsync(phase, by, none);
        await store.Rounds.AddPhaseAsync(phase, by, none);
        await AssertConflictAsync(() => store.Rounds.AddPhaseAsync(phase with { Body = Bytes(100, 8) }, by, none));
        RoundEnd end = new("har", 1, Completed: true, "", ["b", "a"], "root", Bytes(1000, 9));
        await store.Rounds.FinishAsync(end, by, none);
        await store.Rounds.FinishAsync(end, by, none);

        await AssertConflictAsync(() => store.Rounds.FinishAsync(end with { Completed = false }, by, none));
        await AssertConflictAsync(() => store.Rounds.FinishAsync(end with { Survivors = ["a"] }, by, none));
        await AssertConflictAsync(() => store.Rounds.AddPhaseAsync(phase with { Ordinal = 1 }, by, none));
        await AssertConflictAsync(() => store.Rounds.BeginAsync("har", 2, "r1", Bytes(10, 6), by, none));
        RoundRecord round = Assert.Single(await store.Rounds.ListAsync("har", none));
        Assert.Equal((RoundState.Completed, "root", "a b"), (round.State, round.TranscriptRoot, string.Join(' ', round.Survivors)));
        Assert.Equal(phase.Body.ToArray(), Assert.Single(await store.Rounds.PhasesAsync("har", 1, none)).Body.ToArray());
        Assert.Equal((1L, 1000L), ((await store.Checkpoints.LatestAsync("har", none))!.Number, (await store.Checkpoints.LatestAsync("har", none))!.Model.Length));
    });

    [Fact]
    public Task What_a_crash_left_running_is_abandoned_and_its_number_is_not_used_again() => WithStoreAsync(async store =>
    {
        await RunJobAsync(store);
        await store.Rounds.BeginAsync("har", 1, "r1", Bytes(10, 5), by, none);

        Assert.Equal(["r1"], (await store.Rounds.AbandonAsync("restarted", by, none)).Select(round => round.RoundId));
        Assert.Empty(await store.Rounds.AbandonAsync("restarted", by, none));
        await AssertConflictAsync(() => store.Rounds.FinishAsync(new RoundEnd("har", 1, true, "", ["a"], "root", Bytes(10, 1)), by, none));
        Assert.Null(await store.Checkpoints.LatestAsync("har", none));
        Assert.True(await store.Rounds.BeginAsync("har", 2, "r2", Bytes(10, 6), by, none));
        Assert.Equal(RoundState.Aborted, (await store.Rounds.FindAsync("har", 1, none))!.State);
    });

    [Fact]
    public Task Old_models_lose_their_bytes_and_keep_their_hash() => WithStoreAsync(async store =>
    {
        await RunJobAsync(store);
        for (int i = 0; i < 4; i++) await store.Checkpoints.SaveAsync("har", i, Bytes(100 + i, (byte)i), by, none);
        await store.Checkpoints.SaveAsync("har", 3, Bytes(103, 3), by, none);
        await AssertConflictAsync(() => store.Checkpoints.SaveAsync("har", 3, Bytes(103, 4), by, none));

        Assert.Equal(2, await store.Checkpoints.PruneAsync("har", 2, by, none));
        Assert.Equal(0, await store.Checkpoints.PruneAsync("har", 2, by, none));
        Checkpoint pruned = (await store.Checkpoints.FindAsync("har", 1, none))!;
        Assert.Equal((101L, 0, 64), (pruned.Bytes, pruned.Model.Length, pruned.Hash.Length));
        Assert.Equal(Bytes(103, 3), (await store.Checkpoints.LatestAsync("har", none))!.Model.ToArray());
        Assert.Equal([0, 1, 2, 3], (await store.Checkpoints.ListAsync("har", none)).Select(checkpoint => checkpoint.Number));
    });

    [Fact]
    public Task Receipts_are_kept_as_they_were_handed_out() => WithStoreAsync(async store =>
    {
        await RunJobAsync(store);
        await store.Rounds.BeginAsync("har", 1, "r1", Bytes(10, 5), by, none);
        ReceiptRecord[] receipts = [new("har", 1, "a", Bytes(300, 1)), new("har", 1, "b", Bytes(300, 2))];
        await store.Receipts.AddAsync(receipts[..1], by, none);
        await store.Receipts.AddAsync(receipts, by, none);

        await AssertConflictAsync(() => store.Receipts.AddAsync([receipts[0], receipts[1] with { Receipt = Bytes(300, 3) }], by, none));
        await AssertConflictAsync(() => store.Receipts.AddAsync([receipts[0] with { Number = 9 }], by, none));
        Assert.Equal(Bytes(300, 2), (await store.Receipts.FindAsync("har", 1, "b", none))!.Receipt.ToArray());
        Assert.Single(await store.Receipts.ListAsync("a", none));
        Assert.Null(await store.Receipts.FindAsync("har", 1, "c", none));
    });

    [Fact]
    public Task Parallel_charges_never_pass_the_ceiling() => WithStoreAsync(async store =>
    {
        PrivacyCeiling ceiling = new(Epsilon: 4, Delta: 1e-6);
        PrivacyLedger ledger = PrivacyLedger.Open(store.Ledger("main", "coordinator", TimeProvider.System));
        bool[] spent = await Task.WhenAll(Enumerable.Range(1, 64).Select(round => Task.Factory.StartNew(() => TrySpend(ledger, round, ceiling), none, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        PrivacyLedger read = PrivacyLedger.Open(store.Ledger("main", "coordinator", TimeProvider.System));
        Assert.Equal((spent.Count(was => was), ledger.Head), (read.Entries.Count, read.Head));
        Assert.InRange(spent.Count(was => was), 1, 63);
        Assert.InRange(read.Balance("data", "participant", 1e-6).Readers, 0, 4 * (1 + 1e-9));
    });

    [Fact]
    public Task A_second_ledger_on_the_same_lines_cannot_spend_what_it_has_not_seen() => WithStoreAsync(async store =>
    {
        PrivacyCeiling ceiling = new(Epsilon: 4, Delta: 1e-6);
        PrivacyLedger first = PrivacyLedger.Open(store.Ledger("main", "coordinator", TimeProvider.System)), second = PrivacyLedger.Open(store.Ledger("main", "coordinator", TimeProvider.System));
        Assert.True(TrySpend(first, 1, ceiling));

        await AssertConflictAsync(() => Task.Run(() => TrySpend(second, 2, ceiling)));
        Assert.Single(PrivacyLedger.Open(store.Ledger("main", "coordinator", TimeProvider.System)).Entries);
    });

    [Fact]
    public Task Events_are_kept_once_and_in_order() => WithStoreAsync(async store =>
    {
        AuditEvent login = new("login-1", "login.refused", "10.0.0.1", "unknown key");
        await store.Audit.AddAsync(login, by, none);
        await store.Audit.AddAsync(login, by with { At = TestDatabase.Noon.AddHours(1) }, none);
        await AssertConflictAsync(() => store.Audit.AddAsync(login with { Detail = "another" }, by, none));

        Assert.Equal(["store.claimed", "login.refused"], (await store.Audit.ReadAsync(0, 10, none)).Select(row => row.Action));
        Assert.Equal(2, Assert.Single(await store.Audit.ReadAsync(1, 10, none)).Entry);
        AuditVerification verified = await store.Audit.VerifyAsync(none);
        Assert.Equal((2L, true), (verified.Rows, verified.IsWhole));
    });

    [Fact]
    public Task Hostile_texts_are_values_or_refused_by_name() => WithStoreAsync(async store =>
    {
        const string Injection = "'); DROP TABLE audit; --";
        await store.Jobs.AddAsync("har", Injection, planHash, by, none);
        Assert.Equal(Injection, (await store.Jobs.FindAsync("har", none))!.Plan);
        await Assert.ThrowsAsync<ArgumentException>(() => store.Jobs.AddAsync(Injection, "", planHash, by, none));
        await Assert.ThrowsAsync<ArgumentException>(() => store.Jobs.AddAsync("nul", "a\0b", planHash, by, none));
        await Assert.ThrowsAsync<ArgumentException>(() => store.Jobs.AddAsync("half", "\ud800", planHash, by, none));
        await Assert.ThrowsAsync<ArgumentException>(() => store.Jobs.AddAsync("long", new string('x', (1 << 20) + 1), planHash, by, none));
        await Assert.ThrowsAsync<ArgumentException>(() => store.Roster.InviteAsync("x", RosterRoles.Viewer, Bytes(5, 1), null, by, none));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => store.Roster.InviteAsync("x", (RosterRoles)32, invite, null, by, none));
        Assert.True((await store.Audit.VerifyAsync(none)).IsWhole);
    });

    private static bool TrySpend(PrivacyLedger ledger, long round, PrivacyCeiling ceiling)
    {
        try
        {
            ledger.Spend(new LedgerCharge("data", "participant", "har", round, new GaussianEvent(5), new GaussianEvent(5)), ceiling);
            return true;
        }
        catch (BudgetExceededException)
        {
            return false;
        }
    }

    internal static byte[] Bytes(int count, byte value) => [.. Enumerable.Repeat(value, count)];

    internal static async Task RunJobAsync(ICoordinatorStore store)
    {
        await store.Jobs.AddAsync("har", "name: har\n", planHash, by, none);
        await store.Jobs.MoveAsync("har", JobState.Running, "", by, none);
    }

    internal static async Task AssertConflictAsync(Func<Task> write) => Assert.Equal(FailureCodes.StorageConflict, (await Assert.ThrowsAsync<FailureException>(write)).Code);

    /// <summary>An opened, empty store; null with a plain word where there is none.</summary>
    private protected abstract Task<ICoordinatorStore?> CreateAsync();

    private static async Task EnrolAsync(ICoordinatorStore store, string name, byte[] invitation, byte[] own)
    {
        await store.Roster.InviteAsync(name, RosterRoles.Participant, invitation, null, by, none);
        await store.Roster.JoinAsync(invitation, own, by, none);
        await store.Roster.ApproveAsync(name, own, by, none);
    }

    private async Task WithStoreAsync(Func<ICoordinatorStore, Task> test)
    {
        await using ICoordinatorStore? store = await CreateAsync();
        if (store is null) return;
        output.WriteLine(GetType().Name);
        await store.ClaimAsync(by, none);
        await test(store);
        Assert.True((await store.Audit.VerifyAsync(none)).IsWhole);
    }
}
