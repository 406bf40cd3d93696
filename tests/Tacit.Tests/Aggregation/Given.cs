using System.Collections.Immutable;
using Tacit.Aggregation.Encodings;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Cryptography.Signatures;
using Xunit;

namespace Tacit.Tests.Aggregation;

/// <summary>Inputs for the tests of this area.</summary>
internal static class Given
{
    public static readonly DateTimeOffset Noon = new(2025, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly ImmutableArray<SigningKey> identities = [.. Enumerable.Range(0, 12).Select(i => SigningKey.Create(new SeededRandomSource((ulong)i, "identities")))];

    public static SigningKey Identity(int party) => identities[party - 1];

    /// <summary>Terms with a graph, in malicious mode: every optional field of every message is there.</summary>
    public static RoundTerms Terms(int members = 12, ProtectionMode mode = ProtectionMode.Malicious, int neighbours = 4) => new()
    {
        Protocol = "secagg-plus",
        Job = "job",
        Round = 3,
        ModelHash = [.. Enumerable.Repeat((byte)1, 32)],
        PlanHash = [.. Enumerable.Repeat((byte)2, 32)],
        Cohort = [.. Enumerable.Range(1, members).Select(i => new CohortMember(new PartyId(i), Identity(i).VerificationKey))],
        Ring = new ResidueRing(20),
        Length = 100,
        Protection = new ProtectionTerms { Mode = mode, Threshold = 3, Neighbours = neighbours, MaximumCorrupt = 1, MaximumDropouts = 1 },
        MinimumCohort = 2,
    };

    public static WeightedMeanPlan Plan(int dimension = 10, int participants = 5, double range = 1, int bits = 16, int weightCap = 100) => new()
    {
        Dimension = dimension,
        Participants = participants,
        Quantization = new Quantization(range, bits),
        WeightCap = weightCap,
    };

    /// <summary>Asserts the code and that the one-line message names what it should.</summary>
    public static void Failure(FailureCode code, Action action, params string[] named)
    {
        FailureException failure = Assert.Throws<FailureException>(action);
        Assert.Equal(code, failure.Code);
        Assert.DoesNotContain('\n', failure.Message);
        foreach (string part in named) Assert.Contains(part, failure.Message, StringComparison.Ordinal);
    }
}
