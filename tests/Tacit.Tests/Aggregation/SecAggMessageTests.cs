using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Cryptography.Sharing;
using Tacit.Protocols;
using Tacit.Protocols.SecAgg;
using Tacit.Protocols.Uploads;
using Xunit;

namespace Tacit.Tests.Aggregation;

public sealed class SecAggMessageTests
{
    // Reading a point takes big integers, checking a signature takes a key of the platform.
    private const long PointAllowance = 64 * 1024;

    private readonly RoundTerms terms = Given.Terms();
    private readonly SeededRandomSource random = new(72);

    [Theory]
    [InlineData(ProtectionMode.Malicious, 4)]
    [InlineData(ProtectionMode.SemiHonest, 4)]
    [InlineData(ProtectionMode.SemiHonest, 11)]
    public void Key_bundles_stand_hostile_bytes(ProtectionMode mode, int neighbours)
    {
        RoundTerms round = Given.Terms(mode: mode, neighbours: neighbours);
        KeyBundle bundle = Bundle(round, 2);

        Fuzz.Check(
            Encode(bundle),
            bytes => KeyBundle.TryRead(round, bundle.Owner, bytes, out KeyBundle? read, out _) ? Encode(read!) : null,
            bytes => KeyBundle.TryRead(round, bundle.Owner, bytes, out _, out _),
            PointAllowance);
    }

    [Fact]
    public void Lists_of_key_bundles_stand_hostile_bytes()
    {
        RoundTerms round = Given.Terms(members: 4, mode: ProtectionMode.SemiHonest, neighbours: 3);
        KeyBundle[] bundles = [.. Enumerable.Range(1, 4).Select(i => Bundle(round, i))];

        Fuzz.Check(
            Encode(bundles),
            bytes => TryReadAll(round, bundles[0], bytes, out ImmutableArray<KeyBundle> read) ? Encode(read) : null,
            bytes => TryReadAll(round, bundles[0], bytes, out _),
            PointAllowance);
    }

    [Fact]
    public void Commitments_stand_hostile_bytes()
    {
        GraphCommitments message = new([.. new[] { 1, 4, 12 }.Select(i => (new PartyId(i), Bytes(32)))]);

        Fuzz.Check(
            message.Encode().ToArray(),
            bytes => GraphCommitments.TryDecode(terms, bytes, out GraphCommitments? read) ? read!.Encode().ToArray() : null,
            bytes => GraphCommitments.TryDecode(terms, bytes, out _));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sealed_shares_stand_hostile_bytes(bool withCommitment)
    {
        SealedShares message = new(
            withCommitment ? Bytes(SealedShares.CommitmentBytes) : [],
            [.. new[] { 2, 3 }.Select(i => (new PartyId(i), (ReadOnlyMemory<byte>)Bytes(SecAggKeySchedule.SealedShareBytes)))]);

        Fuzz.Check(
            message.Encode().ToArray(),
            bytes => SealedShares.TryDecode(bytes, withCommitment, out SealedShares? read) ? read!.Encode().ToArray() : null,
            bytes => SealedShares.TryDecode(bytes, withCommitment, out _));
    }

    [Fact]
    public void Unmask_requests_stand_hostile_bytes()
    {
        Roster roster = Roster();
        UnmaskRequest message = new(
            [new PartyId(1), new PartyId(9)], [new PartyId(4), new PartyId(12)],
            [.. new[] { 1, 9 }.Select(i => (new PartyId(i), (ReadOnlyMemory<byte>)Bytes(64)))]);

        Fuzz.Check(
            message.Encode(roster).ToArray(),
            bytes => UnmaskRequest.TryDecode(roster, bytes, out UnmaskRequest? read) ? read!.Encode(roster).ToArray() : null,
            bytes => UnmaskRequest.TryDecode(roster, bytes, out _));
    }

    [Fact]
    public void Unmask_responses_stand_hostile_bytes()
    {
        UnmaskResponse message = new([
            (new PartyId(2), ShareKind.MaskKey, Bytes(SeedSharing.ShareBytes)),
            (new PartyId(3), ShareKind.SelfMask, Bytes(SeedSharing.ShareBytes))]);

        Fuzz.Check(
            message.Encode().ToArray(),
            bytes => UnmaskResponse.TryDecode(bytes, out UnmaskResponse? read) ? read!.Encode().ToArray() : null,
            bytes => UnmaskResponse.TryDecode(bytes, out _));
    }

    [Fact]
    public void Bitmaps_stand_hostile_bytes()
    {
        Roster roster = Roster();

        Fuzz.Check(roster.ToBitmap([new PartyId(1), new PartyId(12)]), Reread, bytes => TryReadBitmap(roster, bytes, out _));

        byte[]? Reread(byte[] bytes) => TryReadBitmap(roster, bytes, out ImmutableArray<PartyId> subset) ? roster.ToBitmap(subset) : null;
    }

    [Fact]
    public void A_bitmap_is_any_subset_and_nothing_else()
    {
        Roster roster = Roster();
        for (int subset = 0; subset < 1 << 12; subset++)
        {
            byte[] bitmap = [(byte)(subset & 0xff), (byte)(subset >> 8)];
            Assert.True(TryReadBitmap(roster, bitmap, out ImmutableArray<PartyId> parties));
            Assert.Equal(bitmap, roster.ToBitmap(parties));
        }

        for (int bit = 12; bit < 16; bit++) Assert.False(TryReadBitmap(roster, [0, (byte)(1 << (bit - 8))], out _));
    }

    [Fact]
    public void Chunks_of_an_upload_stand_hostile_bytes()
    {
        ModularVector vector = ModularVector.From(terms.Ring, [.. Enumerable.Range(0, terms.Length).Select(i => (ulong)i)]);
        using InputUpload upload = new(terms, new PartyId(1), vector);
        byte[] valid = Assert.Single(upload.First()).Payload.ToArray();

        Fuzz.Check(
            valid,
            bytes => InputUpload.TryReadChunk(bytes, out int offset, out ReadOnlySpan<byte> packed) ? new WireWriter().Byte(1).Number(offset).Bytes(packed).Written.ToArray() : null,
            bytes => InputUpload.TryReadChunk(bytes, out _, out _));
    }

    private static byte[] Encode(KeyBundle bundle)
    {
        WireWriter writer = new();
        bundle.Write(writer);
        return writer.Written.ToArray();
    }

    private static byte[] Encode(IReadOnlyCollection<KeyBundle> bundles)
    {
        WireWriter writer = new();
        BundleList.Write(writer, bundles);
        return writer.Written.ToArray();
    }

    private static bool TryReadAll(RoundTerms round, KeyBundle own, byte[] bytes, out ImmutableArray<KeyBundle> bundles)
    {
        WireReader reader = new(bytes);
        return BundleList.TryRead(round, ref reader, own, out bundles, out _, out _) && reader.AtEnd;
    }

    private static bool TryReadBitmap(Roster roster, byte[] bytes, out ImmutableArray<PartyId> subset)
    {
        WireReader reader = new(bytes);
        return roster.TryReadBitmap(ref reader, out subset) && reader.AtEnd;
    }

    private KeyBundle Bundle(RoundTerms round, int party)
    {
        using ParticipantSecrets secrets = new(new ParticipantInputs
        {
            Self = new PartyId(party),
            Vector = new ModularVector(round.Ring, round.Length),
            Random = random,
            Identity = Given.Identity(party),
        });
        return KeyBundle.Create(round, secrets, GraphCoins.Commit(round, secrets.Self, GraphCoins.Draw(round, secrets)));
    }

    private Roster Roster()
    {
        ImmutableArray<PartyId> members = [.. terms.Cohort.Select(member => member.Id)];
        return new Roster(new Session(terms, [.. new byte[32]]), members, NeighbourGraph.Complete(members), ImmutableDictionary<PartyId, P256Point>.Empty);
    }

    private byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        random.Fill(bytes);
        return bytes;
    }
}
