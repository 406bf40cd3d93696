using System.Reflection;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Learning.Clustering;
using Tacit.Protocols;
using Tacit.Protocols.PlainSum;
using Tacit.Protocols.SharedMask;
using Tacit.Simulation.Clustering;
using Tacit.Simulation.Rounds;
using Xunit;

namespace Tacit.Tests.Attacks.Clustering;

/// <summary>Audits of the masks of clustering rounds, each with a weakened build that the same audit refuses.</summary>
public sealed class ClusterMaskAuditTests
{
    private const int Residues = 40_000;

    // χ² of bytes with 255 degrees of freedom is above 430 with p < 1e-10, here for two dozen vectors.
    private const double Bound = 430;

    [Fact]
    public void Masks_are_uniform_and_those_below_a_bound_are_not()
    {
        SharedMaskKeys[] keys = LocalMaskKeys.Agree(3, new SeededRandomSource(1));
        foreach (SharedMaskKeys mine in keys)
        {
            foreach ((string label, long round) in new[] { ("sums", 0L), ("sums", 1L), ("counts", 0L) })
            {
                byte[] mask = Bytes(Mask(mine, label, round));
                for (int place = 0; place < 8; place++) Assert.InRange(ChiSquare([.. mask.Where((_, i) => i % 8 == place)]), 0, Bound);
            }
        }

        // The published code's masks: [0, 2³¹), added without a modulus.
        SeededRandomSource random = new(2);
        byte[] weakened = [.. Enumerable.Range(0, Residues).SelectMany(_ => BitConverter.GetBytes(random.NextUInt64() >> 33))];
        Assert.Contains(Enumerable.Range(0, 8), place => ChiSquare([.. weakened.Where((_, i) => i % 8 == place)]) > Bound);
    }

    [Fact]
    public void Masks_of_rounds_and_of_parts_have_nothing_in_common_and_reused_ones_do()
    {
        SharedMaskKeys[] keys = LocalMaskKeys.Agree(2, new SeededRandomSource(1)), other = LocalMaskKeys.Agree(2, new SeededRandomSource(2));
        ModularVector mask = Mask(keys[0], "sums", 0);

        foreach (ModularVector another in new[] { Mask(keys[0], "sums", 1), Mask(keys[0], "counts", 0), Mask(keys[1], "sums", 0), Mask(other[0], "sums", 0) })
        {
            Assert.InRange(ChiSquare(Bytes(Difference(mask, another))), 0, Bound);
        }

        Assert.Throws<InvalidOperationException>(() => Mask(keys[0], "sums", 0));
        Assert.True(ChiSquare(Bytes(Difference(mask, Mask(LocalMaskKeys.Agree(2, new SeededRandomSource(1))[0], "sums", 0)))) > Bound);   // one mask twice: the difference of two inputs is open
    }

    [Fact]
    public void The_same_session_gives_the_same_masks_and_they_cancel_but_for_the_groups()
    {
        SharedMaskKeys[] keys = LocalMaskKeys.Agree(5, new SeededRandomSource(7)), again = LocalMaskKeys.Agree(5, new SeededRandomSource(7));
        ModularVector sum = new(ClusteringSchedule.Ring, Residues);
        for (int i = 0; i < 5; i++)
        {
            ModularVector mask = Mask(keys[i], "sums", 3);
            Assert.True(mask.SequenceEqual(Mask(again[i], "sums", 3)));
            sum.Add(mask);
        }

        Assert.InRange(ChiSquare(Bytes(sum)), 0, Bound);   // what the server adds up is uniform to it
        for (int i = 0; i < 5; i++)
        {
            ModularVector opened = new(ClusteringSchedule.Ring, Residues);
            opened.Add(sum);
            keys[i].Unmask(opened, "sums", 3, SequentialLoop.Instance);
            Assert.All(opened.ToArray(), x => Assert.Equal(0UL, x));
        }
    }

    [Fact]
    public void The_server_holds_no_key_and_the_public_seed_gives_no_mask()
    {
        HashSet<Type> reached = [];
        void Walk(Type type)
        {
            if (!reached.Add(type) || type.Assembly.GetName().Name?.StartsWith("Tacit", StringComparison.Ordinal) != true) return;
            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)) Walk(field.FieldType);
        }

        Walk(typeof(Server));
        Assert.DoesNotContain(typeof(SharedMaskKeys), reached);
        Assert.DoesNotContain(typeof(Tacit.Cryptography.Secrets.SecretBytes), reached);
        Assert.Contains(typeof(ClusteringParams), reached);   // the walk works: the public seed is there

        ClusteringParams job = ClusteringParams.FastLloyd with { Clusters = 2, Dimension = 1, DataSize = 100 };
        SharedMaskKeys[] one = LocalMaskKeys.Agree(2, new SeededRandomSource(1)), other = LocalMaskKeys.Agree(2, new SeededRandomSource(2));
        Assert.NotEqual(new MaskedClient(0, [0.5f], job, one[0]).Step().Sums.ToArray(), new MaskedClient(0, [0.5f], job, other[0]).Step().Sums.ToArray());
    }

    // 1200 uploads of a client whose points are all at one of two places: does any byte tell which? |z| > 7.5 has p < 7e-14 a byte.
    [Fact]
    public void No_byte_of_an_upload_tells_where_the_points_are_and_without_masks_many_do()
    {
        ClusteringParams job = ClusteringParams.FastLloyd with { Clusters = 2, Dimension = 2, DataSize = 100 };
        SeededRandomSource coins = new(3);
        ByteAudit masked = new(), open = new();
        for (int i = 0; i < 1200; i++)
        {
            bool left = coins.NextUInt64() % 2 == 0;
            float[] values = [.. Enumerable.Range(0, 40).Select(_ => left ? -0.4f : 0.6f)];
            SharedMaskKeys[] keys = LocalMaskKeys.Agree(2, coins);
            ClusterUpload hidden = new MaskedClient(i % 2, values, job, keys[i % 2]).Step(), plain = new UnmaskedClient(0, values, job).Step();
            masked.Add(left, [.. Bytes(hidden.Sums), .. Bytes(hidden.Counts)]);
            open.Add(left, [.. Bytes(plain.Sums), .. Bytes(plain.Counts)]);
        }

        Assert.InRange(masked.Largest, 0, 7.5);
        Assert.True(open.Largest > 7.5);
    }

    // The same for everything that reaches the coordinator in a round, keys and sealed bytes included.
    [Fact]
    public void No_byte_on_the_wire_tells_an_input_and_without_masks_some_do()
    {
        Assert.InRange(Wire(new SharedMaskProtocol(new SharedMaskOptions()), SharedMaskProtocol.ProtocolName), 0, 7.5);
        Assert.True(Wire(new PlainSumProtocol(), PlainSumProtocol.ProtocolName) > 7.5);
    }

    private static double Wire(IAggregationProtocol protocol, string name)
    {
        SeededRandomSource coins = new(4);
        ByteAudit audit = new();
        for (ulong i = 0; i < 500; i++)
        {
            bool large = coins.NextUInt64() % 2 == 0;
            ModularVector[] inputs = [ModularVector.From(new ResidueRing(64), [large ? 90_000UL : 10UL, 5]), ModularVector.From(new ResidueRing(64), [100, 6])];
            RoundSetup setup = RoundSetup.Create(new RoundSetupOptions { Instance = protocol, Protection = new ProtectionChoice(name, ProtectionMode.SemiHonest), Seed = i }, inputs);
            Capture capture = new();
            new RoundSimulation(protocol, setup.Terms, setup.Inputs) { Seed = 1, Observers = [capture] }.Run();
            audit.Add(large, [.. capture.Messages.OrderBy(m => m.Phase).ThenBy(m => m.From).SelectMany(m => m.Payload.ToArray())]);
        }

        return audit.Largest;
    }

    private static ModularVector Mask(SharedMaskKeys keys, string label, long round)
    {
        ModularVector mask = new(ClusteringSchedule.Ring, Residues);
        keys.Mask(mask, label, round, SequentialLoop.Instance);
        return mask;
    }

    private static ModularVector Difference(ModularVector a, ModularVector b)
    {
        ModularVector difference = new(a.Ring, a.Length);
        difference.Add(a);
        difference.Subtract(b);
        return difference;
    }

    private static byte[] Bytes(ModularVector vector) => [.. vector.ToArray().SelectMany(BitConverter.GetBytes)];

    private static double ChiSquare(byte[] bytes)
    {
        int[] seen = new int[256];
        foreach (byte b in bytes) seen[b]++;
        double expected = bytes.Length / 256.0;
        return seen.Sum(s => (s - expected) * (s - expected) / expected);
    }

    private sealed class Capture : IRoundObserver
    {
        public List<Envelope> Messages { get; } = [];

        public void Delivered(Envelope message)
        {
            if (message.To == PartyId.Coordinator) Messages.Add(message);
        }

        public void Stepped(PartyId party, RoundStep step)
        {
        }
    }

    // For each byte the difference of its means under the two secrets, in standard errors.
    private sealed class ByteAudit
    {
        private readonly List<byte[]>[] payloads = [[], []];

        public double Largest => Enumerable.Range(0, payloads[0][0].Length).Max(Score);

        public void Add(bool secret, byte[] payload) => payloads[secret ? 1 : 0].Add(payload);

        private double Score(int place)
        {
            (double mean0, double error0) = Of(payloads[0], place);
            (double mean1, double error1) = Of(payloads[1], place);
            double error = Math.Sqrt(error0 + error1);
            return mean0 == mean1 ? 0 : error == 0 ? double.PositiveInfinity : Math.Abs(mean0 - mean1) / error;
        }

        private static (double Mean, double Error) Of(List<byte[]> all, int place)
        {
            double mean = all.Average(p => (double)p[place]);
            return (mean, all.Sum(p => Math.Pow(p[place] - mean, 2)) / all.Count / all.Count);
        }
    }
}
