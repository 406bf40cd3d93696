using System.Collections.Immutable;
using System.Security.Cryptography;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Cryptography.Sharing;

namespace Tacit.Protocols.SecAgg;

/// <summary>z = Σ y_u − Σ_{u∈U3} p_u + Σ_{u∈U3, v∈U2\U3} p_{v,u}: takes the masks out of the sum, in batches of bounded memory.</summary>
internal sealed class Unmasker(MaskedSum masked, OpenedShares opened, IParallelLoop loop)
{
    private const int BatchSize = 256;

    private readonly List<MaskTerm> batch = new(BatchSize);
    private readonly ImmutableArray<Incident>.Builder incidents = ImmutableArray.CreateBuilder<Incident>();

    public ImmutableArray<Incident> Incidents => incidents.ToImmutable();

    /// <summary>Unmasks the sum in place.</summary>
    /// <returns>The abort, or null.</returns>
    public PhaseStep? Run()
    {
        Span<byte> secret = stackalloc byte[SeedSharing.SecretBytes];
        try
        {
            foreach (PartyId owner in masked.Survivors)
            {
                if (Open(owner, secret) is { } failed) return failed;
                if (!IsCommitted(owner, secret)) return Inconsistent(owner);
                Remove(new MaskTerm(SecAggKeySchedule.SelfMask(masked.Roster.Session, secret, owner), subtract: true));
            }

            foreach (PartyId owner in masked.Dropped)
            {
                if (RemovePairMasks(owner, secret) is { } failed) return failed;
            }

            Flush();
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            Discard();
        }
    }

    private PhaseStep? RemovePairMasks(PartyId dropped, Span<byte> secret)
    {
        ImmutableArray<PartyId> near = [.. masked.Participation.MaskingNeighboursOf(dropped).Where(masked.IsSurvivor)];
        if (near.Length == 0) return null;   // nobody's mask with it is in the sum
        if (Open(dropped, secret) is { } failed) return failed;
        if (!AgreementKey.TryFromScalar(secret, out AgreementKey? key)) return Inconsistent(dropped);
        using (key)
        {
            if (!key!.PublicPoint.Equals(masked.Roster.MaskKeys[dropped])) return Inconsistent(dropped);
            Keystream[] masks = SecAggKeySchedule.PairMasks(masked.Roster, key, dropped, near);

            // A survivor added the mask if it is the larger of the two; what it added is taken away.
            for (int i = 0; i < masks.Length; i++) Remove(new MaskTerm(masks[i], subtract: near[i] > dropped));
        }

        return null;
    }

    private PhaseStep? Open(PartyId owner, Span<byte> secret)
    {
        SharingResult result = opened.TryReconstruct(owner, secret);
        foreach (uint point in result.Succeeded ? result.Culprits : [])
        {
            incidents.Add(new Incident(new PartyId((int)point), Phase.Unmasking, FailureCodes.InconsistentShares, $"the share of {owner} from {point} does not lie on the polynomial of the others: {point} altered it, or {owner} dealt it wrong"));
            opened.Distrust(new PartyId((int)point));
        }

        return result.Error switch
        {
            SharingError.None => null,
            SharingError.TooFewShares => PhaseStep.Abort(FailureCodes.CohortBelowThreshold, $"unmasking: have {opened.Count(owner)} shares of {owner}, need {masked.Terms.Protection.Threshold}", SuspectsOfMissingShares(owner)),

            // Too few shares to say who is wrong: the owner, or one of the holders.
            _ => PhaseStep.Abort(FailureCodes.InconsistentShares, $"unmasking: the shares of {owner} from {string.Join(", ", result.Culprits)} contradict each other"),
        };
    }

    // Enough of those who should hold its shares answered, so it dealt them unreadable, or several conspire against it.
    private ImmutableArray<PartyId> SuspectsOfMissingShares(PartyId owner) =>
        masked.Roster.HoldersOf(owner).Count(opened.HasAnswered) >= masked.Terms.Protection.Threshold ? [owner] : [];

    private bool IsCommitted(PartyId owner, ReadOnlySpan<byte> seed)
    {
        Span<byte> commitment = stackalloc byte[SealedShares.CommitmentBytes];
        SecAggKeySchedule.CommitToSelfMask(masked.Roster.Session, seed, owner, commitment);
        return CryptographicOperations.FixedTimeEquals(commitment, masked.Participation.CommitmentOf(owner));
    }

    // With t shares any of their holders can have changed the secret; with more, those that agree show what the owner dealt.
    private PhaseStep Inconsistent(PartyId owner)
    {
        const string Finding = "that its shares give is not the one it committed to";
        return opened.Count(owner) > masked.Terms.Protection.Threshold
            ? PhaseStep.Abort(FailureCodes.InconsistentShares, $"unmasking: the secret of {owner} {Finding}", owner)
            : PhaseStep.Abort(FailureCodes.InconsistentShares, $"unmasking: the secret of {owner} {Finding}; with no more shares than the threshold it cannot be said whether {owner} or a holder is wrong");
    }

    private void Remove(MaskTerm mask)
    {
        batch.Add(mask);
        if (batch.Count == BatchSize) Flush();
    }

    private void Flush()
    {
        MaskExpansion.Accumulate(masked.Sum, batch.ToArray(), loop);
        Discard();
    }

    private void Discard()
    {
        foreach (MaskTerm mask in batch) mask.Stream.Dispose();
        batch.Clear();
    }
}
