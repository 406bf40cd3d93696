using System.Collections.Immutable;
using System.Security.Cryptography;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Receipts;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Signatures;
using Tacit.Privacy.Accounting.Events;
using Tacit.Privacy.Budgets;

namespace Tacit.Simulation.Receipts;

/// <summary>The receipts of a simulated job: every participant is charged the same in every round, drawn or not, as by the job's account.</summary>
/// <remarks>
/// The coordinator's key follows from the seed, so these receipts say <c>simulation</c>. A round that aborted has none; what it was charged stands in the next ones.
/// Not thread-safe.
/// </remarks>
public sealed class ReceiptBook : IDisposable
{
    private readonly SigningKey key;
    private readonly ReceiptIssuer issuer;
    private readonly ImmutableArray<string> population;
    private readonly List<string> readers = [];
    private readonly List<string> coordinator = [];
    private (RoundTerms Terms, ReceiptRoster Roster)? opened;
    private bool readersBounded = true, coordinatorBounded = true;

    /// <summary>Opens a book.</summary>
    /// <param name="seed">The coordinator's key follows from it.</param>
    /// <param name="mechanism">What kind of noise; <c>none</c> for exact sums.</param>
    /// <param name="unit">What ε protects.</param>
    /// <param name="delta">In (0, 1).</param>
    /// <param name="population">Everybody who could take part.</param>
    /// <exception cref="FailureException">A name of a participant cannot stand in a receipt.</exception>
    public ReceiptBook(ulong seed, string mechanism, string unit, double delta, ImmutableArray<string> population)
    {
        if (population.FirstOrDefault(name => !LedgerEntry.IsName(name) || name.Trim('.').Length == 0) is { } odd) throw new FailureException(FailureCodes.InvalidValue, $"a participant is called \"{odd}\"; in receipts a name is 1 to 100 letters, digits, dots, dashes or underscores, and not dots alone");
        this.population = population;
        key = SigningKey.Create(new SeededRandomSource(seed, "coordinator receipts"));
        issuer = new ReceiptIssuer(key, new ReceiptJob("simulation", mechanism, unit, delta));
    }

    /// <summary>Told of each round's receipts, one a participant, and of its list.</summary>
    public Action<ReceiptRoster, ImmutableArray<RoundReceipt>>? Issued { get; set; }

    /// <summary>What the receipts are checked with.</summary>
    public VerificationKey Key => key.VerificationKey;

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();

    /// <summary>Charges everybody, before the sum is used.</summary>
    /// <param name="toReaders">Null: nothing bounds what readers learn.</param>
    /// <param name="toCoordinator">Null: nothing bounds what the coordinator learns.</param>
    internal void Charge(PrivacyEvent? toReaders, PrivacyEvent? toCoordinator)
    {
        if (toReaders is null) readersBounded = false;
        else readers.Add(EventText.Write(toReaders));
        if (toCoordinator is null) coordinatorBounded = false;
        else coordinator.Add(EventText.Write(toCoordinator));
    }

    /// <summary>A round ended with a sum.</summary>
    /// <param name="terms">Of the round.</param>
    /// <param name="names">In the order of the cohort.</param>
    /// <param name="completed">Who is in it.</param>
    internal void Opened(RoundTerms terms, ImmutableArray<string> names, RoundOutcome.Completed completed)
    {
        HashSet<PartyId> included = [.. completed.Included];
        opened = (terms, new ReceiptRoster([.. terms.Cohort.Select((member, i) => new RosterSeat(member.Id.Value, names[i], included.Contains(member.Id)))]));
    }

    // Rounds that aborted leave charges behind.
    private static ImmutableArray<string> Merged(List<string> events) => [.. events.GroupBy(text => text).Select(same => same.Count() == 1 ? same.Key : $"repeat({same.Count()},{same.Key})")];

    /// <summary>Signs the receipts of the round that was opened; does nothing if none was.</summary>
    /// <param name="released">What everybody may see of it, with all of its noise; empty if the sum was thrown away.</param>
    internal void Issue(ReadOnlySpan<byte> released)
    {
        if (opened is not var (terms, roster)) return;
        ReceiptCharge charge = new(readersBounded ? Merged(readers) : null, coordinatorBounded ? Merged(coordinator) : null);
        ImmutableArray<RoundReceipt> receipts = issuer.Issue(new ReceiptRound(terms, roster, [.. SHA256.HashData(released)]), charge, population);
        readers.Clear();
        coordinator.Clear();
        opened = null;
        Issued?.Invoke(roster, receipts);
    }
}
