using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Rings;
using Tacit.Protocols;
using Tacit.Simulation.Rounds;
using Xunit;

namespace Tacit.Tests.Protocols;

/// <summary>The formulas of docs/protocols, byte for byte, when nobody drops out.</summary>
public sealed class TrafficTests
{
    private const int Header = 62, D = 1000, Bits = 21;

    [Theory]
    [InlineData(ProtectionMode.SemiHonest)]
    [InlineData(ProtectionMode.Malicious)]
    public void Secagg_sends_what_its_page_says(ProtectionMode mode)
    {
        const int N = 12;
        int s = mode == ProtectionMode.Malicious ? 64 : 0;

        RoundTraffic traffic = Run("secagg", mode, N, out _);

        int up = (5 * Header) - (s == 0 ? Header : 0) + (1 + 130 + s) + (1 + 32 + 4 + ((N - 1) * 100)) + 5 + ((D * Bits) + 7) / 8 + (s == 0 ? 0 : 65) + (1 + 4 + (N * 45));
        int down = (4 * Header) - (s == 0 ? Header : 0) + (1 + 4 + (N * (134 + s))) + (1 + 4 + ((N - 1) * 100)) + (s == 0 ? 0 : 1 + 2) + (1 + (2 * 2) + 4 + (s == 0 ? 0 : N * 68));
        Assert.Equal((up, down), (traffic.Up, traffic.Down));
        Assert.Equal(new ExpectedTraffic(up, down), ExpectedTraffic.Of("secagg", new ProtectionTerms { Mode = mode, Neighbours = N - 1, Threshold = 1, MaximumCorrupt = 0, MaximumDropouts = 0 }, N, D, Bits));
    }

    [Theory]
    [InlineData(ProtectionMode.SemiHonest)]
    [InlineData(ProtectionMode.Malicious)]
    public void Secagg_plus_sends_what_its_page_says(ProtectionMode mode)
    {
        const int N = 40;
        int s = mode == ProtectionMode.Malicious ? 64 : 0, bitmap = N / 8;

        RoundTraffic traffic = Run("secagg-plus", mode, N, out int k);

        int up = (6 * Header) - (s == 0 ? Header : 0) + (1 + 162 + s) + 17 + (1 + 32 + 4 + (k * 100)) + 5 + ((D * Bits) + 7) / 8 + (s == 0 ? 0 : 65) + (1 + 4 + (k * 45));
        int down = (6 * Header) - (s == 0 ? Header : 0) + (1 + 4 + (N * 36)) + (1 + bitmap + (N * 16)) + (1 + 4 + (k * (166 + s))) + (1 + 4 + (k * 100)) + (s == 0 ? 0 : 1 + bitmap) + (1 + (2 * bitmap) + 4 + (s == 0 ? 0 : k * 68));
        Assert.Equal((up, down), (traffic.Up, traffic.Down));
        Assert.Equal(new ExpectedTraffic(up, down), ExpectedTraffic.Of("secagg-plus", new ProtectionTerms { Mode = mode, Neighbours = k, Threshold = 1, MaximumCorrupt = 0, MaximumDropouts = 0 }, N, D, Bits));
    }

    [Fact]
    public void A_large_vector_is_sent_in_as_many_chunks_as_expected()
    {
        RoundSetup setup = RoundSetup.Create(
            new RoundSetupOptions { Protection = new ProtectionChoice("secagg", ProtectionMode.SemiHonest), Seed = 3, ChunkBytes = 4096 },
            [.. Enumerable.Range(0, 4).Select(_ => new ModularVector(new ResidueRing(20), 10_000))]);

        RoundTraffic traffic = new RoundSimulation(setup.Protocol, setup.Terms, setup.Inputs).Run().Traffic[new PartyId(2)];

        ExpectedTraffic expected = ExpectedTraffic.Of("secagg", setup.Terms.Protection, 4, 10_000, 20, chunkBytes: 4096);
        Assert.Equal((expected.Up, expected.Down), (traffic.Up, traffic.Down));
    }

    private static RoundTraffic Run(string protocol, ProtectionMode mode, int n, out int neighbours)
    {
        RoundSetup setup = RoundSetup.Create(
            new RoundSetupOptions { Protection = new ProtectionChoice(protocol, mode) { Corrupt = 0.05, Drop = 0.05 }, Seed = 3 },
            [.. Enumerable.Range(0, n).Select(_ => new ModularVector(new ResidueRing(Bits), D))]);
        neighbours = setup.Terms.Protection.Neighbours;
        return new RoundSimulation(setup.Protocol, setup.Terms, setup.Inputs).Run().Traffic[new PartyId(5)];
    }
}
