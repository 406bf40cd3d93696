using System.Buffers.Binary;
using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Cryptography.Secrets;

namespace Tacit.Protocols.SharedMask;

/// <summary>One participant's mask keys: a secret with each other one, and one that all participants share and the coordinator does not have.</summary>
/// <remarks>
/// PRG(s_ij) is added by one side of a pair and subtracted by the other, so these masks cancel in the sum. The first of the cohort adds PRG(group) on top, so what
/// the coordinator adds up is still uniform to it; each participant can take that off. Masks are uniform modulo 2ᵇ as long as AES in counter mode is a
/// pseudorandom generator and the keys are secret: a computational statement. Every mask is bound to session, part and round. Instances are not thread-safe.
/// </remarks>
public sealed class SharedMaskKeys : IDisposable
{
    /// <summary>Bytes of each secret, and of what each participant gives to the group's.</summary>
    public const int SecretSize = 32;

    private const string PairLabel = "tacit/shared-mask/pair-mask/1";
    private const string GroupLabel = "tacit/shared-mask/group-mask/1";
    private const string GroupSecretLabel = "tacit/shared-mask/group-secret/1";

    private readonly ImmutableArray<byte> session;
    private readonly (PartyId Peer, SecretBytes Secret)[] pairs;
    private readonly SecretBytes group;
    private readonly HashSet<(string Label, long Round)> used = [];

    private SharedMaskKeys(PartyId self, ImmutableArray<byte> session, (PartyId Peer, SecretBytes Secret)[] pairs, SecretBytes group) =>
        (Self, this.session, this.pairs, this.group) = (self, session, pairs, group);

    /// <summary>Whose keys.</summary>
    public PartyId Self { get; }

    /// <summary>Participants, this one included.</summary>
    public int Participants => pairs.Length + 1;

    /// <summary>Derives the keys from what the participants exchanged.</summary>
    /// <param name="self">Whose.</param>
    /// <param name="own">The participant's ephemeral key.</param>
    /// <param name="peers">The others' public keys, ascending.</param>
    /// <param name="contributions">Of all participants in ascending order, this one included: <see cref="SecretSize"/> bytes each.</param>
    /// <param name="session">32 bytes: what the keys are bound to.</param>
    public static SharedMaskKeys From(PartyId self, AgreementKey own, IReadOnlyList<(PartyId Party, P256Point Key)> peers, ReadOnlySpan<byte> contributions, ImmutableArray<byte> session)
    {
        if (contributions.Length != SecretSize * (peers.Count + 1)) throw new ArgumentException($"Each of {peers.Count + 1} participants contributes {SecretSize} bytes.", nameof(contributions));
        SecretBytes group = new(SecretSize);
        KeyDerivation.Derive(contributions, session.AsSpan(), GroupSecretLabel, [], group.Span);
        using SecretBytes secrets = new(peers.Count * AgreementKey.SharedSecretBytes);
        own.AgreeWithAll([.. peers.Select(peer => peer.Key)], secrets.Span);
        var pairs = new (PartyId, SecretBytes)[peers.Count];
        for (int i = 0; i < pairs.Length; i++)
        {
            pairs[i] = (peers[i].Party, SecretBytes.From(secrets.Span.Slice(i * AgreementKey.SharedSecretBytes, AgreementKey.SharedSecretBytes)));
        }

        return new SharedMaskKeys(self, session, pairs, group);
    }

    /// <summary>Masks one part of this participant's input.</summary>
    /// <param name="vector">The part; overwritten.</param>
    /// <param name="label">Which part.</param>
    /// <param name="round">Which round of the session.</param>
    /// <param name="loop">Spreads the expansion.</param>
    /// <exception cref="InvalidOperationException">This part of this round was masked before: the difference of two inputs would be open.</exception>
    public void Mask(ModularVector vector, string label, long round, IParallelLoop loop)
    {
        if (!used.Add((label, round))) throw new InvalidOperationException($"The mask of {label} in round {round} is used up: a mask hides one input.");
        List<MaskTerm> masks = [.. pairs.Select(pair => new MaskTerm(PairStream(pair, label, round), subtract: Self < pair.Peer))];
        if (pairs.Length == 0 || Self < pairs[0].Peer) masks.Add(new MaskTerm(GroupStream(label, round), subtract: false));
        Accumulate(vector, masks, loop);
    }

    /// <summary>Takes the group's mask off the sum of everybody's part.</summary>
    /// <param name="sum">The part of the sum; overwritten.</param>
    /// <param name="label">Which part.</param>
    /// <param name="round">Which round of the session.</param>
    /// <param name="loop">Spreads the expansion.</param>
    public void Unmask(ModularVector sum, string label, long round, IParallelLoop loop) => Accumulate(sum, [new MaskTerm(GroupStream(label, round), subtract: true)], loop);

    /// <inheritdoc/>
    public void Dispose()
    {
        group.Dispose();
        foreach ((_, SecretBytes secret) in pairs) secret.Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() => "<redacted>";

    private static void Accumulate(ModularVector vector, List<MaskTerm> masks, IParallelLoop loop)
    {
        MaskExpansion.Accumulate(vector, masks.ToArray(), loop);
        foreach (MaskTerm mask in masks) mask.Stream.Dispose();
    }

    private Keystream PairStream((PartyId Peer, SecretBytes Secret) pair, string label, long round) =>
        Expand(pair.Secret, PairLabel, Self < pair.Peer ? (Self, pair.Peer) : (pair.Peer, Self), label, round);

    private Keystream GroupStream(string label, long round) => Expand(group, GroupLabel, (default, default), label, round);

    // The part's label goes into the purpose, so no part can imitate another.
    private Keystream Expand(SecretBytes secret, string purpose, (PartyId First, PartyId Second) parties, string label, long round)
    {
        Span<byte> context = stackalloc byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(context, parties.First.Value);
        BinaryPrimitives.WriteInt32LittleEndian(context[4..], parties.Second.Value);
        BinaryPrimitives.WriteInt64LittleEndian(context[8..], round);
        using SecretBytes key = new(SecretSize);
        KeyDerivation.Derive(secret.Span, session.AsSpan(), $"{purpose}/{label}", context, key.Span);
        return Keystream.FromKey(key.Span);
    }
}
