using Tacit.Aggregation.Rounds;
using Tacit.Protocols.SecAgg;

namespace Tacit.Simulation.Rounds;

/// <summary>Watches that the coordinator never gets enough shares of both secrets of one participant: with both it could unmask that input alone.</summary>
/// <param name="terms">The round.</param>
public sealed class MaskInvariant(RoundTerms terms) : IRoundObserver
{
    private readonly Dictionary<(PartyId Owner, ShareKind Kind), HashSet<PartyId>> holders = [];

    /// <summary>Participants that colluders with the coordinator hold shares of: they count for both kinds.</summary>
    public required IReadOnlySet<PartyId> Colluders { get; init; }

    /// <summary>What was broken, in words; empty while the invariant holds.</summary>
    public IReadOnlyList<string> Violations => [.. holders.Keys.Select(key => key.Owner).Distinct().Where(IsBroken).Select(owner =>
        $"the coordinator holds {Count(owner, ShareKind.MaskKey)} shares of the mask key and {Count(owner, ShareKind.SelfMask)} of the self-mask of {owner}; {terms.Protection.Threshold} of each open its input")];

    /// <inheritdoc/>
    public void Delivered(Envelope message)
    {
        if (message.To != PartyId.Coordinator || message.Phase != Phase.Unmasking) return;
        if (!UnmaskResponse.TryDecode(message.Payload, out UnmaskResponse? response)) return;
        foreach ((PartyId owner, ShareKind kind, _) in response!.Items)
        {
            if (!holders.TryGetValue((owner, kind), out HashSet<PartyId>? set)) holders[(owner, kind)] = set = [.. Colluders];
            set.Add(message.From);
        }
    }

    /// <inheritdoc/>
    public void Stepped(PartyId party, RoundStep step)
    {
    }

    private bool IsBroken(PartyId owner) =>
        Count(owner, ShareKind.MaskKey) >= terms.Protection.Threshold && Count(owner, ShareKind.SelfMask) >= terms.Protection.Threshold;

    private int Count(PartyId owner, ShareKind kind) => holders.TryGetValue((owner, kind), out HashSet<PartyId>? set) ? set.Count : Colluders.Count;
}
