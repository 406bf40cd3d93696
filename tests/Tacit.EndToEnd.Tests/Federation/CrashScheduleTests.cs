using System.Buffers.Binary;
using System.IO;
using System.Threading;
using Tacit.Aggregation.Receipts;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Coordination.Jobs;
using Tacit.EndToEnd.Tests.Storage;
using Tacit.Privacy.Budgets;
using Tacit.Storage;
using Tacit.Storage.Files;
using Tacit.Storage.Jobs;
using Tacit.Storage.Rounds;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.EndToEnd.Tests.Federation;

/// <summary>Coordinator and participants die at seeded points and start again. TACIT_EXHAUSTIVE=1 runs 200 schedules.</summary>
[Collection(PostgresTests.Name)]
public sealed class CrashScheduleTests(PostgresServer postgres, ITestOutputHelper output)
{
    private static bool Exhaustive => Environment.GetEnvironmentVariable("TACIT_EXHAUSTIVE") == "1";

    [Fact]
    public async Task Seeded_crashes_end_with_right_sums_and_whole_ledgers()
    {
        int crashes = 0, killed = 0, count = Exhaustive ? 200 : 8;
        for (int seed = 0; seed < count; seed++)
        {
            bool onPostgres = seed % 4 == 3 && postgres.Absence is null;
            using TestDatabase database = onPostgres ? new TestDatabase(TestDatabase.Postgres, await postgres.CreateAsync()) : TestDatabase.InFile();
            await using CrashWorld world = new(seed, database, noised: seed % 2 == 1);
            try
            {
                (JobReport job, float[] model) = await world.RunAsync();
                Assert.Equal(JobState.Finished, job.State);
                if (seed % 2 == 0) Assert.Equal(world.Expected(job, model.Length), model);
                await CheckAsync(database, world, job, noised: seed % 2 == 1);
            }
            catch (Exception problem)
            {
                throw new InvalidOperationException($"schedule {seed}: {problem.Message}", problem);
            }

            crashes += world.Crashes;
            killed += world.Killed;
        }

        output.WriteLine($"{count} schedules, {crashes} crashes of the coordinator, {killed} of participants");
        Assert.True(crashes >= count / 2 && killed >= count / 8, $"{crashes} crashes and {killed} killed are too few to show anything");
    }

    private static async Task CheckAsync(TestDatabase database, CrashWorld world, JobReport job, bool noised)
    {
        await using ICoordinatorStore store = await database.OpenAsync();
        Assert.True((await store.Audit.VerifyAsync(CancellationToken.None)).IsWhole);
        FederatedRound[] completed = [.. job.Rounds.Where(round => round.Aborted is null)];
        Assert.Equal([1, 2], completed.Select(round => round.Round));
        var rounds = await store.Rounds.ListAsync(job.Id, CancellationToken.None);
        Assert.Equal(rounds.Count, rounds.Select(round => round.RoundId).Distinct().Count());

        PrivacyLedger ledger = PrivacyLedger.Open(store.Ledger("population", "coordinator", TimeProvider.System));   // reads and verifies the chain
        Assert.Equal(ledger.Entries.Count, ledger.Entries.Select(entry => entry.Round).Distinct().Count());
        if (noised) Assert.All(completed, round => Assert.Contains(ledger.Entries, entry => entry.Round == round.Number));
        else Assert.Empty(ledger.Entries);
        foreach (FederatedRound round in completed) CheckTranscript(await store.Rounds.PhasesAsync(job.Id, round.Number, CancellationToken.None), round);

        long[] receiptRounds = [.. (await store.Receipts.ListJobAsync(job.Id, CancellationToken.None)).Select(receipt => receipt.Number).Distinct()];
        for (int i = 0; i < CrashWorld.Participants; i++)
        {
            string name = $"p{i + 1}";
            string[] begun = await File.ReadAllLinesAsync(Path.Combine(world.Folder(i), "rounds"));
            Assert.Equal(begun.Length, begun.Distinct().Count());
            long[] included = [.. completed.Where(round => round.Included.Contains(name)).Select(round => round.Number)];
            Assert.Superset(rounds.Where(round => included.Contains(round.Number)).Select(round => round.RoundId).ToHashSet(), begun.ToHashSet());
            using LedgerFile file = LedgerFile.Open(Path.Combine(world.Folder(i), "ledger"));
            PrivacyLedger own = PrivacyLedger.Open(file);
            if (noised) Assert.All(included, number => Assert.Single(own.Entries, entry => entry.Job == job.Id && entry.Round == number));

            RoundReceipt[] receipts = [.. (await store.Receipts.ListAsync(name, CancellationToken.None)).Select(stored => ReceiptJson.TryRead(stored.Receipt.Span, out RoundReceipt? receipt, out _) ? receipt! : throw new InvalidDataException())];
            Assert.True(new ReceiptVerifier(new ReceiptEvidence()).VerifyChain(receipts).IsAccepted);
            // Every charge before its last receipt stands in one of its receipts: that of the round, or, where a crash kept a round from its receipts, the next.
            HashSet<long> said = [.. receiptRounds];
            if (noised && receipts.Length > 0) Assert.Equal(receipts.Length + ledger.Entries.Count(entry => entry.Round < receipts[^1].Round && !said.Contains(entry.Round)), receipts.Sum(receipt => receipt.Coordinator.Events.Length));
            Assert.Superset(included.ToHashSet(), receipts.Where(receipt => receipt.Included).Select(receipt => receipt.Round).ToHashSet());
        }
    }

    // What was public is stored as it came, and nothing else is.
    private static void CheckTranscript(IReadOnlyList<PhaseRecord> phases, FederatedRound round)
    {
        Assert.Equal(["advertise-keys", "consistency-check"], phases.Select(phase => phase.Name));
        foreach (PhaseRecord phase in phases)
        {
            HashSet<int> speakers = [];
            for (ReadOnlyMemory<byte> rest = phase.Body; !rest.IsEmpty;)
            {
                int length = BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
                Assert.True(EnvelopeCodec.TryDecode(rest.Span.Slice(sizeof(int), length), out Envelope? envelope, out _));
                Assert.Equal(phase.Ordinal, (int)envelope!.Phase);
                speakers.Add(envelope.From.Value);
                rest = rest[(sizeof(int) + length)..];
            }

            Assert.True(speakers.Count >= (phase.Ordinal == (int)Phase.AdvertiseKeys ? round.Included.Length : 1), $"{speakers.Count} speak in {phase.Name}");
            Assert.True(phase.OpenedAt <= phase.ClosedAt);
        }
    }
}
