using System.Security.Cryptography;
using Tacit.Benchmarks.Harness;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Sharing;

namespace Tacit.Benchmarks.Cases;

/// <summary>Splitting and rebuilding one 32-byte secret.</summary>
internal sealed class Shamir : IBenchmark
{
    private const int Threshold = 67;
    private const int Holders = 100;

    public string Name => "shamir";

    public string Summary => "split a 32-byte secret 67 of 100, and put it together";

    public void Run(Section section, Options options)
    {
        byte[] secret = RandomNumberGenerator.GetBytes(SeedSharing.SecretBytes), rebuilt = new byte[SeedSharing.SecretBytes];
        uint[] points = [.. Enumerable.Range(1, Holders).Select(i => (uint)(10 * i))];
        byte[] shares = new byte[Holders * SeedSharing.ShareBytes];
        uint[] some = points[(Holders - Threshold)..];
        Samples[] times = Timing.InTurns(
            options.ManyRepeats,
            new Timed("split", () => SeedSharing.Split(secret, Threshold, points, SystemRandomSource.Instance, shares)),
            new Timed("reconstruct", () => SeedSharing.TryReconstruct(Threshold, some, shares.AsSpan((Holders - Threshold) * SeedSharing.ShareBytes), rebuilt)),
            new Timed("reconstruct and check", () => SeedSharing.TryReconstruct(Threshold, points, shares, rebuilt)));
        Section.Verify(rebuilt.AsSpan().SequenceEqual(secret), "the secret from 100 shares");
        rebuilt.AsSpan().Clear();
        Section.Verify(SeedSharing.TryReconstruct(Threshold, some, shares.AsSpan((Holders - Threshold) * SeedSharing.ShareBytes), rebuilt).Succeeded, "67 shares");
        Section.Verify(rebuilt.AsSpan().SequenceEqual(secret), "the secret from 67 shares");

        section.Add("split, t = 67, n = 100", times[0], "us");
        section.Add("reconstruct from 67 shares", times[1], "us");
        section.Add("reconstruct from 100 shares, the other 33 checked", times[2], "us");
        section.AtMost("split", 150, times[0].Median * 1e6, "us");
        section.AtMost("reconstruct from 67 shares", 25, times[1].Median * 1e6, "us");
    }
}
