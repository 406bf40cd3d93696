using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Cryptography.Sharing;
using Tacit.Protocols.SecAgg;

namespace Tacit.Simulation.Attacks;

/// <summary>What the coordinator and its colluders hold of one participant's two secrets, and the attempt to unmask its input with it.</summary>
/// <param name="round">The attacked round.</param>
/// <param name="target">Whose secrets.</param>
/// <param name="threshold">t.</param>
internal sealed class GatheredShares(AttackedRound round, PartyId target, int threshold)
{
    private readonly SortedDictionary<PartyId, byte[]> maskKey = [];
    private readonly SortedDictionary<PartyId, byte[]> selfMask = [];

    public void Add(PartyId holder, ShareKind kind, ReadOnlySpan<byte> share) => (kind == ShareKind.MaskKey ? maskKey : selfMask)[holder] = share.ToArray();

    /// <summary>Whether y − PRG(b) ∓ Σ PRG(s) is the true input.</summary>
    public bool RecoversInput()
    {
        byte[] scalar = new byte[SeedSharing.SecretBytes], seed = new byte[SeedSharing.SecretBytes];
        if (!TryReconstruct(maskKey, scalar) || !TryReconstruct(selfMask, seed)) return false;
        if (!AgreementKey.TryFromScalar(scalar, out AgreementKey? key)) return false;

        using (key)
        {
            ModularVector input = round.Upload(target);
            List<MaskTerm> masks = [new(SecAggKeySchedule.SelfMask(round.Roster.Session, seed, target), subtract: true)];
            foreach (PartyId other in round.Everybody.Where(other => other != target))
            {
                Keystream mask = SecAggKeySchedule.PairMask(round.Roster.Session, key!, round.Roster.MaskKeys[other], target, other);
                masks.Add(new MaskTerm(mask, subtract: target > other));
            }

            foreach (MaskTerm mask in masks)
            {
                MaskExpansion.AccumulateRange(input, mask, 0, input.Length);
                mask.Stream.Dispose();
            }

            return input.SequenceEqual(round.TrueInput(target));
        }
    }

    private bool TryReconstruct(SortedDictionary<PartyId, byte[]> shares, Span<byte> secret)
    {
        uint[] points = [.. shares.Keys.Select(holder => holder.Point)];
        byte[] values = [.. shares.Values.SelectMany(share => share)];
        return SeedSharing.TryReconstruct(threshold, points, values, secret).Succeeded;
    }
}
