using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Signatures;

namespace Tacit.Protocols.SecAgg;

/// <summary>Key bundles as a participant receives them: count (4), then owner (4) and bundle, ascending.</summary>
internal static class BundleList
{
    public static void Write(WireWriter writer, IReadOnlyCollection<KeyBundle> bundles)
    {
        writer.Number(bundles.Count);
        foreach (KeyBundle bundle in bundles) bundle.Write(writer.Party(bundle.Owner));
    }

    /// <summary>Reads bundles from the coordinator: members of the cohort, each once, all keys distinct and none the reader's own reflected.</summary>
    public static bool TryRead(
        RoundTerms terms, ref WireReader reader, KeyBundle own, out ImmutableArray<KeyBundle> bundles, out FailureCode failure, out string detail)
    {
        bundles = [];
        (failure, detail) = (FailureCodes.MalformedMessage, "the list of key bundles is malformed");
        int size = KeyBundle.EncodedBytes(terms);
        if (!reader.TryCount(4 + size, out int count)) return false;

        var list = ImmutableArray.CreateBuilder<KeyBundle>(count);
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryParty(out PartyId owner) || (i > 0 && owner <= list[i - 1].Owner) || !reader.TryBytes(size, out ReadOnlySpan<byte> bytes)) return false;
            (failure, detail) = (FailureCodes.UnknownParty, $"the roster names {owner}, who is not in the cohort");
            if (!terms.TryGetMember(owner, out _)) return false;
            detail = Refused(owner);
            if (!KeyBundle.TryReadUnverified(terms, owner, bytes, out KeyBundle? bundle, out failure)) return false;
            list.Add(bundle!);
            (failure, detail) = (FailureCodes.MalformedMessage, "the list of key bundles is malformed");
        }

        if (terms.IsMalicious() && SignatureBatch.FirstInvalid([.. list.Select(bundle => bundle.Claim(terms)!.Value)]) is >= 0 and int forged)
        {
            (failure, detail) = (FailureCodes.IdentitySignatureInvalid, Refused(list[forged].Owner));
            return false;
        }

        HashSet<P256Point> seen = [own.ChannelKey, own.MaskKey];
        foreach (KeyBundle bundle in list)
        {
            bool distinct = bundle.Owner == own.Owner
                ? bundle.ChannelKey.Equals(own.ChannelKey) && bundle.MaskKey.Equals(own.MaskKey)
                : seen.Add(bundle.ChannelKey) & seen.Add(bundle.MaskKey);
            if (distinct) continue;
            (failure, detail) = (FailureCodes.DuplicateKey, $"a key of {bundle.Owner} stands for somebody else too, or is another one than it advertised");
            return false;
        }

        bundles = list.MoveToImmutable();
        return true;

        static string Refused(PartyId owner) => $"the key bundle of {owner} is refused";
    }
}

/// <summary>What a participant demands of a roster before it shares a secret.</summary>
internal static class RosterChecks
{
    /// <summary>"Assert that |U1| ≥ t, that all the public key pairs are different, and that all signatures are valid": what is left of it after reading.</summary>
    /// <returns>The abort, or null.</returns>
    public static PhaseStep? Find(Roster roster, KeyBundle own)
    {
        RoundTerms terms = roster.Terms;
        if (roster.Members.BinarySearch(own.Owner) < 0) return PhaseStep.Abort(FailureCodes.UnknownParty, $"the roster leaves out {own.Owner}, who advertised keys", PartyId.Coordinator);

        int need = Math.Max(terms.Protection.Threshold, terms.LeastCohort());
        if (roster.Members.Length < need) return PhaseStep.Abort(FailureCodes.CohortBelowThreshold, $"advertise-keys: have {roster.Members.Length} participants, need {need}", PartyId.Coordinator);

        if (GraphChecks.Find(terms, roster.Members.Length) is { } tooFew) return tooFew;
        int holders = roster.HoldersOf(own.Owner).Length;
        return holders < terms.Protection.Threshold
            ? PhaseStep.Abort(FailureCodes.CohortBelowThreshold, $"advertise-keys: have {holders} holders of shares, need {terms.Protection.Threshold}", PartyId.Coordinator)
            : null;
    }
}
