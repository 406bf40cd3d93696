using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Protocols.SecAgg;

namespace Tacit.Simulation.Attacks;

/// <summary>What every honest participant really answers to every move, once it is settled who is shown which survivors.</summary>
/// <remarks>
/// A machine's answer depends on the messages that it gets and on nothing else. Signatures depend on the views alone; so with the views fixed,
/// one participant's answer to one move is the same whatever the others are asked, and every play is a choice of one column for each row.
/// Machines serve one round: each column is recorded in a round of its own, with the same seeds and therefore the same keys and shares.
/// </remarks>
internal sealed class AnswerTable : IDisposable
{
    private readonly AttackedCohort cohort;
    private readonly IReadOnlySet<PartyId> sawSurvivor;
    private readonly IReadOnlyDictionary<bool, ImmutableDictionary<PartyId, byte[]>> replays;
    private readonly Dictionary<(PartyId Holder, ShareKind Kind), byte[]> shares = [];
    private readonly Dictionary<(PartyId Party, int Move), Given> answers = [];
    private readonly Dictionary<(int MaskKey, int SelfMask), bool> attempts = [];
    private AttackedRound? round;

    /// <param name="cohort">Who is attacked.</param>
    /// <param name="sawSurvivor">To whom the target is shown as a survivor; to the other honest ones as dropped.</param>
    /// <param name="moves">The columns.</param>
    /// <param name="replays">Signatures of another round on the survivors with the target (true) and without it.</param>
    public AnswerTable(
        AttackedCohort cohort,
        IReadOnlySet<PartyId> sawSurvivor,
        IReadOnlyList<Move> moves,
        IReadOnlyDictionary<bool, ImmutableDictionary<PartyId, byte[]>> replays)
    {
        (this.cohort, this.sawSurvivor, this.replays) = (cohort, sawSurvivor, replays);
        for (int i = 0; i < moves.Count; i++) Record(i, moves[i]);
    }

    private bool IsSigned => cohort.Mode == ProtectionMode.Malicious;

    public Given this[PartyId party, int move] => answers[(party, move)];

    /// <summary>Whether the target's input falls to these givers and the colluders.</summary>
    /// <param name="maskKey">Bit p: participant p gave its share of the mask key.</param>
    /// <param name="selfMask">Bit p: participant p gave its share of the self-mask.</param>
    public bool Recovers(int maskKey, int selfMask)
    {
        if (attempts.TryGetValue((maskKey, selfMask), out bool recovered)) return recovered;
        GatheredShares gathered = new(round!, cohort.TargetId, cohort.Threshold);
        foreach ((ShareKind kind, int givers) in new[] { (ShareKind.MaskKey, maskKey), (ShareKind.SelfMask, selfMask) })
        {
            foreach (PartyId holder in cohort.Honest.Where(party => (givers >> party.Value & 1) != 0)) gathered.Add(holder, kind, shares[(holder, kind)]);
            foreach (PartyId colluder in cohort.Colluders) gathered.Add(colluder, kind, round!.ShareOf(cohort.TargetId, colluder, kind));
        }

        return attempts[(maskKey, selfMask)] = gathered.RecoversInput();
    }

    public void Dispose() => round?.Dispose();

    /// <summary>The signatures of a round on one survivor set, for replay; the target's own among them if it survives.</summary>
    public static ImmutableDictionary<PartyId, byte[]> Signatures(AttackedCohort cohort, long number, bool targetSurvives)
    {
        using AttackedRound other = new(cohort, number);
        ImmutableArray<PartyId> survivors = Survivors(other, cohort, targetSurvives);
        return cohort.Honest.Select(party => (party, Signature: other.Show(party, survivors)))
            .Concat(cohort.Colluders.Select(party => (party, Signature: (byte[]?)other.SignAs(party, survivors))))
            .Where(item => item.Signature is not null)
            .ToImmutableDictionary(item => item.party, item => item.Signature!);
    }

    private static ImmutableArray<PartyId> Survivors(AttackedRound round, AttackedCohort cohort, bool targetSurvives) =>
        targetSurvives ? round.Everybody : round.Everybody.Remove(cohort.TargetId);

    private void Record(int column, Move move)
    {
        round?.Dispose();
        round = new AttackedRound(cohort, 1);
        Dictionary<PartyId, byte[]> signed = [];
        foreach (PartyId party in cohort.Honest)
        {
            if (IsSigned && round.Show(party, Survivors(round, cohort, sawSurvivor.Contains(party))) is { } signature) signed.Add(party, signature);
        }

        foreach (PartyId party in cohort.Honest)
        {
            Given given = Ask(party, move, signed, first: true);
            if (move.Request == RequestMove.Twice) given |= Ask(party, move, signed, first: false);
            answers.Add((party, column), given);
        }
    }

    private Given Ask(PartyId party, Move move, Dictionary<PartyId, byte[]> signed, bool first)
    {
        bool view = sawSurvivor.Contains(party);
        (bool survives, bool dropped) = move.Request switch
        {
            RequestMove.Survivor => (true, false),
            RequestMove.Dropped => (false, true),
            RequestMove.Both => (true, true),
            RequestMove.Neither => (false, false),
            _ => (view == first, view != first),
        };
        UnmaskRequest request = new(Survivors(round!, cohort, survives), dropped ? [cohort.TargetId] : [], Relayed(move.Signatures, view, survives, signed));
        Given given = Given.Nothing;
        foreach ((PartyId owner, ShareKind kind, ReadOnlyMemory<byte> share) in round!.Ask(party, request)?.Items ?? [])
        {
            if (owner != cohort.TargetId) continue;
            given |= kind == ShareKind.MaskKey ? Given.MaskKey : Given.SelfMask;
            shares[(party, kind)] = share.ToArray();
        }

        return given;
    }

    private ImmutableArray<(PartyId, ReadOnlyMemory<byte>)> Relayed(SignatureMove move, bool view, bool requested, Dictionary<PartyId, byte[]> signed)
    {
        if (!IsSigned || move == SignatureMove.None) return [];
        if (move == SignatureMove.Replayed) return Sorted(replays[requested]);

        bool side = move == SignatureMove.OwnSide ? view : requested;
        IEnumerable<KeyValuePair<PartyId, byte[]>> honest = signed.Where(item => move == SignatureMove.Everybodys || sawSurvivor.Contains(item.Key) == side);
        ImmutableArray<PartyId> survivors = Survivors(round!, cohort, side);
        return Sorted(honest.Concat(cohort.Colluders.Select(colluder => KeyValuePair.Create(colluder, round!.SignAs(colluder, survivors)))));
    }

    private static ImmutableArray<(PartyId, ReadOnlyMemory<byte>)> Sorted(IEnumerable<KeyValuePair<PartyId, byte[]>> signatures) =>
        [.. signatures.OrderBy(item => item.Key).Select(item => (item.Key, (ReadOnlyMemory<byte>)item.Value))];
}
