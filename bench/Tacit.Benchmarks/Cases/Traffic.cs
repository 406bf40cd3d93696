using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Benchmarks.Cohorts;
using Tacit.Benchmarks.Harness;
using Tacit.Cryptography.Hashing;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Rings;
using Tacit.Cryptography.Sharing;
using Tacit.Cryptography.Signatures;
using Tacit.Protocols.SecAgg;
using Tacit.Simulation.Rounds;

namespace Tacit.Benchmarks.Cases;

/// <summary>Bytes of one participant, counted on its real messages, against the formula of Bonawitz et al. 2017 on a graph.</summary>
internal sealed class Traffic : IBenchmark
{
    public string Name => "traffic";

    public string Summary => "bytes of one participant at n = 2^10, d = 2^20 against the formula, and the expansion of 16-bit inputs";

    public void Run(Section section, Options options)
    {
        ConfirmBySimulation();
        section.Note("two whole rounds of 128 participants, both modes: the bytes of every participant are exactly those of the messages counted here");
        foreach (ProtectionMode mode in Enum.GetValues<ProtectionMode>())
        {
            CohortOptions of = new(1 << 10, 1 << 20, mode);
            One(section, of);
            One(section, of.OfHundred());
        }
    }

    private static void One(Section section, CohortOptions of)
    {
        using PreparedCohort cohort = new(of);
        PartyId self = cohort.Survivors[of.Participants / 2];
        ParticipantTimes run = new ParticipantRun(cohort, self).Run();
        int signers = cohort.Terms.IsMalicious() ? cohort.Roster.HoldersOf(self).Count(holder => cohort.Survivors.BinarySearch(holder) >= 0) : 0;
        Section.Verify(run.Traffic == Messages(cohort.Terms, signers), $"{run.Traffic} bytes; the messages add up to {Messages(cohort.Terms, signers)}");

        ProtectionTerms protection = cohort.Terms.Protection;
        double plain = 2.0 * of.Length, formula = Formula(cohort.Terms);
        string mode = of.Mode == ProtectionMode.Malicious ? "malicious" : "semi-honest";
        string name = $"{mode}, k = {protection.Neighbours}, t = {protection.Threshold}, {of.Ring.Bits} bits";
        section.Add($"{name}: sent", run.Up, "bytes");
        section.Add($"{name}: received", run.Down, "bytes");
        section.Add($"{name}: formula", formula, "bytes");
        section.Add($"{name}: formula without the joint graph and signatures", Paper(cohort.Terms), "bytes");
        section.AtMost($"{name}: |measured / formula - 1|", 0.01, Math.Abs((run.Traffic / formula) - 1));
        section.AtMost($"{name}: expansion", 1.68, run.Traffic / plain);
    }

    /// <summary>2(k+1)·a_K + (5k+1)·a_S + ⌈d·b/8⌉: the paper's sum with k + 1 in place of n.</summary>
    private static double Paper(RoundTerms terms)
    {
        int k = terms.Protection.Neighbours;
        return (2.0 * (k + 1) * P256Point.EncodedBytes) + (((5.0 * k) + 1) * SeedSharing.ShareBytes) + BitPacking.PackedBytes(terms.Ring, terms.Length);
    }

    /// <summary>The paper's sum, n commitments and coins for the joint graph, and in malicious mode 2(k + 1) signatures.</summary>
    private static double Formula(RoundTerms terms)
    {
        double coins = terms.Cohort.Length * (double)(TranscriptHash.DigestBytes + GraphCoins.Bytes);
        double signatures = terms.IsMalicious() ? 2.0 * (terms.Protection.Neighbours + 1) * VerificationKey.SignatureBytes : 0;
        return Paper(terms) + coins + signatures;
    }

    /// <summary>Every message with every byte of framing.</summary>
    private static long Messages(RoundTerms terms, int signers)
    {
        const int Id = 4, Kind = 1, Count = 4, Header = EnvelopeCodec.HeaderBytes;
        long n = terms.Cohort.Length, k = terms.Protection.Neighbours, bitmap = (n + 7) / 8, bundle = KeyBundle.EncodedBytes(terms);
        long sealedShares = Header + Kind + Count + (k * (Id + SecAggKeySchedule.SealedShareBytes));
        long chunks = (terms.Length + terms.ResiduesPerChunk - 1) / terms.ResiduesPerChunk;
        long up = Header + Kind + bundle
            + Header + Kind + GraphCoins.Bytes
            + sealedShares + SealedShares.CommitmentBytes
            + (chunks > 1 ? Header + Kind : 0) + (chunks * (Header + Kind + 4)) + BitPacking.PackedBytes(terms.Ring, terms.Length)
            + Header + Kind + Count + (k * (Id + 1 + SeedSharing.ShareBytes));
        long down = Header + Kind + Count + (n * (Id + TranscriptHash.DigestBytes))
            + Header + Kind + bitmap + (n * GraphCoins.Bytes)
            + Header + Kind + Count + (k * (Id + bundle))
            + sealedShares
            + (chunks > 1 ? Header + Kind : 0)
            + Header + Kind + (2 * bitmap) + Count + (signers * (Id + VerificationKey.SignatureBytes));
        if (terms.IsMalicious()) (up, down) = (up + Header + Kind + VerificationKey.SignatureBytes, down + Header + Kind + bitmap);
        return up + down;
    }

    private static void ConfirmBySimulation()
    {
        foreach (ProtectionMode mode in Enum.GetValues<ProtectionMode>())
        {
            CohortOptions of = new(128, 1 << 10, mode);
            ModularVector[] inputs = [.. Enumerable.Range(0, of.Participants).Select(_ => new ModularVector(of.Ring, of.Length))];
            RoundSetup setup = RoundSetup.Create(new RoundSetupOptions { Protection = of.Choice, Seed = 3 }, inputs);
            RoundRun run = new RoundSimulation(setup.Protocol, setup.Terms, setup.Inputs).Run();
            Section.Verify(run.Outcome is RoundOutcome.Completed, "the round completes");
            long expected = Messages(setup.Terms, setup.Terms.IsMalicious() ? setup.Terms.Protection.Neighbours : 0);
            Section.Verify(run.Traffic.Values.All(traffic => traffic.Total == expected), "bytes of everybody in a whole round");
        }
    }
}
