using System.Collections.Immutable;
using System.Numerics;
using Tacit.Aggregation.Rounds;

namespace Tacit.Simulation.Attacks;

/// <summary>A coordinator that deviates as soon as the masked inputs are in, and tries to unmask one honest input alone.</summary>
/// <remarks>
/// It wants t shares of the target's self-mask seed and t of its mask key (Bonawitz et al. 2017, Section 6): with both, y_u opens to x_u.
/// The honest participants are the real machines; the colluders' shares and signing keys are the coordinator's own. Instances are not thread-safe.
/// </remarks>
/// <param name="cohort">Who is attacked.</param>
public sealed class MaliciousCoordinator(AttackedCohort cohort)
{
    private readonly Move[] moves = Move.All(cohort.Mode == ProtectionMode.Malicious);
    private readonly PartyId[] others = [.. cohort.Honest.Where(party => party.Value != cohort.Target)];
    private readonly int colluders = cohort.Colluders.Aggregate(0, (bits, party) => bits | 1 << party.Value);

    private Dictionary<bool, ImmutableDictionary<PartyId, byte[]>> Replays => field ??= cohort.Mode == ProtectionMode.SemiHonest
        ? []
        : new() { [true] = AnswerTable.Signatures(cohort, 2, targetSurvives: true), [false] = AnswerTable.Signatures(cohort, 2, targetSurvives: false) };

    /// <summary>
    /// Plays every short game: for each honest participant the view in the consistency check, the lists of the unmask request and the signatures
    /// that go with it. Participants other than the target are exchangeable, so games that differ in their names only are played once.
    /// </summary>
    public AttackOutcome PlayAll()
    {
        AttackOutcome outcome = default;
        bool[] targetViews = cohort.Mode == ProtectionMode.Malicious ? [true, false] : [true];
        foreach (bool targetView in targetViews)
        {
            for (int shown = cohort.Mode == ProtectionMode.Malicious ? 0 : others.Length; shown <= others.Length; shown++)
            {
                HashSet<PartyId> sawSurvivor = [.. others.Take(shown)];
                if (targetView) sawSurvivor.Add(cohort.TargetId);
                using AnswerTable table = new(cohort, sawSurvivor, moves, Replays);
                outcome += new Game(cohort, table, moves.Length, [cohort.TargetId, .. others], [0, 1, 1 + shown], colluders).Play();
            }
        }

        return outcome;
    }

    /// <summary>SA-02: splits the honest participants in two in every way, shows one side a target that survived and the other one that dropped out,
    /// and asks each side for the share that goes with its view, with its own side's signatures.</summary>
    public AttackOutcome SplitEveryWay()
    {
        AttackOutcome outcome = default;
        int[] columns = [Array.IndexOf(moves, Natural(RequestMove.Survivor)), Array.IndexOf(moves, Natural(RequestMove.Dropped))];
        Move[] natural = [.. columns.Select(column => moves[column])];
        for (int split = 0; split < 1 << others.Length; split++)
        {
            int side = split;
            HashSet<PartyId> sawSurvivor = [cohort.TargetId, .. others.Where((_, i) => (side >> i & 1) != 0)];
            using AnswerTable table = new(cohort, sawSurvivor, natural, Replays);
            int maskKey = colluders, selfMask = colluders;
            foreach (PartyId party in cohort.Honest)
            {
                Given given = table[party, sawSurvivor.Contains(party) ? 0 : 1];
                if (given.HasFlag(Given.MaskKey)) maskKey |= 1 << party.Value;
                if (given.HasFlag(Given.SelfMask)) selfMask |= 1 << party.Value;
            }

            bool enough = BitOperations.PopCount((uint)maskKey) >= cohort.Threshold && BitOperations.PopCount((uint)selfMask) >= cohort.Threshold;
            outcome += new AttackOutcome(1, enough && table.Recovers(maskKey, selfMask) ? 1 : 0);
        }

        return outcome;
    }

    private Move Natural(RequestMove request) => new(request, cohort.Mode == ProtectionMode.Malicious ? SignatureMove.OwnSide : SignatureMove.None);

    /// <summary>All plays over one table: a move for each honest participant, ascending within a class of exchangeable ones.</summary>
    private sealed class Game(AttackedCohort cohort, AnswerTable table, int moves, PartyId[] players, int[] classStarts, int colluders)
    {
        private long plays, recovered;

        public AttackOutcome Play()
        {
            Choose(0, 0, colluders, colluders);
            return new AttackOutcome(plays, recovered);
        }

        private void Choose(int player, int least, int maskKey, int selfMask)
        {
            if (player == players.Length)
            {
                plays++;
                bool enough = BitOperations.PopCount((uint)maskKey) >= cohort.Threshold && BitOperations.PopCount((uint)selfMask) >= cohort.Threshold;
                if (enough && table.Recovers(maskKey, selfMask)) recovered++;
                return;
            }

            PartyId party = players[player];
            int first = Array.IndexOf(classStarts, player) >= 0 ? 0 : least, bit = 1 << party.Value;
            for (int move = first; move < moves; move++)
            {
                Given given = table[party, move];
                Choose(player + 1, move, given.HasFlag(Given.MaskKey) ? maskKey | bit : maskKey, given.HasFlag(Given.SelfMask) ? selfMask | bit : selfMask);
            }
        }
    }
}
