using System.Collections.Immutable;

namespace Tacit.Aggregation.Receipts;

/// <summary>What a participant keeps of one round: the terms, who was in the sum, and what it has cost so far, signed by the coordinator. Every hash is 64 hexadecimal digits.</summary>
/// <remarks>
/// Each field has a digest of its own (<see cref="Leaves"/>) and the signature is over the list of digests, so that an altered field is called by its name.
/// A receipt says what the coordinator vouches for: it binds the coordinator, it does not prove that the noise was drawn.
/// </remarks>
public sealed record RoundReceipt
{
    /// <summary>The version of the format that this release reads and writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The format.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary><c>simulation</c>, whose keys and noise follow from a seed and protect nobody, or <c>deployment</c>.</summary>
    public required string Setting { get; init; }

    /// <summary>The job's name in the terms.</summary>
    public required string Job { get; init; }

    /// <summary>Whose receipt it is.</summary>
    public required string Participant { get; init; }

    /// <summary>The round's number in the terms, from 1.</summary>
    public required long Round { get; init; }

    /// <summary>Number, model tag and terms hash: 96 hexadecimal digits.</summary>
    public required string RoundId { get; init; }

    /// <summary>The hash of the terms.</summary>
    public required string TermsHash { get; init; }

    /// <summary>Such as <c>secagg-plus</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>Against whom the round protected: <c>semi-honest</c> or <c>malicious</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>The hash of the contribution plan.</summary>
    public required string PlanHash { get; init; }

    /// <summary>The hash of what the inputs were computed from.</summary>
    public required string ModelHash { get; init; }

    /// <summary>Participants of the round; 0 for one that was not drawn.</summary>
    public required int CohortSize { get; init; }

    /// <summary>The hash of who sat where, see <see cref="ReceiptRoster"/>.</summary>
    public required string RosterHash { get; init; }

    /// <summary>This participant's number in the round; 0 if it was not drawn. Then terms, plan, roster and included are zeros: whoever was not drawn is not told who was, or how many.</summary>
    public required int Seat { get; init; }

    /// <summary>Whether its input is in the sum.</summary>
    public required bool Included { get; init; }

    /// <summary>Inputs in the sum.</summary>
    public required int IncludedCount { get; init; }

    /// <summary>The hash of the seats whose inputs are in the sum.</summary>
    public required string IncludedHash { get; init; }

    /// <summary>The hash of what was released: the opened sum or its mean, after all of its noise. Never of a sum that still lacks noise, which could be guessed from it.</summary>
    public required string ResultHash { get; init; }

    /// <summary>The hash over the round's public transcript: terms, roster, included, result.</summary>
    public required string TranscriptRoot { get; init; }

    /// <summary>What kind of noise: <c>none</c>, or as plans write it, such as <c>dp-sgd</c>; <c>records</c> for sums over records.</summary>
    public required string Mechanism { get; init; }

    /// <summary>What ε protects: <c>example</c>, <c>participant</c>, <c>shard-of-N</c>, <c>record</c>.</summary>
    public required string Unit { get; init; }

    /// <summary>δ of both ε, in (0, 1).</summary>
    public required double Delta { get; init; }

    /// <summary>Against whoever reads the results.</summary>
    public required ReceiptCost Readers { get; init; }

    /// <summary>Against the coordinator, who knows who was drawn.</summary>
    public required ReceiptCost Coordinator { get; init; }

    /// <summary>The receipt's place among this participant's receipts of the job, from 1.</summary>
    public required long Index { get; init; }

    /// <summary>The <see cref="ReceiptHashes.Root"/> of the receipt before; zeros for the first.</summary>
    public required string Previous { get; init; }

    /// <summary>The coordinator's verification key: 65 bytes as 130 hexadecimal digits.</summary>
    public required string Key { get; init; }

    /// <summary>One digest for each field above, in the order of the file.</summary>
    public ImmutableArray<string> Leaves { get; init; } = [];

    /// <summary>ECDSA over P-256 with SHA-256, r ‖ s: 128 hexadecimal digits.</summary>
    public string Signature { get; init; } = "";
}

/// <summary>What one observer may have learned.</summary>
/// <param name="Events">Charged by this receipt, as text; a charge stands whether the participant was included or not.</param>
/// <param name="Epsilon">ε of all events up to here; null where nothing bounds it.</param>
/// <param name="Accountant">Whose number it is: <c>renyi</c>, <c>zcdp</c>, <c>pld</c>; <c>nothing</c> before the first event, <c>unbounded</c> without any bound.</param>
public sealed record ReceiptCost(ImmutableArray<string> Events, double? Epsilon, string Accountant);
