using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Receipts;
using Tacit.Aggregation.Rounds;
using Tacit.Coordination.Hosting;
using Tacit.Coordination.Rounds;
using Tacit.Federation.Offers;
using Tacit.Learning.Jobs;
using Tacit.Privacy.Accounting.Events;
using Tacit.Privacy.Budgets;
using Tacit.Storage.Receipts;
using Tacit.Storage.Rounds;

namespace Tacit.Coordination.Jobs;

/// <summary>What a job writes down, in the order that makes a crash cost budget and never privacy: terms before anybody sends anything, the charge before a sum is used, receipts and the next model before either is shown.</summary>
internal sealed class JobRecorder
{
    private const int KeptModels = 2;

    private readonly CoordinatorState state;
    private readonly PrivacyLedger ledger;
    private readonly PrivacyCeiling ceiling;
    private readonly string unit;
    private readonly ReceiptIssuer issuer;
    private readonly HashSet<long> receipted = [];
    private readonly Dictionary<string, long> last = new(StringComparer.Ordinal);

    public JobRecorder(CoordinatorState state, PrivacyLedger ledger, PrivacyCeiling? population, string id, PrivacyPlan privacy)
    {
        (this.state, this.ledger, Id, unit) = (state, ledger, id, privacy.Unit);
        ceiling = population ?? new PrivacyCeiling(double.PositiveInfinity, privacy.Delta);
        issuer = new ReceiptIssuer(state.ReceiptKey, new ReceiptJob("deployment", privacy.Name, privacy.Unit, privacy.Delta));
    }

    /// <summary>Of the job, in terms and in the store.</summary>
    public string Id { get; }

    /// <summary>What the ledger says that this job was charged, in order; also for sums that a crash kept from being used.</summary>
    public IReadOnlyList<PrivacyEvent> Charged => [.. ledger.Entries.Where(entry => entry.Job == Id).Select(entry => entry.Coordinator)];

    /// <summary>Where the job stopped, or null at its beginning. Continues the receipts, and ends the round that the job may have been stopped in: it is not asked for again.</summary>
    public async Task<JobCheckpoint?> ResumeAsync(CancellationToken stopping)
    {
        await EndLeftAsync("the job was stopped", stopping);
        foreach (ReceiptRecord stored in await state.Store.Receipts.ListJobAsync(Id, stopping))
        {
            if (!ReceiptJson.TryRead(stored.Receipt.Span, out RoundReceipt? receipt, out _)) throw new FailureException(FailureCodes.StorageCorrupt, $"the receipt of {stored.Participant} for round {stored.Number} of {Id} cannot be read");
            issuer.Continue(receipt!);
            Remember(receipt!);
        }

        return await state.Store.Checkpoints.LatestAsync(Id, stopping) is { } checkpoint ? JobCheckpoint.Read(Id, checkpoint.Model) : null;
    }

    /// <summary>Writes the terms down, before anybody is told of them.</summary>
    /// <exception cref="FailureException">Among others STORAGE_CONFLICT: this very round may have been begun before.</exception>
    public async Task BeginAsync(RoundTerms terms, CancellationToken stopping)
    {
        byte[] encoded = RoundTermsCodec.Encode(terms, terms.Cohort[0].Id);
        if (!await state.Store.Rounds.BeginAsync(Id, terms.Round, Convert.ToHexStringLower(terms.Id.ToArray()), encoded, state.By(CoordinatorState.Actor), stopping))
        {
            throw new FailureException(FailureCodes.StorageConflict, $"round {terms.Round} of {Id} had been begun before: it is not asked for again");
        }
    }

    /// <summary>Charges the ledger, durably, before a sum is used.</summary>
    /// <exception cref="FailureException">PRIVACY_BUDGET_EXCEEDED: the population's ceiling.</exception>
    public async Task ChargeAsync(long round, PrivacyEvent readers, PrivacyEvent coordinator)
    {
        try
        {
            await Task.Run(() => ledger.Spend(new LedgerCharge(CoordinatorOptions.Population, unit, Id, round, readers, coordinator), ceiling));   // flushing blocks its thread
        }
        catch (BudgetExceededException refused)
        {
            throw new FailureException(FailureCodes.PrivacyBudgetExceeded, refused.Message, refused);
        }
    }

    /// <summary>Signs and stores the receipts of a round that gave a sum.</summary>
    /// <param name="actor">The round.</param>
    /// <param name="completed">Who is in the sum.</param>
    /// <param name="charged">What it cost; null where nothing bounds it.</param>
    /// <param name="released">What everybody may see of it; empty if the sum was thrown away.</param>
    /// <param name="stopping">Gives up.</param>
    /// <returns>The root of the round's transcript.</returns>
    public async Task<string> ReceiptsAsync(Rounds.RoundActor actor, RoundOutcome.Completed completed, (PrivacyEvent Readers, PrivacyEvent Coordinator)? charged, float[] released, CancellationToken stopping)
    {
        HashSet<PartyId> included = [.. completed.Included];
        ReceiptRoster roster = new([.. actor.Terms.Cohort.Select((member, i) => new RosterSeat(member.Id.Value, actor.Names[i], included.Contains(member.Id)))]);
        ReceiptRound round = new(actor.Terms, roster, [.. SHA256.HashData(MemoryMarshal.AsBytes<float>(released))]);
        ImmutableArray<RoundReceipt> receipts = [.. actor.Names.GroupBy(name => last.GetValueOrDefault(name)).SelectMany(alike => issuer.Issue(round, ChargeOf(charged, alike.Key, actor.Terms.Round), alike))];
        foreach (RoundReceipt receipt in receipts) Remember(receipt);
        await state.Store.Receipts.AddAsync([.. receipts.Select(receipt => new ReceiptRecord(Id, receipt.Round, receipt.Participant, ReceiptJson.Write(receipt)))], state.By(CoordinatorState.Actor), stopping);
        return receipts[0].TranscriptRoot;
    }

    private async Task EndLeftAsync(string why, CancellationToken stopping)
    {
        foreach (RoundRecord left in (await state.Store.Rounds.ListAsync(Id, stopping)).Where(round => round.State == Storage.Rounds.RoundState.Running))
        {
            await state.Store.Rounds.FinishAsync(new RoundEnd(Id, left.Number, false, $"{FailureCodes.Interrupted}: {why}", [], "", null), state.By(CoordinatorState.Actor), stopping);
        }
    }

    // What the ledger was charged for a sum that a crash kept from its receipts stands in the next one.
    private ReceiptCharge ChargeOf((PrivacyEvent Readers, PrivacyEvent Coordinator)? charged, long after, long round)
    {
        if (charged is not { } cost) return new ReceiptCharge(null, null);
        LedgerEntry[] unsaid = [.. ledger.Entries.Where(entry => entry.Job == Id && entry.Round > after && entry.Round < round && !receipted.Contains(entry.Round))];
        return new ReceiptCharge(
            [.. unsaid.Select(entry => EventText.Write(entry.Readers)), EventText.Write(cost.Readers)], [.. unsaid.Select(entry => EventText.Write(entry.Coordinator)), EventText.Write(cost.Coordinator)]);
    }

    private void Remember(RoundReceipt receipt)
    {
        receipted.Add(receipt.Round);
        last[receipt.Participant] = receipt.Round;
    }

    /// <summary>Ends a round, with the state that the job goes on from if it gave a sum that was used.</summary>
    public async Task FinishAsync(FederatedRound report, bool begun, PublicTranscript? said, string transcript, JobCheckpoint? next, CancellationToken stopping)
    {
        await state.Store.Rounds.AddReportAsync(Id, report.Number, StoredRound.Write(report), state.By(CoordinatorState.Actor), stopping);
        if (!begun)
        {
            await EndLeftAsync("its beginning was stored, and nobody was told of it", stopping);   // an answer of the store got lost
            return;
        }

        foreach (PhaseRecord phase in said?.Records(Id, report.Number) ?? []) await state.Store.Rounds.AddPhaseAsync(phase, state.By(CoordinatorState.Actor), stopping);
        string reason = report.Aborted is { } aborted ? $"{aborted.Reason}: {aborted.Detail}" : "";
        ReadOnlyMemory<byte>? model = next is null ? default(ReadOnlyMemory<byte>?) : next.Write();   // a null array would become an empty model
        await state.Store.Rounds.FinishAsync(new RoundEnd(Id, report.Number, report.Aborted is null, reason, report.Included, transcript, model), state.By(CoordinatorState.Actor), stopping);
        if (model is not null) await state.Store.Checkpoints.PruneAsync(Id, KeptModels, state.By(CoordinatorState.Actor), stopping);
    }
}
