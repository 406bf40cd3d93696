using Tacit.Aggregation.Rounds;
using Tacit.Benchmarks.Cohorts;
using Tacit.Benchmarks.Harness;
using Tacit.Benchmarks.Peers;
using Tacit.Cryptography.Encryption;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Protocols.SecAgg;

namespace Tacit.Benchmarks.Cases;

/// <summary>Everything that one SecAgg+ participant computes in a round.</summary>
internal sealed class OneClient : IBenchmark
{
    private const double TargetMilliseconds = 60;
    private const double TargetRate = 11e9;
    private const int BareBlock = 16 * 1024;
    private const int BareBytes = 1 << 28;   // about as long as one run

    public string Name => "client";

    public string Summary => "a SecAgg+ participant, n = 1,000, k = 100, d = 2^20 of 16-bit values: its whole machine";

    public void Run(Section section, Options options)
    {
        if (!LibCrypto.IsPresent) section.Note("libcrypto was not found: the limit is not scaled to this machine");
        CohortOptions semiHonest = new CohortOptions(1_000, 1 << 20).OfHundred(), malicious = semiHonest with { Mode = ProtectionMode.Malicious };
        Measure(section, options, semiHonest, "semi-honest");
        Measure(section, options, malicious, "malicious, keys prepared at enrolment", enrolled: true);
        Measure(section, options, malicious, "malicious, keys just read");
        Parts(section, options);
    }

    // The machine's rate is measured in turns with the runs that it is to scale.
    private static void Measure(Section section, Options harness, CohortOptions options, string name, bool enrolled = false)
    {
        using PreparedCohort cohort = new(options);
        ParticipantRun run = new(cohort, cohort.Survivors[options.Participants / 2]) { Enrolled = enrolled };
        if (enrolled) section.Add($"{name}: {options.Participants:N0} keys prepared, once", run.Enrolment * 1e3, "ms");
        for (int i = 0; i < (harness.Quick ? 2 : 6); i++) run.Run();
        List<ParticipantTimes> runs = [];
        List<double> bare = [];
        for (int i = 0; i < harness.Repeats; i++)
        {
            if (LibCrypto.IsPresent) bare.Add(BareSeconds());
            runs.Add(run.Run());
        }

        for (int i = 0; i < runs[0].Steps.Length; i++)
        {
            section.Add($"{name}: {runs[0].Steps[i].Step}", new Samples(runs.Select(r => r.Steps[i].Seconds)), "ms");
        }

        double limit = TargetMilliseconds;
        if (bare.Count > 0)
        {
            double rate = BareBytes / new Samples(bare).Median;
            limit *= TargetRate / rate;
            section.Add($"{name}: OpenSSL AES-128-CTR, bare, in turns with it", rate / 1e9, "GB/s");
        }

        Samples total = new(runs.Select(r => r.Total));
        section.Add($"{name}: total", total, "ms");
        section.AtMost($"{name}: total, n = 1,000, k = 100, d = 2^20, {options.Ring.Bits} bits", limit, total.Median * 1e3, "ms");
    }

    private static double BareSeconds()
    {
        using LibCrypto.Aes128Ctr openssl = new(new byte[16]);
        byte[] zeros = new byte[BareBlock], scratch = new byte[BareBlock];
        return Timing.Once(() =>
        {
            for (int i = 0; i < BareBytes / BareBlock; i++) openssl.Update(zeros, scratch);
        });
    }

    // What the totals are made of, each measured alone.
    private static void Parts(Section section, Options options)
    {
        using PreparedCohort cohort = new(new CohortOptions(1_000, 1 << 20).OfHundred());
        ResidueRing ring = cohort.Terms.Ring;
        ModularVector vector = new(ring, 1 << 20);
        MaskTerm[] masks = Masks.Terms(Masks.Count);
        using AgreementKey own = AgreementKey.Create(SystemRandomSource.Instance), peer = AgreementKey.Create(SystemRandomSource.Instance);
        byte[] secret = new byte[32], encoded = peer.PublicPoint.Encoded.ToArray(), packed = new byte[BitPacking.PackedBytes(ring, vector.Length)];
        byte[] key = new byte[32], salt = new byte[32], pair = new byte[SharePair.Bytes], sealedPair = new byte[SecAggKeySchedule.SealedShareBytes];
        Timed[] parts =
        [
            new("101 masks of 2^20 in 32-bit lanes", () => MaskExpansion.Accumulate(vector, masks, SequentialLoop.Instance)),
            new("200 agreements", () => Repeat(200, () => own.Agree(peer.PublicPoint, secret))),
            new("301 key derivations", () => Repeat(301, () => KeyDerivation.Derive(secret, salt, "benchmark/1", salt.AsSpan(0, 8), key))),
            new("100 sealings and 100 openings", () => Repeat(100, () =>
            {
                AuthenticatedEncryption.Seal(key, salt.AsSpan(0, 12), pair, salt.AsSpan(0, 8), sealedPair);
                AuthenticatedEncryption.TryOpen(key, salt.AsSpan(0, 12), sealedPair, salt.AsSpan(0, 8), pair);
            })),
            new("200 point checks", () => Repeat(200, () => P256Point.TryRead(encoded, out _))),
            new("two secrets split", () => HeldShares.Split(cohort.SecretsOf(new PartyId(1)), 67, cohort.Roster.HoldersOf(new PartyId(1))).Dispose()),
            new("1,000 coin commitments checked", () =>
            {
                foreach ((PartyId owner, byte[] coins) in cohort.Revealed) GraphCoins.Commit(cohort.Terms, owner, coins);
            }),
            new("session digest and graph drawn", () => cohort.Commitments.Draw(cohort.Terms, cohort.Revealed)),
            new("packing 2^20 residues of 26 bits", () => BitPacking.Pack(vector, 0, vector.Length, packed)),
        ];
        Samples[] times = Timing.InTurns(options.Repeats, parts);
        for (int i = 0; i < parts.Length; i++) section.Add($"part: {parts[i].Name}", times[i], "ms");
    }

    private static void Repeat(int count, Action body)
    {
        for (int i = 0; i < count; i++) body();
    }
}
