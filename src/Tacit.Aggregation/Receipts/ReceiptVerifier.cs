using System.Globalization;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Signatures;

namespace Tacit.Aggregation.Receipts;

/// <summary>Checks receipts offline. Everything that is wrong is called by its field.</summary>
/// <param name="evidence">What is known beside them.</param>
/// <remarks>
/// Receipts cut off the end of a chain cannot be missed from the rest alone: keep the last one, or its <see cref="ReceiptHashes.Root"/>. Not thread-safe.
/// </remarks>
public sealed class ReceiptVerifier(ReceiptEvidence evidence)
{
    /// <summary>How far a stated ε may be from the recomputed one, relatively: what elementary functions differ by between platforms.</summary>
    public const double Rounding = 1e-10;

    /// <summary>Checks one receipt. Without those before it ε can only be bounded from below.</summary>
    /// <param name="receipt">As read.</param>
    public ReceiptFindings Verify(RoundReceipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        FindingList found = new(receipt.Index);
        if (!IsGenuine(receipt, found)) return found.ToFindings();
        Content(receipt, found);
        bool first = receipt.Index == 1;
        if (first) Start(receipt, found);
        else found.Add("previous", ReceiptVerdict.Unchecked, "the receipts before it are not at hand");
        new ReceiptCostCheck("readers", first).Next(receipt.Readers, receipt.Delta, found);
        new ReceiptCostCheck("coordinator", first).Next(receipt.Coordinator, receipt.Delta, found);
        return found.ToFindings();
    }

    /// <summary>Checks all receipts of one participant of one job.</summary>
    /// <param name="receipts">In the order of their index, from the first.</param>
    public ReceiptFindings VerifyChain(IReadOnlyList<RoundReceipt> receipts)
    {
        ArgumentNullException.ThrowIfNull(receipts);
        FindingList all = new(0);
        ReceiptCostCheck readers = new("readers", whole: true), coordinator = new("coordinator", whole: true);
        for (int i = 0; i < receipts.Count; i++)
        {
            FindingList found = new(i + 1);
            bool genuine = IsGenuine(receipts[i], found);
            if (genuine)
            {
                Content(receipts[i], found);
                if (i == 0) Start(receipts[i], found);
                else Continue(receipts[i - 1], receipts[i], found);
                readers.Next(receipts[i].Readers, receipts[i].Delta, found);
                coordinator.Next(receipts[i].Coordinator, receipts[i].Delta, found);
            }

            all.AddRange(found);
            if (genuine && !found.Has("index")) continue;
            if (i + 1 < receipts.Count) all.Add(ReceiptFields.File, ReceiptVerdict.Unchecked, $"the {receipts.Count - i - 1} receipts after this one were not checked: what they add up to begins before them");
            break;
        }

        return all.ToFindings();
    }

    private bool IsGenuine(RoundReceipt receipt, FindingList found)
    {
        var leaves = ReceiptHashes.Leaves(receipt);
        if (receipt.Leaves.Length != leaves.Length) found.Wrong(ReceiptFields.Leaves, "there is not one digest for each field");
        else for (int i = 0; i < leaves.Length; i++) found.Check(ReceiptFields.Names[i], leaves[i] == receipt.Leaves[i], "", "it is not what was signed: its digest differs");
        if (found.AnyWrong) return false;

        byte[] key = Convert.FromHexString(receipt.Key);
        if (!P256Point.TryRead(key, out P256Point? point)) return found.Wrong("key", "it is no point on P-256");
        if (evidence.Key is { } pinned && !pinned.Point.Equals(point)) return found.Wrong("key", "it is not the key that is pinned for the coordinator");
        found.Add("key", evidence.Key is null ? ReceiptVerdict.Unchecked : ReceiptVerdict.Holds, evidence.Key is null ? "no key is pinned: anybody could have signed" : "the pinned one");
        using VerificationKey own = new(point!);
        bool signed = (evidence.Key ?? own).Verify(ReceiptHashes.Signed(receipt.Leaves), Convert.FromHexString(receipt.Signature));
        return found.Check(ReceiptFields.Signature, signed, "by that key over all fields", "it is not by that key over these fields");
    }

    private void Content(RoundReceipt receipt, FindingList found)
    {
        byte[] id = Convert.FromHexString(receipt.RoundId);
        RoundId named = new(id);
        string hash = Convert.ToHexStringLower(id.AsSpan(RoundId.Bytes - 32));
        bool fits = named.Number == receipt.Round && hash == receipt.TermsHash && receipt.ModelHash.StartsWith(named.ModelTag.ToString("x16", CultureInfo.InvariantCulture), StringComparison.Ordinal);
        found.Check("round_id", fits, "number, model and terms", "it is not made of round, model_hash and terms_hash");
        found.Check("seat", receipt.Seat <= receipt.CohortSize && (receipt.Seat > 0 || receipt.CohortSize == 0), "", "it is beyond the cohort, or there is none and a cohort is told of");
        found.Check("included", !receipt.Included || (receipt.Seat > 0 && receipt.IncludedCount > 0), "", "nobody without a seat, and nobody in an empty set, can be included");
        found.Check("included_count", receipt.IncludedCount <= receipt.CohortSize, "", "more are included than there are");
        found.Check("transcript_root", ReceiptHashes.Transcript(receipt) == receipt.TranscriptRoot, "terms, roster, included, result", "it is not the hash of terms, roster, included and result");
        bool exact = receipt.Readers.Accountant == ReceiptAccount.NoBound;
        found.Check("mechanism", (receipt.Mechanism == "none") == exact, "", exact ? "it promises noise, and nothing bounds what readers learned" : "without noise nothing bounds what readers learned");
        Terms(receipt, found);
        Inclusion(receipt, found);
        Charge(receipt, found);
    }

    private void Terms(RoundReceipt receipt, FindingList found)
    {
        if (receipt.Seat == 0) return;   // whoever was not drawn has seen no terms
        if (evidence.Terms?.Invoke(receipt.Round) is not { } terms)
        {
            found.Add("terms_hash", ReceiptVerdict.Unchecked, "the terms are not at hand");
            return;
        }

        byte[] id = terms.Id.ToArray();
        found.Check("terms_hash", Convert.ToHexStringLower(id.AsSpan(RoundId.Bytes - 32)) == receipt.TermsHash, "of the terms that were seen", "it is not the hash of the terms that were seen");
        found.Check("round_id", Convert.ToHexStringLower(id) == receipt.RoundId, "", "it is not the round of the terms that were seen");
        found.Check("job", terms.Job == receipt.Job, "", "it is not the job of the terms that were seen");
        found.Check("protocol", terms.Protocol == receipt.Protocol, "", "it is not the protocol of the terms that were seen");
        found.Check("mode", ReceiptIssuer.ModeOf(terms) == receipt.Mode, "", "it is not the mode of the terms that were seen");
        found.Check("plan_hash", Convert.ToHexStringLower(terms.PlanHash.AsSpan()) == receipt.PlanHash, "", "it is not the plan of the terms that were seen");
        found.Check("model_hash", Convert.ToHexStringLower(terms.ModelHash.AsSpan()) == receipt.ModelHash, "", "it is not the model of the terms that were seen");
        found.Check("cohort_size", terms.Cohort.Length == receipt.CohortSize, "", "it is not the cohort of the terms that were seen");
    }

    private void Inclusion(RoundReceipt receipt, FindingList found)
    {
        if (evidence.Roster?.Invoke(receipt.Round) is not { } roster)
        {
            found.Add("included_hash", ReceiptVerdict.Unchecked, "the round's list is not at hand");
            return;
        }

        RosterSeat? seat = roster.Find(receipt.Participant);
        if (receipt.Seat == 0)
        {
            found.Check("seat", seat is null, "none, as in the list", $"the round's list has {receipt.Participant} at {seat?.Number.ToString(CultureInfo.InvariantCulture)}");
            return;
        }

        found.Check("roster_hash", roster.Hash == receipt.RosterHash, "of the round's list", "it is not the hash of the round's list");
        found.Check("cohort_size", roster.Seats.Length == receipt.CohortSize, "", "it is not the length of the round's list");
        found.Check("seat", (seat?.Number ?? 0) == receipt.Seat, "", $"the round's list has {receipt.Participant} at {(seat is { } at ? at.Number.ToString(CultureInfo.InvariantCulture) : "no seat")}");
        found.Check("included", (seat?.Included ?? false) == receipt.Included, receipt.Included ? "the list says so too" : "the list leaves it out too", $"the round's list says that {receipt.Participant} is {(seat is { Included: true } ? "" : "not ")}in the sum");
        found.Check("included_count", roster.IncludedCount == receipt.IncludedCount, "", "it is not the number of the included in the round's list");
        found.Check("included_hash", roster.IncludedHash == receipt.IncludedHash, "of the round's list", "it is not the hash of the included in the round's list");
    }

    private void Charge(RoundReceipt receipt, FindingList found)
    {
        if (evidence.Charge?.Invoke(receipt.Round) is not { } charge) return;
        found.Check("readers_events", (charge.Readers ?? []).SequenceEqual(receipt.Readers.Events) && charge.Readers is null == (receipt.Readers.Epsilon is null), "as charged here", "they are not what was charged here");
        found.Check("coordinator_events", (charge.Coordinator ?? []).SequenceEqual(receipt.Coordinator.Events) && charge.Coordinator is null == (receipt.Coordinator.Epsilon is null), "as charged here", "they are not what was charged here");
    }

    private static void Start(RoundReceipt receipt, FindingList found)
    {
        found.Check("index", receipt.Index == 1, "the first", $"the chain begins with receipt {receipt.Index}: {(receipt.Index == 2 ? "receipt 1 is missing" : $"receipts 1 to {receipt.Index - 1} are missing")}");
        if (receipt.Index == 1) found.Check("previous", receipt.Previous == ReceiptHashes.Genesis, "none", "the first receipt follows none");
    }

    private static void Continue(RoundReceipt last, RoundReceipt next, FindingList found)
    {
        string order = next.Index <= last.Index ? $"receipt {next.Index} comes after receipt {last.Index}" : $"receipt {last.Index + 1} is missing before receipt {next.Index}";
        found.Check("index", next.Index == last.Index + 1, "", order);
        found.Check("participant", next.Participant == last.Participant, "", $"it is {next.Participant}'s among {last.Participant}'s");
        found.Check("job", next.Job == last.Job, "", "it is of another job than the one before");
        found.Check("key", next.Key == last.Key, "", "it is by another key than the one before");
        found.Check("setting", next.Setting == last.Setting, "", "it changed since the one before");
        found.Check("mechanism", next.Mechanism == last.Mechanism, "", "it changed since the one before");
        found.Check("unit", next.Unit == last.Unit, "", "it changed since the one before");
        found.Check("delta", next.Delta.Equals(last.Delta), "", "it changed since the one before");
        found.Check("round", next.Round > last.Round, "", $"round {next.Round} is not after round {last.Round}");
        found.Check("previous", next.Previous == ReceiptHashes.Root(last), "the one before", "it is not the hash of the receipt before");
    }
}
