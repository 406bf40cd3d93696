using System.Security.Cryptography;
using System.Text;
using Tacit.Aggregation.Receipts;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Cryptography.Signatures;

namespace Tacit.Tests.Aggregation.Receipts;

/// <summary>A coordinator and the receipts of five participants, of whom the fifth drops out of every round and the sixth is never drawn.</summary>
internal sealed class SignedChain
{
    public const double Delta = 1e-6;
    public const string Event = "poisson(0.1,gaussian(1.5))";
    public const string Unsampled = "gaussian(1.5)";

    public SigningKey Key { get; } = SigningKey.Create(new SeededRandomSource(7, "receipts"));

    public Dictionary<string, List<RoundReceipt>> Receipts { get; } = [];

    public Dictionary<long, ReceiptRoster> Rosters { get; } = [];

    public Dictionary<long, RoundTerms> Terms { get; } = [];

    public List<RoundReceipt> First => Receipts["p1"];

    public ReceiptVerifier Verifier => new(new ReceiptEvidence { Key = Key.VerificationKey, Roster = round => Rosters.GetValueOrDefault(round), Terms = round => Terms.GetValueOrDefault(round) });

    public static SignedChain Of(int rounds)
    {
        SignedChain chain = new();
        ReceiptIssuer issuer = new(chain.Key, new ReceiptJob("simulation", "dp-sgd", "example", Delta));
        for (int round = 1; round <= rounds; round++)
        {
            RoundTerms terms = TermsOf(round);
            ReceiptRoster roster = new([.. Enumerable.Range(1, 5).Select(i => new RosterSeat(i, $"p{i}", i != 5))]);
            (chain.Terms[round], chain.Rosters[round]) = (terms, roster);
            foreach (RoundReceipt receipt in issuer.Issue(new ReceiptRound(terms, roster, [.. Hash("result")]), new ReceiptCharge([Event], [Unsampled]), ["p1", "p2", "p5", "p6"]))
            {
                if (!chain.Receipts.TryGetValue(receipt.Participant, out List<RoundReceipt>? own)) chain.Receipts[receipt.Participant] = own = [];
                own.Add(receipt);
            }
        }

        return chain;
    }

    /// <summary>What a coordinator that lies would sign.</summary>
    public RoundReceipt Signed(RoundReceipt content)
    {
        content = content with { Leaves = ReceiptHashes.Leaves(content) };
        return content with { Signature = Convert.ToHexStringLower(Key.Sign(ReceiptHashes.Signed(content.Leaves))) };
    }

    public static RoundTerms TermsOf(long round) => new()
    {
        Protocol = "secagg",
        Job = "job",
        Round = round,
        ModelHash = [.. Hash($"model {round}")],
        PlanHash = [.. Hash("plan")],
        Cohort = [.. Enumerable.Range(1, 5).Select(i => new CohortMember(new PartyId(i)))],
        Ring = new ResidueRing(32),
        Length = 10,
        Protection = new ProtectionTerms { Mode = ProtectionMode.SemiHonest, Threshold = 3, Neighbours = 4, MaximumCorrupt = 1, MaximumDropouts = 2 },
        MinimumCohort = 3,
    };

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
