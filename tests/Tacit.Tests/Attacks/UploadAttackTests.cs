using Tacit.Aggregation.Encodings;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Protocols;
using Tacit.Protocols.SecAgg;
using Tacit.Protocols.Uploads;
using Tacit.Simulation.Rounds;
using Xunit;
using static Tacit.Tests.Attacks.Given;

namespace Tacit.Tests.Attacks;

/// <summary>SA-12, SA-16 and SA-19: uploads that are wrong, late or never end.</summary>
public sealed class UploadAttackTests
{
    public static TheoryData<string> Protocols => ["plain-sum", "secagg"];

    // kind (1), offset (4), packed residues; 10 residues of 20 bits are 25 bytes, 83 of 13 bits are chunks of 52, 52 and 31 bytes.
    [Theory]
    [InlineData("too short", "VECTOR_DIMENSION_MISMATCH")]
    [InlineData("too long", "VECTOR_DIMENSION_MISMATCH")]
    [InlineData("empty", "MALFORMED_MESSAGE")]
    [InlineData("offset beyond the end", "VECTOR_DIMENSION_MISMATCH")]
    [InlineData("offset within a chunk", "VECTOR_DIMENSION_MISMATCH")]
    [InlineData("negative offset", "VECTOR_DIMENSION_MISMATCH")]
    [InlineData("other kind", "MALFORMED_MESSAGE")]
    public void SA_16_a_chunk_that_does_not_fit_is_refused_and_its_sender_not_counted(string attack, string code)
    {
        foreach (RoundTerms terms in new[] { Malicious(5, 3), Malicious(5, 3).Chunked(), Plain(5), Plain(5).Chunked() })
        {
            TamperedRound round = new TamperedRound(terms)
            {
                Tamper = message => [!message.Is(Phase.MaskedInput, 2) || message.Payload.Length == 1 ? message : attack switch
                {
                    "too short" => message with { Payload = message.Payload[..^1] },
                    "too long" => message with { Payload = new byte[] { 1, 0, 0, 0, 0 }.Concat(message.Payload[4..].ToArray()).ToArray() },
                    "empty" => message with { Payload = default },
                    "other kind" => message.Altered(p => p[0] = 7),
                    "offset beyond the end" => message.Altered(p => p[3] = 1),
                    "offset within a chunk" => message.Altered(p => p[1] += 1),
                    _ => message.Altered(p => p[4] = 0xff),
                }],
            }.Run();

            Assert.Contains(round.Incidents, item => item.Incident.Party == Party(2) && item.Incident.Code.Name == code);
            Assert.DoesNotContain(Party(2), ((RoundOutcome.Completed)round.Outcome).Included);
            Assert.True(round.SumIsRight());
        }
    }

    [Fact]
    public void SA_16_filling_bits_that_are_not_zero_are_refused()
    {
        TamperedRound round = new TamperedRound(Malicious(5, 3).Chunked() with { ChunkBytes = 1024 })
        {
            Tamper = message => [message.Is(Phase.MaskedInput, 2) ? message.Altered(p => p[^1] |= 0x80) : message],   // 83 · 13 = 1079 bits: the last is free
        }.Run();

        Assert.Contains(round.Incidents, item => item.Incident.Party == Party(2) && item.Incident.Code == FailureCodes.ElementOutOfRange);
        Assert.True(round.SumIsRight());
    }

    [Theory]
    [InlineData("secagg")]
    [InlineData("plain-sum")]
    public void SA_06_a_chunk_that_comes_twice_counts_once(string protocol)
    {
        RoundTerms terms = (protocol == "secagg" ? Malicious(5, 3) : Plain(5)).Chunked();
        TamperedRound round = new TamperedRound(terms) { Tamper = message => message.Phase == Phase.MaskedInput ? [message, message] : [message] }.Run();

        Assert.Contains(FailureCodes.DuplicateMessage, round.Codes);
        Assert.Equal(5, ((RoundOutcome.Completed)round.Outcome).Included.Length);
        Assert.True(round.SumIsRight());
    }

    [Fact]
    public void SA_19_chunks_before_there_is_room_are_refused_and_chunks_in_any_order_after_it_are_taken()
    {
        RoundTerms terms = Plain(1).Chunked();
        using IRoundMachine coordinator = AggregationProtocols.Get("plain-sum").CreateCoordinator(terms, SequentialLoop.Instance);
        Envelope[] messages = Messages(terms);
        DateTimeOffset now = DateTimeOffset.UnixEpoch;
        coordinator.Start(now);

        RoundStep early = coordinator.Receive(messages[1], now);
        RoundStep asked = coordinator.Receive(messages[0], now);
        RoundStep again = coordinator.Receive(messages[0], now);
        coordinator.Receive(messages[3], now);
        RoundStep last = coordinator.Receive(messages[1], now);
        RoundStep second = coordinator.Receive(messages[2], now);

        Assert.Equal(FailureCodes.DuplicateMessage, Assert.Single(early.Incidents).Code);
        Assert.True(InputUpload.IsGrant(Assert.Single(asked.Outbound)));
        Assert.Equal(FailureCodes.DuplicateMessage, Assert.Single(again.Incidents).Code);
        Assert.Null(last.Outcome);
        Assert.IsType<RoundOutcome.Completed>(second.Outcome);
    }

    [Fact]
    public void SA_12_the_vector_of_somebody_declared_dropped_is_refused_when_it_comes_late()
    {
        Envelope? late = null;
        TamperedRound round = new TamperedRound(Malicious(5, 3))
        {
            Tamper = message =>
            {
                if (message.Is(Phase.MaskedInput, 2))
                {
                    late = message;
                    return [];
                }

                return message.Is(Phase.ConsistencyCheck, 1) || message.Is(Phase.Unmasking, 1) ? [late!, message] : [message];
            },
        }.Run();

        Assert.Equal(2, round.Incidents.Count(item => item.Incident.Party == Party(2) && item.Incident.Code == FailureCodes.RoundClosed));
        Assert.DoesNotContain(Party(2), ((RoundOutcome.Completed)round.Outcome).Included);
        Assert.True(round.SumIsRight());
    }

    [Fact]
    public void SA_12_the_vector_of_somebody_who_shared_no_keys_is_refused()
    {
        RoundTerms terms = Malicious(5, 3);
        TamperedRound round = new TamperedRound(terms)
        {
            Tamper = message => message.Is(Phase.ShareKeys, 2) ? [] : message.Is(Phase.MaskedInput, 1) ? [message with { From = Party(2) }, message] : [message],
        }.Run();

        Assert.Contains(round.Incidents, item => item.Incident.Party == Party(2) && item.Incident.Code == FailureCodes.RoundClosed);
        Assert.True(round.SumIsRight());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    public void SA_19_uploads_that_stall_do_not_block_others_for_ever(int stalled)
    {
        RoundTerms terms = SemiHonest(9, 3).Chunked();
        TamperedRound round = new TamperedRound(terms)
        {
            // The first ones begin an upload before anybody else and never go on.
            Tamper = message => message.Is(Phase.MaskedInput, 0) && message.To.Value <= stalled ? [] : [message],
        }.Run();

        RoundOutcome.Completed completed = Assert.IsType<RoundOutcome.Completed>(round.Outcome);
        Assert.Equal(9 - stalled, completed.Included.Length);
        Assert.True(round.SumIsRight());
        Assert.True(round.Elapsed <= (stalled + 6) * terms.PhaseTimeout);
    }

    [Theory]
    [InlineData(Phase.AdvertiseKeys)]
    [InlineData(Phase.ShareKeys)]
    [InlineData(Phase.MaskedInput)]
    [InlineData(Phase.ConsistencyCheck)]
    [InlineData(Phase.Unmasking)]
    public void SA_19_one_participant_that_never_answers_in_a_phase_does_not_stop_the_round(Phase phase)
    {
        RoundTerms terms = Malicious(5, 3);
        TamperedRound round = new TamperedRound(terms) { Tamper = message => message.From == Party(2) && message.Phase >= phase ? [] : [message] }.Run();

        Assert.True(round.SumIsRight());
        Assert.True(round.Elapsed <= 8 * terms.PhaseTimeout);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void SA_19_a_coordinator_that_falls_silent_leaves_nobody_waiting(string protocol)
    {
        RoundTerms terms = (protocol == "secagg" ? Malicious(4, 3) : Plain(4)).Chunked();
        for (int silentFrom = 0; silentFrom < 30; silentFrom++)
        {
            int sent = 0, last = silentFrom;
            TamperedRound round = new TamperedRound(terms) { Tamper = message => message.From == PartyId.Coordinator && ++sent > last ? [] : [message] }.Run();

            Assert.Equal(5, round.Outcomes.Count);
        }
    }

    [Theory]
    [InlineData(5, 2, 1)]
    [InlineData(6, 100, 32767)]
    public void SA_16_the_sum_of_extremes_is_exact_at_the_least_modulus(int n, int length, long magnitude)
    {
        ResidueRing ring = new(ModulusSizing.SignedBits(n, magnitude));
        foreach (long extreme in new[] { -magnitude, magnitude })
        {
            ModularVector[] inputs = [.. Enumerable.Range(0, n).Select(_ => ModularVector.From(ring, Enumerable.Repeat(ring.Reduce(extreme), length).ToArray()))];
            RoundSetup setup = RoundSetup.Create(new RoundSetupOptions { Protection = new ProtectionChoice("secagg", ProtectionMode.Malicious), Seed = 1, Identities = TamperedRound.Identities }, inputs);

            RoundRun run = new RoundSimulation(setup.Protocol, setup.Terms, setup.Inputs).Run();

            Assert.All(Assert.IsType<RoundOutcome.Completed>(run.Outcome).Sum!.ToArray(), residue => Assert.Equal(n * extreme, ring.Centre(residue)));
        }

        FailureException refused = Assert.Throws<FailureException>(() => ModulusSizing.ThrowIfWraps(new ResidueRing(ring.Bits - 1), n, magnitude));
        Assert.Equal(FailureCodes.ModulusTooSmall, refused.Code);
    }

    [Fact]
    public void SA_16_an_input_of_another_ring_or_length_gets_no_machine()
    {
        RoundTerms terms = Malicious(3, 3);

        FailureException refused = Assert.Throws<FailureException>(() => new SecAggProtocol().CreateParticipant(terms, TamperedRound.InputsOf(terms with { Length = 11 }, Party(1))));

        Assert.Equal(FailureCodes.VectorDimensionMismatch, refused.Code);
    }

    [Fact]
    public void SA_19_an_upload_that_breaks_off_leaves_no_trace_and_gives_its_room_back_soon()
    {
        RoundTerms terms = Plain(4).Chunked();
        using IRoundMachine coordinator = AggregationProtocols.Get("plain-sum").CreateCoordinator(terms, SequentialLoop.Instance);
        DateTimeOffset start = DateTimeOffset.UnixEpoch, soon = start + (terms.PhaseTimeout / 12);
        Envelope[][] uploads = [.. terms.Cohort.Select(member => Messages(terms, member.Id))];
        coordinator.Start(start);
        foreach (Envelope[] upload in uploads) coordinator.Receive(upload[0], start);   // 1 and 2 get room
        coordinator.Receive(uploads[0][1], start);
        coordinator.Receive(uploads[0][2], start);
        foreach (Envelope chunk in uploads[1][1..]) coordinator.Receive(chunk, start);   // 2 is done, 3 gets its room
        RoundStep third = coordinator.Receive(uploads[2][1], start + (terms.PhaseTimeout / 24));

        RoundStep given = coordinator.Expire(soon);
        RoundStep late = coordinator.Receive(uploads[0][3], soon);
        foreach (Envelope chunk in uploads[2][2..]) coordinator.Receive(chunk, soon);
        RoundStep end = default;
        foreach (Envelope chunk in uploads[3][1..]) end = coordinator.Receive(chunk, soon);

        Assert.Equal(soon, third.Deadline);
        Assert.Equal(Party(4), Assert.Single(given.Outbound).To);
        Assert.Equal(start + (terms.PhaseTimeout / 8), given.Deadline);
        Assert.Equal(FailureCodes.RoundClosed, Assert.Single(late.Incidents).Code);
        RoundOutcome.Completed completed = Assert.IsType<RoundOutcome.Completed>(end.Outcome);
        Assert.Equal([Party(2), Party(3), Party(4)], completed.Included.ToArray());
        ModularVector expected = new(terms.Ring, terms.Length);
        foreach (PartyId party in completed.Included) expected.Add(VectorOf(terms, party));
        Assert.True(expected.SequenceEqual(completed.Sum!));
    }

    private static Envelope[] Messages(RoundTerms terms) => Messages(terms, Party(1));

    // The request for room and then the chunks.
    private static Envelope[] Messages(RoundTerms terms, PartyId self)
    {
        InputUpload upload = new(terms, self, VectorOf(terms, self));
        return [.. upload.First(), .. upload.Chunks()];
    }

    private static ModularVector VectorOf(RoundTerms terms, PartyId self)
    {
        ModularVector vector = new(terms.Ring, terms.Length);
        SeededRandomSource random = new((ulong)self.Value);
        for (int i = 0; i < vector.Length; i++) vector[i] = random.NextUInt64() & terms.Ring.Mask;
        return vector;
    }
}
