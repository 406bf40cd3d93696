using Tacit.Benchmarks.Harness;
using Tacit.Benchmarks.Peers;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;

namespace Tacit.Benchmarks.Cases;

/// <summary>Mask expansion fused with modular addition, against OpenSSL's bare AES-128-CTR.</summary>
internal sealed class Masks : IBenchmark
{
    /// <summary>A participant with k = 100 neighbours: a mask with each and one of its own.</summary>
    public const int Count = 101;

    private const int BlockBytes = 16 * 1024;
    private const long MostPeerBytes = 1L << 29;

    public string Name => "masks";

    public string Summary => "expand and add 101 masks, against OpenSSL AES-128-CTR, OpenSSL then add, and memory";

    public void Run(Section section, Options options)
    {
        double? speed = OpenSslSpeed.Aes128Ctr();
        if (speed is { } rate) section.Add("openssl speed -evp aes-128-ctr -bytes 16384", rate / 1e9, "GB/s");
        else section.Note("the program openssl was not found: no cross-check of the bare rate");
        if (!LibCrypto.IsPresent) section.Note("libcrypto was not found: no ratios");

        int[] logs = options.Quick ? [12, 16, 20] : [12, 14, 16, 18, 20, 22, 24];
        foreach (int bits in (int[])[16, 26, 40])
        {
            foreach (int log in logs) One(section, options, new ResidueRing(bits), log);
        }

        Memory(section, options);
        Threads(section, options);
    }

    public static MaskTerm[] Terms(int count)
    {
        byte[] key = new byte[16];
        var terms = new MaskTerm[count];
        for (int i = 0; i < count; i++)
        {
            key[0] = (byte)i;
            key[1] = (byte)(i >> 8);
            terms[i] = new MaskTerm(Keystream.FromKey(key), subtract: i % 2 == 1);
        }

        return terms;
    }

    private static void One(Section section, Options options, ResidueRing ring, int log)
    {
        int d = 1 << log;
        ModularVector target = new(ring, d);
        MaskTerm[] masks = Terms(Count);
        VerifyAgainstLibCrypto(ring);
        double bytes = (double)target.Bytes.Length * Count;
        Timed product = new("product", () => MaskExpansion.Accumulate(target, masks, SequentialLoop.Instance));
        string name = $"{ring.Bits} bits, d = 2^{log}";
        if (!LibCrypto.IsPresent)
        {
            section.Add($"{name}: product", bytes / Timing.InTurns(options.Repeats, product)[0].Median / 1e9, "GB/s");
            return;
        }

        using LibCrypto.Aes128Ctr openssl = new(new byte[16]);
        byte[] zeros = new byte[BlockBytes], scratch = new byte[BlockBytes];
        long peerBytes = Math.Min((long)bytes, MostPeerBytes) / BlockBytes * BlockBytes;
        ModularVector mask = new(ring, Math.Min(d, BlockBytes / ring.LaneBytes));
        ModularVector sum = new(ring, mask.Length);
        Samples[] times = Timing.InTurns(
            options.Repeats,
            product,
            new Timed("bare", () =>
            {
                for (long done = 0; done < peerBytes; done += BlockBytes) openssl.Update(zeros, scratch);
            }),
            new Timed("then add", () =>
            {
                for (long done = 0; done < peerBytes; done += mask.Bytes.Length)
                {
                    openssl.Update(zeros.AsSpan(0, mask.Bytes.Length), mask.Bytes);
                    sum.Add(mask);
                }
            }));
        double ours = bytes / times[0].Median, bare = peerBytes / times[1].Median, thenAdd = peerBytes / times[2].Median;
        section.Add($"{name}: product", ours / 1e9, "GB/s");
        section.Add($"{name}: OpenSSL bare", bare / 1e9, "GB/s");
        section.Add($"{name}: OpenSSL then add, tiled", thenAdd / 1e9, "GB/s");
        section.AtLeast($"{name}: product / OpenSSL bare", 0.95, ours / bare);
        section.AtLeast($"{name}: product / OpenSSL then add", 1.15, ours / thenAdd);
        foreach (MaskTerm term in masks) term.Stream.Dispose();
    }

    // Residues of a mask that OpenSSL expands, lane by lane, at a length that is no multiple of anything.
    private static void VerifyAgainstLibCrypto(ResidueRing ring)
    {
        if (!LibCrypto.IsPresent) return;
        const int Length = 5_003;
        byte[] key = [.. Enumerable.Range(7, 16).Select(i => (byte)i)];
        byte[] stream = new byte[Length * ring.LaneBytes];
        using LibCrypto.Aes128Ctr openssl = new(key);
        openssl.Update(new byte[stream.Length], stream);
        ModularVector vector = new(ring, Length);
        using Keystream ours = Keystream.FromKey(key);
        MaskExpansion.Accumulate(vector, new[] { new MaskTerm(ours, subtract: true) }, SequentialLoop.Instance);
        for (int i = 0; i < Length; i++)
        {
            ulong lane = 0;
            for (int b = ring.LaneBytes - 1; b >= 0; b--) lane = (lane << 8) | stream[(i * ring.LaneBytes) + b];
            Section.Verify(vector[i] == ring.Reduce(unchecked(-(long)lane)), $"residue {i} of a mask");
        }
    }

    private static void Memory(Section section, Options options)
    {
        ResidueRing ring = new(26);
        ModularVector sum = new(ring, 1 << 20);
        ModularVector[] uploads = [.. Enumerable.Range(0, 16).Select(_ => new ModularVector(ring, 1 << 20))];
        Samples time = Timing.InTurns(options.Repeats, new Timed("running add", () =>
        {
            foreach (ModularVector upload in uploads) sum.Add(upload);
        }))[0];
        section.Add("running add of 16 vectors of 4 MiB, d = 2^20", 16.0 * sum.Bytes.Length / time.Median / 1e9, "GB/s");
    }

    private static void Threads(Section section, Options options)
    {
        if (Environment.ProcessorCount < 2)
        {
            section.Note("one core: nothing to say about two threads");
            return;
        }

        using TwoThreads two = new();
        ModularVector a = new(new ResidueRing(26), 1 << 20), b = new(new ResidueRing(26), 1 << 20);
        MaskTerm[] masks = Terms(Count);
        Samples[] times = Timing.InTurnsByWallClock(
            options.ManyRepeats,
            new Timed("one", () => MaskExpansion.Accumulate(a, masks, SequentialLoop.Instance)),
            new Timed("two", () => MaskExpansion.Accumulate(b, masks, two)));
        a.Clear();
        b.Clear();
        MaskExpansion.Accumulate(a, masks, SequentialLoop.Instance);
        MaskExpansion.Accumulate(b, masks, two);
        Section.Verify(a.SequenceEqual(b), "two threads give what one gives");
        section.Add("26 bits, d = 2^20: one thread, wall clock", times[0], "ms");
        section.Add("26 bits, d = 2^20: two threads, wall clock", times[1], "ms");
        section.AtLeast("two threads / one, wall clock, medians", 1.8, times[0].Median / times[1].Median);
        section.Add("two threads / one, wall clock, least samples", times[0].Least / times[1].Least, "x");
    }
}
