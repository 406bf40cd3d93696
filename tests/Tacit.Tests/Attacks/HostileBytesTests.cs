using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Randomness;
using Xunit;
using static Tacit.Tests.Attacks.Given;

namespace Tacit.Tests.Attacks;

/// <summary>SA-14 and SA-19: whatever one message is turned into, no machine throws, everybody comes to an end, and no other sum comes out.</summary>
public sealed class HostileBytesTests
{
    public static TheoryData<string> Rounds => ["malicious", "semi-honest", "graph", "chunked", "plain"];

    [Theory]
    [MemberData(nameof(Rounds))]
    public void One_hostile_message_is_dropped_or_ends_the_round(string kind)
    {
        RoundTerms terms = kind switch
        {
            "malicious" => Malicious(3, 2),
            "semi-honest" => SemiHonest(3, 2),
            "graph" => Graph(ProtectionMode.Malicious, 5, 2, 2),
            "chunked" => SemiHonest(3, 2).Chunked(),
            _ => Plain(3).Chunked(),
        };
        SeededRandomSource random = new(23, kind);
        int messages = new TamperedRound(terms).Run().Sent.Count;
        for (int number = 0; number < messages; number++)
        {
            for (int attempt = 0; attempt < 12; attempt++)
            {
                int count = 0, chosen = number;
                bool isInput = false;
                TamperedRound round = new TamperedRound(terms)
                {
                    Tamper = message =>
                    {
                        if (count++ != chosen) return [message];
                        isInput = message.Phase == Phase.MaskedInput && message.To == PartyId.Coordinator;
                        return [message with { Payload = Spoil(message.Payload.ToArray(), random) }];
                    },
                }.Run();

                Assert.Equal(terms.Cohort.Length + 1, round.Outcomes.Count);
                Assert.True(isInput || round.Outcome is RoundOutcome.Aborted || round.SumIsRight());
            }
        }
    }

    private static byte[] Spoil(byte[] payload, SeededRandomSource random)
    {
        switch (payload.Length == 0 ? 3 : random.NextIndex(5))
        {
            case 0:
                payload[random.NextIndex(payload.Length)] ^= (byte)(1 << random.NextIndex(8));
                return payload;
            case 1:
                return payload[..random.NextIndex(payload.Length)];
            case 2:
                // Counts and kinds are at the front.
                payload[random.NextIndex(Math.Min(9, payload.Length))] = (byte)random.NextIndex(256);
                return payload;
            case 3:
                byte[] noise = new byte[random.NextIndex(200)];
                random.Fill(noise);
                return noise;
            default:
                return [.. payload, .. payload];
        }
    }
}
