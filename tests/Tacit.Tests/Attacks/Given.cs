using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Rings;

namespace Tacit.Tests.Attacks;

/// <summary>Terms of small rounds.</summary>
internal static class Given
{
    public static ImmutableArray<byte> Hash(string text) => [.. SHA256.HashData(Encoding.UTF8.GetBytes(text))];

    public static RoundTerms Malicious(int n, int t) => Terms("secagg", ProtectionMode.Malicious, n, t, n - 1);

    public static RoundTerms SemiHonest(int n, int t) => Terms("secagg", ProtectionMode.SemiHonest, n, t, n - 1);

    public static RoundTerms Graph(ProtectionMode mode, int n, int k, int t) => Terms("secagg-plus", mode, n, t, k);

    public static RoundTerms Plain(int n) => Terms("plain-sum", ProtectionMode.SemiHonest, n, 1, 0);

    /// <summary>The same round with vectors of three messages each.</summary>
    public static RoundTerms Chunked(this RoundTerms terms) => terms with { ChunkBytes = 64, Ring = new ResidueRing(13), Length = 83 };

    public static PartyId Party(int number) => new(number);

    public static bool Is(this Envelope message, Phase phase, int from, int? to = null) =>
        message.Phase == phase && message.From.Value == from && (to is null || message.To.Value == to);

    /// <summary>A copy of a message with other bytes.</summary>
    public static Envelope Altered(this Envelope message, Action<byte[]> alter)
    {
        byte[] payload = message.Payload.ToArray();
        alter(payload);
        return message with { Payload = payload };
    }

    private static RoundTerms Terms(string protocol, ProtectionMode mode, int n, int t, int k) => new()
    {
        Protocol = protocol,
        Job = "attack",
        Round = 1,
        ModelHash = Hash("model"),
        PlanHash = Hash("plan"),
        Cohort = [.. Enumerable.Range(1, n).Select(i => new CohortMember(new PartyId(i), mode == ProtectionMode.Malicious ? TamperedRound.Identities.Get(i).VerificationKey : null))],
        Ring = new ResidueRing(20),
        Length = 10,
        MinimumCohort = 1,
        Protection = new ProtectionTerms { Mode = mode, Threshold = t, Neighbours = k, MaximumCorrupt = 0, MaximumDropouts = 0 },
    };
}
