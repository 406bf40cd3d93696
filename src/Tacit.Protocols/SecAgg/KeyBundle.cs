using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Cryptography.Hashing;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Signatures;

namespace Tacit.Protocols.SecAgg;

/// <summary>One participant's ephemeral public keys: c^PK (65) ‖ s^PK (65) ‖ coin commitment (32, graphs only) ‖ signature (64, malicious mode only).</summary>
/// <param name="Owner">Whose; carried beside the bundle.</param>
/// <param name="ChannelKey">c^PK_u.</param>
/// <param name="MaskKey">s^PK_u.</param>
/// <param name="Commitment">The hash of the owner's coins for the graph, or empty.</param>
/// <param name="Signature">σ_u over all of the above, or empty.</param>
internal sealed record KeyBundle(PartyId Owner, P256Point ChannelKey, P256Point MaskKey, byte[] Commitment, byte[] Signature)
{
    public static int EncodedBytes(RoundTerms terms) =>
        (2 * P256Point.EncodedBytes) + (terms.HasGraph() ? TranscriptHash.DigestBytes : 0) + (terms.IsMalicious() ? VerificationKey.SignatureBytes : 0);

    public static KeyBundle Create(RoundTerms terms, ParticipantSecrets secrets, byte[] commitment)
    {
        KeyBundle unsigned = new(secrets.Self, secrets.ChannelKey.PublicPoint, secrets.MaskKey.PublicPoint, commitment, []);
        return terms.IsMalicious() ? unsigned with { Signature = secrets.Identity!.Sign(unsigned.SignedBytes(terms)) } : unsigned;
    }

    public void Write(WireWriter writer) => writer.Bytes(ChannelKey.Encoded).Bytes(MaskKey.Encoded).Bytes(Commitment).Bytes(Signature);

    /// <summary>Reads and checks a bundle: length, points, keys that differ, signature of the pinned identity.</summary>
    public static bool TryRead(RoundTerms terms, PartyId owner, ReadOnlySpan<byte> bytes, out KeyBundle? bundle, out FailureCode failure)
    {
        if (!TryReadUnverified(terms, owner, bytes, out bundle, out failure)) return false;
        if (!terms.IsMalicious() || bundle!.Claim(terms) is { } claim && claim.Key.Verify(claim.Message.Span, claim.Signature.Span)) return true;
        (bundle, failure) = (null, FailureCodes.IdentitySignatureInvalid);
        return false;
    }

    /// <summary>Reads a bundle whose signature is yet to be checked: <see cref="Claim"/>.</summary>
    public static bool TryReadUnverified(RoundTerms terms, PartyId owner, ReadOnlySpan<byte> bytes, out KeyBundle? bundle, out FailureCode failure)
    {
        bundle = null;
        failure = FailureCodes.MalformedMessage;
        WireReader reader = new(bytes);
        if (!reader.TryBytes(P256Point.EncodedBytes, out ReadOnlySpan<byte> channel) || !reader.TryBytes(P256Point.EncodedBytes, out ReadOnlySpan<byte> mask)) return false;
        if (!reader.TryBytes(terms.HasGraph() ? TranscriptHash.DigestBytes : 0, out ReadOnlySpan<byte> commitment)) return false;
        if (!reader.TryBytes(terms.IsMalicious() ? VerificationKey.SignatureBytes : 0, out ReadOnlySpan<byte> signature) || !reader.AtEnd) return false;

        failure = FailureCodes.InvalidPublicKey;
        if (!P256Point.TryRead(channel, out P256Point? channelKey) || !P256Point.TryRead(mask, out P256Point? maskKey)) return false;

        failure = FailureCodes.DuplicateKey;
        if (channelKey!.Equals(maskKey)) return false;

        bundle = new KeyBundle(owner, channelKey, maskKey!, commitment.ToArray(), signature.ToArray());
        return true;
    }

    /// <summary>That the owner signed this bundle for this round; in malicious mode, where every member of the cohort has an identity.</summary>
    /// <returns>Null when the owner is not in the cohort.</returns>
    public SignatureClaim? Claim(RoundTerms terms) =>
        terms.TryGetMember(Owner, out CohortMember? member) ? new SignatureClaim(member!.Identity!, SignedBytes(terms), Signature) : null;

    private byte[] SignedBytes(RoundTerms terms)
    {
        using TranscriptHash hash = new("tacit/secagg/advertise-keys/1");
        return hash.Append("round", terms.Id.ToArray()).Append("owner", Owner.Value)
            .Append("channel-key", ChannelKey.Encoded).Append("mask-key", MaskKey.Encoded).Append("commitment", Commitment).Digest();
    }
}
