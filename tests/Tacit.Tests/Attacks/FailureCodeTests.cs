using System.IO;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Rings;
using Tacit.Protocols;
using Tacit.Protocols.SecAgg;
using Tacit.Protocols.SecAggPlus;
using Xunit;
using static Tacit.Tests.Attacks.Given;

namespace Tacit.Tests.Attacks;

/// <summary>Every code that the protocols can produce is produced by some scenario: a code that nobody can see is a check that nobody tested.</summary>
public sealed class FailureCodeTests
{
    private static readonly Dictionary<string, Func<IEnumerable<FailureCode>>> scenarios = new()
    {
        [nameof(FailureCodes.CohortBelowThreshold)] = () => Tampered(m => m.From.Value > 2 ? [] : [m]),
        [nameof(FailureCodes.CoordinatorSilent)] = () => Tampered(m => m.Is(Phase.ShareKeys, 0) ? [] : [m]),
        [nameof(FailureCodes.DuplicateKey)] = () => Tampered(m => m.Is(Phase.AdvertiseKeys, 2) ? [m.Altered(p => p.AsSpan(1, 65).CopyTo(p.AsSpan(66)))] : [m]),
        [nameof(FailureCodes.DuplicateMessage)] = () => Tampered(m => [m, m]),
        [nameof(FailureCodes.ElementOutOfRange)] = () => Tampered(m => m.Is(Phase.MaskedInput, 2) ? [m.Altered(p => p[^1] |= 0x80)] : [m], Malicious(5, 3) with { Ring = new ResidueRing(13) }),
        [nameof(FailureCodes.GraphInconsistent)] = () => Tampered(
            m => m.Is(Phase.AdvertiseKeys, 2) && m.Payload.Length == 17 ? [m.Altered(p => p[1] ^= 1)] : [m], Graph(ProtectionMode.Malicious, 7, 4, 3)),
        [nameof(FailureCodes.IdentitySignatureInvalid)] = () => Tampered(m => m.Is(Phase.ConsistencyCheck, 2) ? [m.Altered(p => p[5] ^= 1)] : [m]),
        [nameof(FailureCodes.InconsistentShares)] = () => Tampered(m => m.Is(Phase.Unmasking, 2) ? [m.Altered(p => p[10] ^= 1)] : [m]),
        [nameof(FailureCodes.InvalidPublicKey)] = () => Tampered(m => m.Is(Phase.AdvertiseKeys, 2) ? [m.Altered(p => p[30] ^= 1)] : [m]),
        [nameof(FailureCodes.InvalidShare)] = () => Tampered(m => m.Is(Phase.Unmasking, 2) ? [m.Altered(p => p[9] ^= 3)] : [m]),
        [nameof(FailureCodes.InvalidValue)] = () => Refused(() => AggregationProtocols.Get("no such protocol")),
        [nameof(FailureCodes.MalformedMessage)] = () => Tampered(m => m.Is(Phase.ShareKeys, 2) ? [m with { Payload = default }] : [m]),
        [nameof(FailureCodes.ParametersInfeasible)] = () => Refused(() => ParameterFinder.Find(new GraphRequirements(20, 0.4, 0.4) { SplitView = true })),
        [nameof(FailureCodes.RoundClosed)] = () => Tampered(Late()),
        [nameof(FailureCodes.ShareDecryptionFailed)] = () => Tampered(m => m.Is(Phase.ShareKeys, 2) ? [m.Altered(p => p[^1] ^= 1)] : [m]),
        [nameof(FailureCodes.SurvivorsInconsistent)] = () => Tampered(m => m.Is(Phase.ConsistencyCheck, 0, 2) ? [m.Altered(p => p[1] = 0b11101)] : [m]),
        [nameof(FailureCodes.ThresholdNotAllowed)] = () => Refused(() => new SecAggProtocol().Validate(Malicious(6, 3))),
        [nameof(FailureCodes.UnknownParty)] = () => Refused(() => new SecAggProtocol().CreateParticipant(Malicious(3, 3), TamperedRound.InputsOf(Malicious(4, 3), Party(4)))),
        [nameof(FailureCodes.UnmaskRequestRefused)] = () => Tampered(m => m.Is(Phase.Unmasking, 0, 2) ? [m.Altered(p => p[2] = 1)] : [m]),
        [nameof(FailureCodes.VectorDimensionMismatch)] = () => Tampered(m => m.Is(Phase.MaskedInput, 2) ? [m with { Payload = m.Payload[..^1] }] : [m]),
    };

    public static TheoryData<string> Codes => [.. scenarios.Keys];

    [Theory]
    [MemberData(nameof(Codes))]
    public void A_scenario_produces_the_code(string code)
    {
        FailureCode expected = (FailureCode)typeof(FailureCodes).GetField(code)!.GetValue(null)!;

        Assert.Contains(expected, scenarios[code]());
    }

    [Fact]
    public void Every_code_in_the_source_of_the_protocols_has_a_scenario()
    {
        HashSet<string> used = [.. Directory.EnumerateFiles(SourceFolder(), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), @"(?<!cref="")FailureCodes\.(\w+)").Select(match => match.Groups[1].Value))];

        Assert.NotEmpty(used);
        Assert.Empty(used.Except(scenarios.Keys));
        Assert.Empty(scenarios.Keys.Except(used));
    }

    private static HashSet<FailureCode> Tampered(Func<Envelope, IEnumerable<Envelope>> tamper, RoundTerms? terms = null) =>
        new TamperedRound(terms ?? Malicious(5, 3)) { Tamper = tamper }.Run().Codes;

    private static FailureCode[] Refused(Action action) => [Assert.Throws<FailureException>(action).Code];

    // The bundle of 2 once more, when everybody signs.
    private static Func<Envelope, IEnumerable<Envelope>> Late()
    {
        Envelope? bundle = null;
        return message =>
        {
            if (message.Is(Phase.AdvertiseKeys, 2)) bundle = message;
            return message.Is(Phase.ConsistencyCheck, 2) ? [bundle!, message] : [message];
        };
    }

    private static string SourceFolder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "src", "Tacit.Protocols"));
}
