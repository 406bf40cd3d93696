using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Protocols;
using Tacit.Protocols.SharedMask;
using Tacit.Simulation.Conformance;
using Tacit.Simulation.Networks;
using Tacit.Simulation.Rounds;
using Xunit;

namespace Tacit.Tests.Protocols;

public sealed class SharedMaskTests
{
    private static readonly SharedMaskProtocol protocol = new(new SharedMaskOptions());

    [Fact]
    public void Every_participant_learns_the_exact_sum_for_every_size_and_ring()
    {
        foreach (int n in Enumerable.Range(2, 12).Append(33))
        {
            ConformanceResult result = ProtocolConformance.Check(Scenario(n) with { Bits = 1 + (n * 5 % 64), ChunkBytes = n % 3 == 0 ? 64 : 65536, ExtraResidues = 3 + (40 * (n % 3)) });

            Assert.Empty(result.Violations);
            Assert.Null(Assert.IsType<RoundOutcome.Completed>(result.Run.Outcome).Sum);
            Assert.Equal(n, result.Run.Participants.Values.OfType<RoundOutcome.Completed>().Count(completed => completed.Sum is not null));
        }
    }

    // The coordinator is shown nothing but keys, commitments, sealed bytes and masked vectors: no input, no sum.
    [Fact]
    public void The_coordinator_never_sees_an_unmasked_sum()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            RoundSetup setup = Setup(3, seed, length: 40);
            ulong[][] plain = [.. setup.Inputs.Select(input => input.Vector.ToArray())];
            ulong[] sum = [.. Enumerable.Range(0, 40).Select(i => unchecked(plain[0][i] + plain[1][i] + plain[2][i]))];
            CoordinatorView view = new();
            RoundRun run = new RoundSimulation(protocol, setup.Terms, setup.Inputs) { Seed = seed, Observers = [view] }.Run();

            Assert.Equal(sum, Assert.IsType<RoundOutcome.Completed>(run.Participants[new PartyId(1)]).Sum!.ToArray());
            Assert.Equal(9, view.Received.Count);
            foreach (ulong[] secret in plain.Append(sum)) Assert.DoesNotContain(view.Words, word => secret.Contains(word));   // 64 random bits: by chance below 1e-12
        }
    }

    // The formulas of docs/protocols/shared-mask.md; 62 bytes of envelope.
    [Theory]
    [InlineData(2, 16)]
    [InlineData(9, 272)]
    public void Traffic_is_what_the_documentation_says(int n, int length)
    {
        RoundSetup setup = Setup(n, 1, length);

        RoundRun run = new RoundSimulation(protocol, setup.Terms, setup.Inputs).Run();

        foreach (RoundTraffic traffic in run.Traffic.Values)
        {
            Assert.Equal((3 * 62) + 98 + 1 + ((n - 1) * 48) + 5 + (8 * length), traffic.Up);
            Assert.Equal((3 * 62) + 1 + (97 * n) + 1 + ((n - 1) * 48) + 1 + (8 * length), traffic.Down);
        }
    }

    [Fact]
    public void Noise_of_the_coordinator_reaches_all_participants_alike()
    {
        SharedMaskProtocol noisy = new(new SharedMaskOptions { Noise = sum => sum[0] = unchecked(sum[0] + 1000) });
        RoundSetup setup = Setup(4, 1, length: 3);
        ulong[][] plain = [.. setup.Inputs.Select(input => input.Vector.ToArray())];

        RoundRun run = new RoundSimulation(noisy, setup.Terms, setup.Inputs).Run();

        foreach (RoundOutcome outcome in run.Participants.Values)
        {
            ulong[] learned = Assert.IsType<RoundOutcome.Completed>(outcome).Sum!.ToArray();
            Assert.Equal(unchecked(plain.Aggregate(1000UL, (total, x) => total + x[0])), learned[0]);
            Assert.Equal(unchecked(plain.Aggregate(0UL, (total, x) => total + x[1])), learned[1]);
        }
    }

    [Theory]
    [InlineData(Phase.AdvertiseKeys)]
    [InlineData(Phase.ShareKeys)]
    [InlineData(Phase.MaskedInput)]
    public void A_participant_that_falls_silent_ends_the_round_by_name_and_it_runs_again_without_it(Phase phase)
    {
        FaultPlan faults = new() { Crashes = ImmutableDictionary<PartyId, Phase>.Empty.Add(new PartyId(3), phase) };

        ConformanceResult lost = ProtocolConformance.Check(Scenario(4) with { Faults = faults });
        ConformanceResult again = ProtocolConformance.Check(Scenario(3) with { Seed = 77 });

        RoundOutcome.Aborted aborted = Assert.IsType<RoundOutcome.Aborted>(lost.Run.Outcome);
        Assert.Equal(FailureCodes.CohortBelowThreshold, aborted.Reason);
        Assert.Equal(new PartyId(3), Assert.Single(aborted.Culprits));
        Assert.Contains("secagg-plus", aborted.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(lost.Run.Participants.Values, outcome => outcome is RoundOutcome.Completed);
        Assert.Empty(again.Violations);
    }

    [Fact]
    public void Every_schedule_of_faults_ends_with_the_right_sum_or_a_reason()
    {
        for (ulong seed = 1; seed <= 150; seed++)
        {
            double p = 0.02 * (seed % 5);
            ConformanceResult result = ProtocolConformance.Check(Scenario(2 + (int)(seed % 6)) with
            {
                Seed = seed,
                ChunkBytes = seed % 2 == 0 ? 64 : 65536,
                ExtraResidues = 30,
                Faults = new FaultPlan { LossProbability = p / 2, DuplicateProbability = p, DelayProbability = p, CorruptionProbability = p, CrashProbability = p / 4 },
            });

            // A bit flipped in a masked vector is a wrong sum: a coordinator or a network that changes bytes is not in the threat model.
            if (p == 0) Assert.Empty(result.Violations);
        }
    }

    [Fact]
    public void Altered_contributions_and_other_rosters_are_found_out()
    {
        foreach ((Phase phase, byte kind) in new[] { (Phase.ShareKeys, (byte)SharedMaskKind.Contributions), (Phase.AdvertiseKeys, (byte)SharedMaskKind.Roster) })
        {
            RoundSetup setup = Setup(3, 5, length: 4);
            IRoundMachine[] machines = [.. setup.Inputs.Select(input => protocol.CreateParticipant(setup.Terms, input))];
            RoundOutcome? outcome = HandDriven.Run(setup.Terms, protocol.CreateCoordinator(setup.Terms, SequentialLoop.Instance), machines, message =>
            {
                if (message.From != PartyId.Coordinator || message.To != new PartyId(2) || message.Phase != phase) return message;
                byte[] altered = message.Payload.ToArray();
                Assert.Equal(kind, altered[0]);
                altered[^1] ^= 1;   // of the last commitment, or of a seal
                return message with { Payload = altered };
            }, new PartyId(2));

            RoundOutcome.Aborted aborted = Assert.IsType<RoundOutcome.Aborted>(outcome);
            Assert.Contains(aborted.Reason, new[] { FailureCodes.ShareDecryptionFailed, FailureCodes.InvalidShare });
        }
    }

    [Fact]
    public void Parties_with_other_parts_of_the_vector_do_not_agree_on_keys()
    {
        RoundSetup setup = Setup(2, 5, length: 4);
        SharedMaskProtocol other = new(new SharedMaskOptions { Segments = [new MaskSegment("sums", 3), new MaskSegment("counts", 1)] });
        IRoundMachine[] machines = [protocol.CreateParticipant(setup.Terms, setup.Inputs[0]), other.CreateParticipant(setup.Terms, setup.Inputs[1])];

        RoundOutcome? outcome = HandDriven.Run(setup.Terms, protocol.CreateCoordinator(setup.Terms, SequentialLoop.Instance), machines, message => message, new PartyId(1));

        Assert.Equal(FailureCodes.ShareDecryptionFailed, Assert.IsType<RoundOutcome.Aborted>(outcome).Reason);
    }

    [Fact]
    public void Terms_that_it_does_not_protect_are_refused()
    {
        RoundTerms good = Setup(3, 1, length: 4).Terms;
        ProtectionTerms all = good.Protection;

        foreach (RoundTerms bad in new[]
        {
            good with { Protocol = "secagg" },
            good with { Protection = all with { Mode = ProtectionMode.Malicious } },
            good with { Protection = all with { Threshold = 2 } },
            good with { Protection = all with { Neighbours = 1 } },
            good with { Length = 1 << 23 },
            good with { Cohort = [good.Cohort[0]], MinimumCohort = 1 },
        })
        {
            Assert.Equal(FailureCodes.InvalidValue, Assert.Throws<FailureException>(() => protocol.Validate(bad)).Code);
        }

        protocol.Validate(good);
        Assert.Throws<FailureException>(() => new SharedMaskProtocol(new SharedMaskOptions { Segments = [new MaskSegment("a", 3)] }).Validate(good));
        Assert.Throws<FailureException>(() => new SharedMaskProtocol(new SharedMaskOptions { Segments = [new MaskSegment("a", 2), new MaskSegment("a", 2)] }).Validate(good));
    }

    [Fact]
    public void Hostile_bytes_never_throw()
    {
        SeededRandomSource random = new(8);
        RoundTerms terms = Setup(3, 1, length: 4).Terms;
        for (int i = 0; i < 3000; i++)
        {
            byte[] bytes = new byte[random.NextIndex(400)];
            random.Fill(bytes);
            if (bytes.Length > 0) bytes[0] = (byte)(60 + random.NextIndex(6));
            SharedMaskBundle.TryDecode(new PartyId(1), bytes, out _);
            SharedMaskRoster.TryDecode(terms, bytes, out _);
            SealedContributions.TryDecode(terms, bytes, out _);
            MaskedSumMessage.TryDecode(terms, bytes, out _);
        }
    }

    private static ConformanceScenario Scenario(int n) => new() { Instance = protocol, Protection = new ProtectionChoice(SharedMaskProtocol.ProtocolName, ProtectionMode.SemiHonest), Participants = n, Seed = (ulong)n };

    private static RoundSetup Setup(int n, ulong seed, int length)
    {
        SeededRandomSource random = new(seed, "inputs");
        ResidueRing ring = new(64);
        return RoundSetup.Create(
            new RoundSetupOptions { Instance = protocol, Protection = new ProtectionChoice(SharedMaskProtocol.ProtocolName, ProtectionMode.SemiHonest), Seed = seed },
            [.. Enumerable.Range(0, n).Select(_ => ModularVector.From(ring, [.. Enumerable.Range(0, length).Select(_ => random.NextUInt64())]))]);
    }

    // Everything that reaches the coordinator, read as 64-bit words at every byte.
    private sealed class CoordinatorView : IRoundObserver
    {
        public List<byte[]> Received { get; } = [];

        public HashSet<ulong> Words { get; } = [];

        public void Delivered(Envelope message)
        {
            if (message.To != PartyId.Coordinator) return;
            byte[] payload = message.Payload.ToArray();
            Received.Add(payload);
            for (int i = 0; i + 8 <= payload.Length; i++) Words.Add(BitConverter.ToUInt64(payload, i));
        }

        public void Stepped(PartyId party, RoundStep step)
        {
            if (party == PartyId.Coordinator && step.Outcome is RoundOutcome.Completed completed) Assert.Null(completed.Sum);
        }
    }
}
