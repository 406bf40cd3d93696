using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Cryptography.Secrets;
using Tacit.Protocols;
using Tacit.Protocols.SecAgg;
using Tacit.Simulation.Rounds;

namespace Tacit.Benchmarks.Cohorts;

/// <summary>The keys, shares and messages of all participants of a SecAgg+ round, made outside the timed part and without their machines.</summary>
/// <remarks>
/// Real: keys, signatures, coins, graph, session, shares, commitments, opened shares. Synthetic: sealed pairs are random bytes unless asked
/// for (a coordinator only passes them on), and masked inputs are uniform vectors of which the last is chosen so that the sum is the masked
/// sum of real masks: the very distribution that a coordinator sees. Vectors exist one at a time.
/// </remarks>
internal sealed class PreparedCohort : IDisposable
{
    private const ulong Seed = 20250611;

    private readonly ParticipantSecrets[] secrets;
    private readonly byte[][] coins;
    private readonly byte[][] pairs;

    public PreparedCohort(CohortOptions options)
    {
        Options = options;
        ModularVector shared = new(options.Ring, options.Length);
        Identities = new SimulatedIdentities(Seed);
        RoundSetup setup = RoundSetup.Create(
            new RoundSetupOptions { Protection = options.Choice, Seed = Seed, Identities = Identities }, [.. Enumerable.Repeat(shared, options.Participants)]);
        (Protocol, Terms) = (setup.Protocol, setup.Terms);
        if (!Terms.HasGraph()) throw new ArgumentException($"{options.Participants} participants make a complete graph; these benchmarks need a smaller degree.", nameof(options));

        secrets = [.. setup.Inputs.Select(input => new ParticipantSecrets(input))];
        coins = [.. secrets.Select(secret => GraphCoins.Draw(Terms, secret))];
        Bundles = [.. secrets.Select((secret, i) => KeyBundle.Create(Terms, secret, GraphCoins.Commit(Terms, secret.Self, coins[i])))];

        Commitments = new GraphCommitments([.. Bundles.Select(bundle => (bundle.Owner, bundle.Commitment))]);
        Revealed = [.. Bundles.Select((bundle, i) => (bundle.Owner, coins[i]))];
        (Session session, NeighbourGraph graph) = Commitments.Draw(Terms, Revealed);
        Roster = new Roster(session, [.. Bundles.Select(bundle => bundle.Owner)], graph, Bundles.ToDictionary(bundle => bundle.Owner, bundle => bundle.MaskKey));
        pairs = [.. secrets.Select(SplitPairs)];

        // Every twentieth drops out, counted from the back, so that the first participants are always survivors.
        int n = options.Participants;
        Dropped = [.. Enumerable.Range(0, options.Dropped).Select(i => new PartyId(n - (20 * i))).Order()];
        Survivors = [.. Roster.Members.Where(member => Dropped.BinarySearch(member) < 0)];
    }

    public CohortOptions Options { get; }

    public IAggregationProtocol Protocol { get; }

    public RoundTerms Terms { get; }

    public SimulatedIdentities Identities { get; }

    public KeyBundle[] Bundles { get; }

    public GraphCommitments Commitments { get; }

    public ImmutableArray<(PartyId Owner, byte[] Coins)> Revealed { get; }

    public Roster Roster { get; }

    public ImmutableArray<PartyId> Survivors { get; }

    public ImmutableArray<PartyId> Dropped { get; }

    public ParticipantSecrets SecretsOf(PartyId party) => secrets[party.Value - 1];

    /// <summary>What a machine of this participant must be given so that it draws the very keys prepared here.</summary>
    public ParticipantInputs InputsOf(PartyId party, ModularVector vector) => new()
    {
        Self = party,
        Vector = vector,
        Random = new SeededRandomSource(Seed, $"round 1 participant {party.Value}"),
        Identity = SecretsOf(party).Identity,
    };

    public Envelope BundleOf(PartyId party)
    {
        WireWriter writer = new(KeyBundle.EncodedBytes(Terms) + 1);
        Bundles[party.Value - 1].Write(writer.Byte((byte)MessageKind.Bundle));
        return ToCoordinator(Phase.AdvertiseKeys, party, writer.Written);
    }

    public Envelope RevealOf(PartyId party) =>
        ToCoordinator(Phase.AdvertiseKeys, party, new WireWriter().Byte((byte)MessageKind.Reveal).Bytes(coins[party.Value - 1]).Written);

    /// <summary>The sealed pairs of one participant; real towards <paramref name="recipient"/>, random bytes towards everybody else.</summary>
    public Envelope SealedSharesOf(PartyId party, PartyId? recipient = null)
    {
        var items = ImmutableArray.CreateBuilder<(PartyId, ReadOnlyMemory<byte>)>();
        foreach (PartyId holder in Roster.HoldersOf(party))
        {
            byte[] sealedPair = new byte[SecAggKeySchedule.SealedShareBytes];
            if (holder == recipient) Seal(party, holder, sealedPair);
            else new Random(party.Value).NextBytes(sealedPair);
            items.Add((holder, sealedPair));
        }

        byte[] commitment = new byte[SealedShares.CommitmentBytes];
        SecAggKeySchedule.CommitToSelfMask(Roster.Session, SecretsOf(party).SelfMaskSeed.Span, party, commitment);
        return ToCoordinator(Phase.ShareKeys, party, new SealedShares(commitment, items.DrainToImmutable()).Encode());
    }

    /// <summary>The shares that one participant opens: self-masks of survivors, mask keys of the dropped.</summary>
    public Envelope ResponseOf(PartyId holder)
    {
        var items = ImmutableArray.CreateBuilder<(PartyId, ShareKind, ReadOnlyMemory<byte>)>();
        foreach (PartyId owner in Roster.HoldersOf(holder))
        {
            ShareKind kind = Survivors.BinarySearch(owner) >= 0 ? ShareKind.SelfMask : ShareKind.MaskKey;
            items.Add((owner, kind, ShareOf(owner, holder, kind).ToArray()));
        }

        return ToCoordinator(Phase.Unmasking, holder, new UnmaskResponse(items.DrainToImmutable()).Encode());
    }

    /// <summary>s^SK_{owner,holder} or b_{owner,holder}.</summary>
    public ReadOnlySpan<byte> ShareOf(PartyId owner, PartyId holder, ShareKind kind) =>
        SharePair.Of(pairs[owner.Value - 1].AsSpan(Roster.HoldersOf(owner).BinarySearch(holder) * SharePair.Bytes, SharePair.Bytes), kind);

    public byte[] SignSurvivors(PartyId party) => Identities.Get(party.Value).Sign(SurvivorStatement.Of(Roster, Survivors));

    /// <summary>Σ_{u∈U3} p_u + Σ_{u∈U3, v∈U2\U3} p_{u,v}: the masks that are left in the sum of the survivors' inputs.</summary>
    /// <returns>How many masks, and their keystreams; disposed by the caller.</returns>
    public IEnumerable<MaskTerm> RemainingMasks()
    {
        foreach (PartyId u in Survivors)
        {
            yield return new MaskTerm(SecAggKeySchedule.SelfMask(Roster.Session, SecretsOf(u).SelfMaskSeed.Span, u), subtract: false);
            foreach (PartyId v in Roster.Graph.NeighboursOf(u).Where(v => Dropped.BinarySearch(v) >= 0))
            {
                yield return new MaskTerm(SecAggKeySchedule.PairMask(Roster.Session, SecretsOf(u).MaskKey, Roster.MaskKeys[v], u, v), subtract: u < v);
            }
        }
    }

    /// <summary>Adds masks in batches of bounded memory.</summary>
    /// <returns>How many there were.</returns>
    public static int Add(ModularVector target, IEnumerable<MaskTerm> masks)
    {
        int count = 0;
        foreach (MaskTerm[] batch in masks.Chunk(256))
        {
            MaskExpansion.Accumulate(target, batch, SequentialLoop.Instance);
            foreach (MaskTerm mask in batch) mask.Stream.Dispose();
            count += batch.Length;
        }

        return count;
    }

    public void Dispose()
    {
        foreach (ParticipantSecrets secret in secrets) secret.Dispose();
    }

    private void Seal(PartyId party, PartyId holder, Span<byte> sealedPair)
    {
        using SecretBytes channel = SecAggKeySchedule.Channel(Roster.Session, SecretsOf(party).ChannelKey, party, Bundles[holder.Value - 1]);
        int index = Roster.HoldersOf(party).BinarySearch(holder);
        SecAggKeySchedule.Seal(channel, party, holder, pairs[party.Value - 1].AsSpan(index * SharePair.Bytes, SharePair.Bytes), sealedPair);
    }

    private byte[] SplitPairs(ParticipantSecrets secret)
    {
        using SecretBytes split = HeldShares.Split(secret, Terms.Protection.Threshold, Roster.HoldersOf(secret.Self));
        return split.Span.ToArray();
    }

    private Envelope ToCoordinator(Phase phase, PartyId from, ReadOnlyMemory<byte> payload) => new(Terms.Id, phase, from, PartyId.Coordinator, payload);
}
