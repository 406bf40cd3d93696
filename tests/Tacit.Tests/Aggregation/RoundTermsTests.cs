using System.Collections.Immutable;
using System.Reflection;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Xunit;

namespace Tacit.Tests.Aggregation;

public sealed class RoundTermsTests
{
    private static readonly RoundTerms terms = Given.Terms();

    // One change for each settable property: a new property without one fails the first test.
    private static readonly Dictionary<string, Func<RoundTerms, RoundTerms>> changes = new()
    {
        [nameof(RoundTerms.Protocol)] = t => t with { Protocol = "secagg" },
        [nameof(RoundTerms.Job)] = t => t with { Job = "other" },
        [nameof(RoundTerms.Round)] = t => t with { Round = t.Round + 1 },
        [nameof(RoundTerms.ModelHash)] = t => t with { ModelHash = t.ModelHash.SetItem(31, 9) },
        [nameof(RoundTerms.PlanHash)] = t => t with { PlanHash = t.PlanHash.SetItem(0, 9) },
        [nameof(RoundTerms.Cohort)] = t => t with { Cohort = t.Cohort.RemoveAt(11) },
        [nameof(RoundTerms.Ring)] = t => t with { Ring = new ResidueRing(21) },
        [nameof(RoundTerms.Length)] = t => t with { Length = 101 },
        [nameof(RoundTerms.Protection)] = t => t with { Protection = t.Protection with { Threshold = 4 } },
        [nameof(RoundTerms.MinimumCohort)] = t => t with { MinimumCohort = 3 },
        [nameof(RoundTerms.PhaseTimeout)] = t => t with { PhaseTimeout = TimeSpan.FromTicks(t.PhaseTimeout.Ticks + 1) },
        [nameof(RoundTerms.ChunkBytes)] = t => t with { ChunkBytes = t.ChunkBytes + 8 },
    };

    private static readonly Dictionary<string, Func<ProtectionTerms, ProtectionTerms>> protectionChanges = new()
    {
        [nameof(ProtectionTerms.Mode)] = p => p with { Mode = ProtectionMode.SemiHonest },
        [nameof(ProtectionTerms.Threshold)] = p => p with { Threshold = 5 },
        [nameof(ProtectionTerms.Neighbours)] = p => p with { Neighbours = 6 },
        [nameof(ProtectionTerms.MaximumCorrupt)] = p => p with { MaximumCorrupt = 2 },
        [nameof(ProtectionTerms.MaximumDropouts)] = p => p with { MaximumDropouts = 2 },
        [nameof(ProtectionTerms.Sigma)] = p => p with { Sigma = 80 },
        [nameof(ProtectionTerms.Cipher)] = p => p with { Cipher = KeystreamCipher.Aes256 },
    };

    [Fact]
    public void The_id_changes_with_every_property()
    {
        Assert.Equal(Settable(typeof(RoundTerms)), changes.Keys.Order(StringComparer.Ordinal));

        RoundId[] ids = [terms.Id, .. changes.Values.Select(change => change(terms).Id)];

        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public void The_id_changes_with_every_property_of_the_protection()
    {
        Assert.Equal(Settable(typeof(ProtectionTerms)), protectionChanges.Keys.Order(StringComparer.Ordinal));

        RoundId[] ids = [terms.Id, .. protectionChanges.Values.Select(change => (terms with { Protection = change(terms.Protection) }).Id)];

        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public void The_id_changes_with_every_member_and_identity()
    {
        Assert.Equal(["Id", "Identity"], Settable(typeof(CohortMember)));
        CohortMember last = terms.Cohort[11];
        CohortMember[] others = [last with { Id = new PartyId(13) }, last with { Identity = null }, last with { Identity = Given.Identity(1).VerificationKey }];

        RoundId[] ids = [terms.Id, .. others.Select(other => (terms with { Cohort = terms.Cohort.SetItem(11, other) }).Id)];

        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public void Equal_content_gives_equal_ids() => Assert.Equal(Given.Terms().Id, Given.Terms().Id);

    [Fact]
    public void Texts_cannot_be_moved_from_one_field_to_the_next() =>
        Assert.NotEqual((terms with { Protocol = "a", Job = "bc" }).Id, (terms with { Protocol = "ab", Job = "c" }).Id);

    [Fact]
    public void A_copy_does_not_keep_the_id_or_the_members_of_its_original()
    {
        RoundTerms original = Given.Terms();
        RoundId id = original.Id;

        RoundTerms copy = original with { Round = 99, Cohort = original.Cohort.RemoveAt(0) };

        Assert.NotEqual(id, copy.Id);
        Assert.False(copy.TryGetMember(new PartyId(1), out CohortMember? absent));
        Assert.Null(absent);
        Assert.Equal(id, original.Id);
        Assert.True(original.TryGetMember(new PartyId(1), out CohortMember? member));
        Assert.Equal(original.Cohort[0], member);
    }

    [Fact]
    public void Members_are_found_and_strangers_are_not()
    {
        foreach (CohortMember member in terms.Cohort) Assert.True(terms.TryGetMember(member.Id, out _));
        foreach (int stranger in new[] { 0, -1, 13, int.MaxValue, int.MinValue }) Assert.False(terms.TryGetMember(new PartyId(stranger), out _));
    }

    [Fact]
    public void Terms_that_no_protocol_can_do_with_are_refused()
    {
        ImmutableArray<CohortMember> cohort = terms.Cohort;
        RoundTerms[] bad =
        [
            terms with { Length = 0 }, terms with { ModelHash = [1] }, terms with { PlanHash = [] }, terms with { ModelHash = default }, terms with { PlanHash = default }, terms with { Cohort = default }, terms with { Ring = default }, terms with { Cohort = [] },
            terms with { Cohort = cohort.SetItem(0, new CohortMember(new PartyId(0))) }, terms with { Cohort = cohort.SetItem(0, new CohortMember(new PartyId(-1))) },
            terms with { Cohort = cohort.SetItem(0, cohort[1]) }, terms with { Cohort = [.. cohort.Reverse()] },
            terms with { MinimumCohort = 0 }, terms with { MinimumCohort = 13 }, terms with { PhaseTimeout = TimeSpan.Zero }, terms with { ChunkBytes = 63 },
        ];

        Assert.All(bad, t => Given.Failure(FailureCodes.InvalidValue, t.Validate, "must"));
        Assert.All(bad, t => Given.Failure(FailureCodes.InvalidValue, () => _ = t.Id, "must"));
    }

    [Fact]
    public void Chunks_hold_whole_groups_and_stay_within_their_bytes()
    {
        for (int bits = 1; bits <= 64; bits++)
        {
            foreach (int bytes in new[] { 64, 100, 1000, 64 * 1024 })
            {
                RoundTerms chunked = terms with { Ring = new ResidueRing(bits), ChunkBytes = bytes };
                Assert.Equal(0, chunked.ResiduesPerChunk % BitPacking.Group);
                Assert.InRange(BitPacking.PackedBytes(chunked.Ring, chunked.ResiduesPerChunk), 1, bytes);
            }
        }
    }

    [Fact]
    public void A_round_id_is_its_48_bytes()
    {
        byte[] bytes = [.. Enumerable.Range(0, RoundId.Bytes).Select(i => (byte)i)];

        Assert.Equal(bytes, new RoundId(bytes).ToArray());
        Assert.EndsWith(":1011121314151617", new RoundId(bytes).ToString(), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new RoundId(bytes.AsSpan(1)));
        for (int i = 0; i < RoundId.Bytes; i++) Assert.NotEqual(new RoundId(bytes), new RoundId([.. bytes[..i], 255, .. bytes[(i + 1)..]]));
    }

    [Fact]
    public void Names_of_phases_come_back()
    {
        Assert.Equal(Enum.GetValues<Phase>().Select(phase => phase.Name()), PhaseNames.All);
        foreach (Phase phase in Enum.GetValues<Phase>()) Assert.True(PhaseNames.TryParse(phase.Name(), out Phase read) && read == phase);
        Assert.False(PhaseNames.TryParse("MaskedInput", out _));
    }

    private static IEnumerable<string> Settable(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.SetMethod is not null)
        .Select(property => property.Name).Order(StringComparer.Ordinal);
}
