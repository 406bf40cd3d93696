using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Signatures;

namespace Tacit.Aggregation.Receipts;

/// <summary>What a verifier knows beside the receipts. The more of it there is, the more is checked.</summary>
public sealed record ReceiptEvidence
{
    /// <summary>The coordinator's key, from another channel; without it anybody could have signed.</summary>
    public VerificationKey? Key { get; init; }

    /// <summary>The list of a round, by its number.</summary>
    public Func<long, ReceiptRoster?>? Roster { get; init; }

    /// <summary>The terms that the participant saw, by the round's number.</summary>
    public Func<long, RoundTerms?>? Terms { get; init; }

    /// <summary>What the participant's own ledger was charged, by the round's number: cheaper events in a receipt are noticed, even signed ones.</summary>
    public Func<long, ReceiptCharge?>? Charge { get; init; }
}
