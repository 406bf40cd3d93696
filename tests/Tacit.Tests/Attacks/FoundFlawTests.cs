using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Cryptography.Secrets;
using Tacit.Cryptography.Sharing;
using Tacit.Protocols;
using Tacit.Protocols.SecAgg;
using Tacit.Protocols.SecAggPlus;
using Tacit.Protocols.Uploads;
using Xunit;
using static Tacit.Tests.Attacks.Given;

namespace Tacit.Tests.Attacks;

/// <summary>Flaws that a review of the protocols found: each test failed before its fix.</summary>
public sealed class FoundFlawTests
{
    private static readonly DateTimeOffset noon = DateTimeOffset.UnixEpoch;

    [Theory]
    [InlineData(44)]    // too few for two honest ones to be sure of
    [InlineData(100)]   // enough, but half of them may be corrupt: then 62 neighbours hold more than 43 of them
    public void SA_18_a_roster_that_shrank_to_the_colluders_and_one_target_is_refused(int members)
    {
        // 1000 participants, 50 of them corrupt, k = 62 and t = 43 as the finder says; U1 is the target and colluders.
        RoundTerms terms = Graph(ProtectionMode.Malicious, 1000, 62, 43);
        terms = terms with { Protection = terms.Protection with { MaximumCorrupt = 50, MaximumDropouts = 50 } };
        new SecAggPlusProtocol().Validate(terms);

        ModularVector? opened = UnmaskAlone(terms, [.. Enumerable.Range(1, members).Select(Party)]);

        Assert.Null(opened);
    }

    [Theory]
    [InlineData(-4, 0)]
    [InlineData(0, -1)]
    [InlineData(4, 0)]
    [InlineData(3, 0)]   // one honest participant: the sum is its input
    public void SA_03_numbers_of_corrupt_and_dropped_participants_that_make_no_sense_are_refused(int corrupt, int dropped)
    {
        foreach (RoundTerms terms in new[] { Malicious(4, corrupt < 0 ? 2 : 4), SemiHonest(4, 4) })
        {
            Assert.Throws<FailureException>(() => new SecAggProtocol().Validate(terms with
            {
                Protection = terms.Protection with { MaximumCorrupt = corrupt, MaximumDropouts = dropped },
            }));
        }
    }

    [Fact]
    public void SA_19_those_who_uploaded_first_outlast_the_uploads_that_stall()
    {
        // 1…4 upload at once; 5…12 begin and stall, two at a time, a phase timeout each.
        TamperedRound round = new TamperedRound(SemiHonest(12, 3).Chunked()) { Tamper = message => message.Is(Phase.MaskedInput, 0) && message.To.Value > 4 ? [] : [message] }.Run();

        Assert.IsType<RoundOutcome.Completed>(round.Outcome);
        Assert.True(round.SumIsRight());
    }

    [Fact]
    public void SA_19_an_upload_that_got_room_a_moment_before_the_deadline_has_time_to_finish()
    {
        RoundTerms terms = Plain(3).Chunked();
        using IRoundMachine coordinator = AggregationProtocols.Get("plain-sum").CreateCoordinator(terms, SequentialLoop.Instance);
        Envelope[][] uploads = [.. terms.Cohort.Select(member => Messages(terms, member.Id))];
        coordinator.Start(noon);
        foreach (Envelope[] upload in uploads) coordinator.Receive(upload[0], noon);
        DateTimeOffset late = noon + terms.PhaseTimeout - TimeSpan.FromSeconds(1);

        foreach (Envelope chunk in uploads[0][1..^1]) coordinator.Receive(chunk, late);
        RoundStep granted = coordinator.Receive(uploads[0][^1], late);
        RoundStep expired = coordinator.Expire(noon + terms.PhaseTimeout);

        Assert.Equal(Party(3), Assert.Single(granted.Outbound).To);
        Assert.Null(expired.Outcome);
    }

    [Fact]
    public void SA_14_somebody_whose_shares_open_for_nobody_is_named()
    {
        TamperedRound round = new TamperedRound(Malicious(5, 3)) { Tamper = message => [message.Is(Phase.ShareKeys, 2) ? Garbled(message) : message] }.Run();

        Assert.Contains(Party(2), Assert.IsType<RoundOutcome.Aborted>(round.Outcome).Culprits);
    }

    // Everybody but 1 colludes: what they hold of 1's secrets opens its masked input. Null if 1 refuses to go on.
    private static ModularVector? UnmaskAlone(RoundTerms terms, ImmutableArray<PartyId> members)
    {
        RoundStep shared = OfferGraph(terms, members, [], out IRoundMachine target, out Session session);
        if (shared.Outcome is not null) return null;
        SealedShares.TryDecode(shared.Outbound[0].Payload, withCommitment: true, out SealedShares? list);
        SealedShares garbage = new(default, [.. list!.Items.Select(item => (item.Party, (ReadOnlyMemory<byte>)new byte[SecAggKeySchedule.SealedShareBytes]))]);
        RoundStep uploaded = target.Receive(new Envelope(terms.Id, Phase.ShareKeys, PartyId.Coordinator, Party(1), garbage.Encode()), noon);
        target.Dispose();

        InputUpload.TryReadChunk(uploaded.Outbound[0].Payload.Span, out _, out ReadOnlySpan<byte> packed);
        ModularVector input = new(terms.Ring, terms.Length);
        BitPacking.TryAddPacked(input, 0, terms.Length, packed);
        KeyBundle victim = Twin(terms, Party(1), 1).Bundle;
        List<byte> shares = [];
        foreach ((PartyId colluder, ReadOnlyMemory<byte> sealedPair) in list.Items)
        {
            using ParticipantSecrets secrets = new(TamperedRound.InputsOf(terms, colluder, 1));
            using SecretBytes channel = SecAggKeySchedule.Channel(session, secrets.ChannelKey, colluder, victim);
            byte[] pair = new byte[SharePair.Bytes];
            SecAggKeySchedule.TryOpen(channel, colluder, Party(1), sealedPair.Span, pair);
            shares.AddRange(SharePair.Of(pair, ShareKind.SelfMask));
            using Keystream mask = SecAggKeySchedule.PairMask(session, secrets.MaskKey, victim.MaskKey, Party(1), colluder);
            MaskExpansion.AccumulateRange(input, new MaskTerm(mask, subtract: false), 0, input.Length);   // 1 is the smallest: it subtracted
        }

        byte[] seed = new byte[SeedSharing.SecretBytes];
        SeedSharing.TryReconstruct(terms.Protection.Threshold, [.. list.Items.Select(item => item.Party.Point)], [.. shares], seed);
        using Keystream self = SecAggKeySchedule.SelfMask(session, seed, Party(1));
        MaskExpansion.AccumulateRange(input, new MaskTerm(self, subtract: true), 0, input.Length);
        return input.SequenceEqual(TamperedRound.InputsOf(terms, Party(1)).Vector) ? input : null;
    }

    private static Envelope Garbled(Envelope message)
    {
        const int Item = 4 + SecAggKeySchedule.SealedShareBytes;
        return message.Altered(p =>
        {
            for (int i = 0; i < 4; i++) p[37 + (i * Item) + 4] ^= 1;
        });
    }

    private static Envelope[] Messages(RoundTerms terms, PartyId self)
    {
        InputUpload upload = new(terms, self, new ModularVector(terms.Ring, terms.Length));
        return [.. upload.First(), .. upload.Chunks()];
    }

    // Runs the target's machine up to its graph, over members of the coordinator's choosing; the absent are played by the coordinator.
    private static RoundStep OfferGraph(
        RoundTerms terms, ImmutableArray<PartyId> members, ImmutableArray<PartyId> absent, out IRoundMachine target, out Session session)
    {
        for (ulong seed = 1; ; seed++)
        {
            target = SecAggMachines.Participant(terms, TamperedRound.InputsOf(terms, Party(1), seed));
            target.Start(noon);
            Dictionary<PartyId, (KeyBundle Bundle, byte[] Coins)> known = members.ToDictionary(member => member, member => Twin(terms, member, seed));
            GraphCommitments commitments = new([.. members.Select(member => (member, known[member].Bundle.Commitment))]);
            RoundStep committed = target.Receive(ToTarget(terms, commitments.Encode()), noon);

            (session, NeighbourGraph graph) = commitments.Draw(terms, [.. members.Select(member => (member, known[member].Coins))]);
            ImmutableArray<PartyId> neighbours = graph.NeighboursOf(Party(1));
            if (committed.Outcome is not null) return committed;
            if (neighbours.Intersect(absent).Any()) continue;

            WireWriter revealed = new(), writer = new();
            byte[] bitmap = new byte[(members.Length + 7) / 8];
            for (int i = 0; i < members.Length; i++) bitmap[i / 8] |= (byte)(1 << (i % 8));
            revealed.Byte((byte)MessageKind.Coins).Bytes(bitmap);
            foreach (PartyId member in members) revealed.Bytes(known[member].Coins);
            target.Receive(ToTarget(terms, revealed.Written), noon);
            BundleList.Write(writer.Byte((byte)MessageKind.Neighbours), [.. neighbours.Select(neighbour => known[neighbour].Bundle)]);
            return target.Receive(ToTarget(terms, writer.Written), noon);
        }
    }

    // The same draws, in the same order, as the participant's machine makes.
    private static (KeyBundle Bundle, byte[] Coins) Twin(RoundTerms terms, PartyId member, ulong seed)
    {
        ParticipantInputs inputs = TamperedRound.InputsOf(terms, member, seed);
        using ParticipantSecrets secrets = new(inputs);
        byte[] coins = GraphCoins.Draw(terms, secrets);
        return (KeyBundle.Create(terms, secrets, GraphCoins.Commit(terms, member, coins)), coins);
    }

    private static Envelope ToTarget(RoundTerms terms, ReadOnlyMemory<byte> payload) => new(terms.Id, Phase.AdvertiseKeys, PartyId.Coordinator, Party(1), payload);
}
