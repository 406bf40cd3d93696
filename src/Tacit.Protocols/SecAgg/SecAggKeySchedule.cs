using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Encryption;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Secrets;

namespace Tacit.Protocols.SecAgg;

/// <summary>Every key of a round, each under its own label and bound to the session and the parties it is for.</summary>
/// <remarks>
/// The session digest covers the round's id (and with it the model's hash) and the roster, so two participants who were shown different
/// models, terms or rosters derive different keys: their shares do not open and their masks do not cancel.
/// </remarks>
internal static class SecAggKeySchedule
{
    public const int SealedShareBytes = SharePair.Bytes + AuthenticatedEncryption.TagBytes;

    private const string ChannelLabel = "tacit/secagg/share-channel/1";
    private const string PairMaskLabel = "tacit/secagg/pair-mask/1";
    private const string SelfMaskLabel = "tacit/secagg/self-mask/1";
    private const string CommitmentLabel = "tacit/secagg/self-mask-commitment/1";

    // A key seals one message, so a constant nonce is used once.
    private static readonly byte[] nonce = new byte[AuthenticatedEncryption.NonceBytes];

    /// <summary>The keys of both directions between a participant and each of its peers, from one Diffie–Hellman secret each: KA(c_u, c_v).</summary>
    /// <param name="session">What the keys are bound to.</param>
    /// <param name="own">c_u.</param>
    /// <param name="self">u.</param>
    /// <param name="peers">Each v and its keys.</param>
    /// <returns>By peer: the key for sending ‖ the key for receiving; zeroed by the caller.</returns>
    public static Dictionary<PartyId, SecretBytes> Channels(Session session, AgreementKey own, PartyId self, IReadOnlyList<KeyBundle> peers)
    {
        using SecretBytes secrets = new(peers.Count * AgreementKey.SharedSecretBytes);
        own.AgreeWithAll([.. peers.Select(peer => peer.ChannelKey)], secrets.Span);
        Dictionary<PartyId, SecretBytes> channels = [];
        Span<byte> context = stackalloc byte[8];
        for (int i = 0; i < peers.Count; i++)
        {
            ReadOnlySpan<byte> secret = secrets.Span.Slice(i * AgreementKey.SharedSecretBytes, AgreementKey.SharedSecretBytes);
            SecretBytes keys = new(2 * AuthenticatedEncryption.KeyBytes);
            WriteParties(context, self, peers[i].Owner);
            KeyDerivation.Derive(secret, session.Digest.AsSpan(), ChannelLabel, context, keys.Span[..AuthenticatedEncryption.KeyBytes]);
            WriteParties(context, peers[i].Owner, self);
            KeyDerivation.Derive(secret, session.Digest.AsSpan(), ChannelLabel, context, keys.Span[AuthenticatedEncryption.KeyBytes..]);
            channels.Add(peers[i].Owner, keys);
        }

        return channels;
    }

    /// <summary>As <see cref="Channels"/>, for one peer.</summary>
    public static SecretBytes Channel(Session session, AgreementKey own, PartyId self, KeyBundle peer) => Channels(session, own, self, [peer])[peer.Owner];

    /// <summary>e_{u,v} = AE.Enc(KA(c_u, c_v), u ‖ v ‖ shares): u and v are in the key and in the associated data.</summary>
    public static void Seal(SecretBytes channel, PartyId self, PartyId peer, ReadOnlySpan<byte> plaintext, Span<byte> sealedBytes)
    {
        Span<byte> context = stackalloc byte[8];
        WriteParties(context, self, peer);
        AuthenticatedEncryption.Seal(channel.Span[..AuthenticatedEncryption.KeyBytes], nonce, plaintext, context, sealedBytes);
    }

    public static bool TryOpen(SecretBytes channel, PartyId self, PartyId peer, ReadOnlySpan<byte> sealedBytes, Span<byte> plaintext)
    {
        Span<byte> context = stackalloc byte[8];
        WriteParties(context, peer, self);
        return AuthenticatedEncryption.TryOpen(channel.Span[AuthenticatedEncryption.KeyBytes..], nonce, sealedBytes, context, plaintext);
    }

    /// <summary>PRG(s_{u,v}) for one participant and each of its peers: the same keystream on both sides, whichever of the two keys is at hand.</summary>
    /// <param name="roster">What the keys are bound to, and s_v of each peer.</param>
    /// <param name="own">s_u.</param>
    /// <param name="self">u.</param>
    /// <param name="peers">Each v.</param>
    /// <returns>In the order of the peers; disposed by the caller.</returns>
    public static Keystream[] PairMasks(Roster roster, AgreementKey own, PartyId self, IReadOnlyList<PartyId> peers)
    {
        using SecretBytes secrets = new(peers.Count * AgreementKey.SharedSecretBytes);
        own.AgreeWithAll([.. peers.Select(peer => roster.MaskKeys[peer])], secrets.Span);
        var masks = new Keystream[peers.Count];
        Span<byte> context = stackalloc byte[8];
        for (int i = 0; i < masks.Length; i++)
        {
            PartyId peer = peers[i];
            WriteParties(context, self < peer ? self : peer, self < peer ? peer : self);
            masks[i] = Expand(roster.Session, secrets.Span.Slice(i * AgreementKey.SharedSecretBytes, AgreementKey.SharedSecretBytes), PairMaskLabel, context);
        }

        return masks;
    }

    /// <summary>As <see cref="PairMasks"/>, for one pair.</summary>
    public static Keystream PairMask(Session session, AgreementKey own, P256Point peerKey, PartyId a, PartyId b)
    {
        Span<byte> secret = stackalloc byte[AgreementKey.SharedSecretBytes];
        Span<byte> context = stackalloc byte[8];
        WriteParties(context, a < b ? a : b, a < b ? b : a);
        own.Agree(peerKey, secret);
        Keystream mask = Expand(session, secret, PairMaskLabel, context);
        CryptographicOperations.ZeroMemory(secret);
        return mask;
    }

    /// <summary>PRG(b_u).</summary>
    public static Keystream SelfMask(Session session, ReadOnlySpan<byte> seed, PartyId owner)
    {
        Span<byte> context = stackalloc byte[8];
        WriteParties(context, owner, owner);
        return Expand(session, seed, SelfMaskLabel, context);
    }

    /// <summary>A commitment to b_u: 256 random bits are hidden by it, and a wrong reconstruction is noticed.</summary>
    public static void CommitToSelfMask(Session session, ReadOnlySpan<byte> seed, PartyId owner, Span<byte> commitment)
    {
        Span<byte> context = stackalloc byte[8];
        WriteParties(context, owner, owner);
        KeyDerivation.Derive(seed, session.Digest.AsSpan(), CommitmentLabel, context, commitment);
    }

    private static Keystream Expand(Session session, ReadOnlySpan<byte> secret, string label, ReadOnlySpan<byte> context)
    {
        Span<byte> key = stackalloc byte[32];
        key = key[..(session.Terms.Protection.Cipher == KeystreamCipher.Aes256 ? 32 : 16)];
        KeyDerivation.Derive(secret, session.Digest.AsSpan(), label, context, key);
        Keystream stream = Keystream.FromKey(key);
        CryptographicOperations.ZeroMemory(key);
        return stream;
    }

    private static void WriteParties(Span<byte> context, PartyId first, PartyId second)
    {
        BinaryPrimitives.WriteInt32LittleEndian(context, first.Value);
        BinaryPrimitives.WriteInt32LittleEndian(context[4..], second.Value);
    }
}

/// <summary>The round and the digest that all of its keys are bound to.</summary>
/// <param name="Terms">The round.</param>
/// <param name="Digest">32 bytes: the round's id and the roster.</param>
internal sealed record Session(RoundTerms Terms, ImmutableArray<byte> Digest);
