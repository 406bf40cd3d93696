using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Signatures;
using Tacit.Privacy.Budgets;

namespace Tacit.Aggregation.Receipts;

/// <summary>What all receipts of a job say alike.</summary>
/// <param name="Setting"><c>simulation</c> or <c>deployment</c>.</param>
/// <param name="Mechanism">What kind of noise, a name; <c>none</c> for exact sums.</param>
/// <param name="Unit">What ε protects, a name.</param>
/// <param name="Delta">In (0, 1).</param>
public sealed record ReceiptJob(string Setting, string Mechanism, string Unit, double Delta);

/// <summary>A round that gave a result.</summary>
/// <param name="Terms">Of the round.</param>
/// <param name="Roster">Who sat where, and whose inputs are in the sum.</param>
/// <param name="Result">SHA-256 of what was released, after all of its noise; 32 bytes.</param>
public sealed record ReceiptRound(RoundTerms Terms, ReceiptRoster Roster, ImmutableArray<byte> Result);

/// <summary>What a round is charged for; null events mean that nothing bounds what this observer learned.</summary>
/// <param name="Readers">As text.</param>
/// <param name="Coordinator">As text.</param>
public sealed record ReceiptCharge(ImmutableArray<string>? Readers, ImmutableArray<string>? Coordinator);

/// <summary>The coordinator's side: keeps each participant's chain and signs.</summary>
/// <param name="key">Signs; stays the caller's to dispose.</param>
/// <param name="job">What all receipts say alike.</param>
/// <remarks>Holds the head of each chain in memory. Not thread-safe.</remarks>
public sealed class ReceiptIssuer(SigningKey key, ReceiptJob job)
{
    private readonly Dictionary<string, Chain> chains = [];
    private readonly Dictionary<(ReceiptAccount, string), ReceiptAccount> successors = [];
    private readonly ReceiptAccount empty = new();
    private readonly string verification = Convert.ToHexStringLower(key.VerificationKey.Point.Encoded);

    /// <summary>Signs one receipt a participant.</summary>
    /// <param name="round">What happened.</param>
    /// <param name="charge">What it costs each of them.</param>
    /// <param name="participants">Everybody who is charged: also those who were not drawn, where being drawn by chance is part of the proof.</param>
    /// <returns>In the order of <paramref name="participants"/>.</returns>
    /// <exception cref="ArgumentException">The round is not after a participant's last one, a name is none, or an event has no receipt.</exception>
    public ImmutableArray<RoundReceipt> Issue(ReceiptRound round, ReceiptCharge charge, IEnumerable<string> participants)
    {
        ArgumentNullException.ThrowIfNull(round);
        ArgumentNullException.ThrowIfNull(charge);
        RoundReceipt common = Common(round), blank = Blank(common);
        Dictionary<string, RosterSeat> seats = round.Roster.Seats.ToDictionary(seat => seat.Participant);
        return [.. participants.Select(participant => seats.TryGetValue(participant, out RosterSeat seat) ? Issue(common, charge, participant, seat) : Issue(blank, charge, participant, default))];
    }

    /// <summary>Continues a participant's chain with a receipt that was issued before, perhaps by a process that has ended since.</summary>
    /// <param name="receipt">The next of its participant; signed with the same key.</param>
    /// <exception cref="ArgumentException">It does not follow the chain so far, or another key signed it.</exception>
    public void Continue(RoundReceipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        Chain last = chains.GetValueOrDefault(receipt.Participant) ?? new Chain(0, 0, ReceiptHashes.Genesis, empty, empty);
        if (receipt.Key != verification) throw new ArgumentException($"the receipt of round {receipt.Round} was signed with another key.", nameof(receipt));
        if (receipt.Index != last.Index + 1 || receipt.Previous != last.Head || receipt.Round <= last.Round) throw new ArgumentException($"the receipt of round {receipt.Round} does not follow the one of round {last.Round} of {receipt.Participant}.", nameof(receipt));
        chains[receipt.Participant] = new Chain(receipt.Index, receipt.Round, ReceiptHashes.Root(receipt), After(last.Readers, EventsOf(receipt.Readers)), After(last.Coordinator, EventsOf(receipt.Coordinator)));
    }

    private static ImmutableArray<string>? EventsOf(ReceiptCost cost) => cost.Accountant == ReceiptAccount.NoBound ? null : cost.Events;

    private RoundReceipt Issue(RoundReceipt common, ReceiptCharge charge, string participant, RosterSeat seat)
    {
        if (!LedgerEntry.IsName(participant)) throw new ArgumentException($"{participant} must be 1 to 100 letters, digits, dots, dashes or underscores.", nameof(participant));
        Chain last = chains.GetValueOrDefault(participant) ?? new Chain(0, 0, ReceiptHashes.Genesis, empty, empty);
        if (common.Round <= last.Round) throw new ArgumentException($"{participant} has a receipt of round {last.Round}; round {common.Round} is not after it.", nameof(common));
        ReceiptAccount readers = After(last.Readers, charge.Readers), coordinator = After(last.Coordinator, charge.Coordinator);
        RoundReceipt receipt = common with
        {
            Participant = participant,
            Seat = seat.Number,
            Included = seat.Included,
            Readers = CostOf(readers, charge.Readers),
            Coordinator = CostOf(coordinator, charge.Coordinator),
            Index = last.Index + 1,
            Previous = last.Head,
        };
        receipt = receipt with { Leaves = ReceiptHashes.Leaves(receipt) };
        receipt = receipt with { Signature = Convert.ToHexStringLower(key.Sign(ReceiptHashes.Signed(receipt.Leaves))) };
        chains[participant] = new Chain(receipt.Index, receipt.Round, ReceiptHashes.Root(receipt), readers, coordinator);
        return receipt;
    }

    private RoundReceipt Common(ReceiptRound round)
    {
        RoundTerms terms = round.Terms;
        byte[] id = terms.Id.ToArray();
        RoundReceipt receipt = new()
        {
            Setting = job.Setting,
            Job = terms.Job,
            Participant = "",
            Round = terms.Round,
            RoundId = Convert.ToHexStringLower(id),
            TermsHash = Convert.ToHexStringLower(id.AsSpan(RoundId.Bytes - 32)),
            Protocol = terms.Protocol,
            Mode = ModeOf(terms),
            PlanHash = Convert.ToHexStringLower(terms.PlanHash.AsSpan()),
            ModelHash = Convert.ToHexStringLower(terms.ModelHash.AsSpan()),
            CohortSize = terms.Cohort.Length,
            RosterHash = round.Roster.Hash,
            Seat = 0,
            Included = false,
            IncludedCount = round.Roster.IncludedCount,
            IncludedHash = round.Roster.IncludedHash,
            ResultHash = Convert.ToHexStringLower(round.Result.AsSpan()),
            TranscriptRoot = "",
            Mechanism = job.Mechanism,
            Unit = job.Unit,
            Delta = job.Delta,
            Readers = new ReceiptCost([], null, ReceiptAccount.NoBound),
            Coordinator = new ReceiptCost([], null, ReceiptAccount.NoBound),
            Index = 0,
            Previous = ReceiptHashes.Genesis,
            Key = verification,
        };
        return receipt with { TranscriptRoot = ReceiptHashes.Transcript(receipt) };
    }

    // Amplification by sampling is a promise against those who do not know the draw: hashes of a cohort could be guessed, and its size tells of it.
    private static RoundReceipt Blank(RoundReceipt common)
    {
        RoundReceipt blank = common with
        {
            RoundId = common.RoundId[..^64] + ReceiptHashes.Genesis,
            TermsHash = ReceiptHashes.Genesis,
            PlanHash = ReceiptHashes.Genesis,
            CohortSize = 0,
            RosterHash = ReceiptHashes.Genesis,
            IncludedCount = 0,
            IncludedHash = ReceiptHashes.Genesis,
        };
        return blank with { TranscriptRoot = ReceiptHashes.Transcript(blank) };
    }

    internal static string ModeOf(RoundTerms terms) => terms.Protection.Mode == ProtectionMode.Malicious ? "malicious" : "semi-honest";

    // Participants with the same history share one account, so that ε is computed once for all of them.
    private ReceiptAccount After(ReceiptAccount account, ImmutableArray<string>? events)
    {
        (ReceiptAccount, string) step = (account, events is { } some ? string.Join(' ', some) : ReceiptAccount.NoBound);
        if (successors.TryGetValue(step, out ReceiptAccount? next)) return next;
        next = events is { } charged ? account.With(charged) : account.WithoutBound();
        successors.Add(step, next);
        return next;
    }

    private ReceiptCost CostOf(ReceiptAccount account, ImmutableArray<string>? events)
    {
        (double? epsilon, string accountant) = account.Least(job.Delta);
        return new ReceiptCost(accountant == ReceiptAccount.NoBound ? [] : events ?? [], epsilon, accountant);
    }

    private sealed record Chain(long Index, long Round, string Head, ReceiptAccount Readers, ReceiptAccount Coordinator);
}
