using System.IO;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Signatures;
using Tacit.Federation.Identities;
using Tacit.Participation.Enrolment;
using Tacit.Simulation.Plans;
using Xunit;

namespace Tacit.EndToEnd.Tests.Federation;

/// <summary>Invitations, words and policies as texts.</summary>
public sealed class InviteTests
{
    private static readonly string pin = new('a', 64);

    [Fact]
    public void An_invitation_is_read_as_it_was_written()
    {
        Invite made = Invite.Create(new Uri("https://tacit.example.org:8443/"), "hospital-b", pin, SystemRandomSource.Instance);

        Invite read = Invite.Read($"  {made.ToText()}\n");

        Assert.Equal((made.Coordinator, made.Name, made.CertificateHash), (read.Coordinator, read.Name, read.CertificateHash));
        Assert.Equal(made.Secret.ToArray(), read.Secret.ToArray());
        Assert.Equal("<redacted>", made.ToString());
    }

    [Fact]
    public void Every_wrong_character_and_every_missing_end_is_noticed()
    {
        string text = Invite.Create(new Uri("https://tacit.example.org:8443/"), "hospital-b", pin, SystemRandomSource.Instance).ToText();

        for (int i = 0; i < text.Length; i++)
        {
            foreach (char other in "Aa0_") Assert.False(other != text[i] && Invite.TryRead(text[..i] + other + text[(i + 1)..], out _, out _), $"{i} {other}");
            Assert.False(Invite.TryRead(text[..i], out _, out _));
        }
    }

    [Theory]
    [InlineData("http://tacit.example.org/", null)]
    [InlineData("https://tacit.example.org/", null)]
    [InlineData("ftp://tacit.example.org/", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Nobody_is_invited_to_an_address_without_a_certificate(string address, string? certificate) =>
        Assert.Throws<ArgumentException>(() => Invite.Create(new Uri(address), "x", certificate, SystemRandomSource.Instance));

    [Fact]
    public void Words_change_with_each_thing_that_somebody_in_between_would_change()
    {
        using SigningKey key = Identity.Key(), other = Identity.Key();
        byte[] point = key.VerificationKey.Point.Encoded.ToArray(), hash = new byte[32], otherHash = [.. Enumerable.Repeat((byte)1, 32)];
        string words = string.Join(' ', ComparisonWords.Of("north", hash, point, pin));

        Assert.Equal(words, string.Join(' ', ComparisonWords.Of("north", hash, point, pin)));
        string[] others =
        [
            string.Join(' ', ComparisonWords.Of("south", hash, point, pin)), string.Join(' ', ComparisonWords.Of("north", otherHash, point, pin)),
            string.Join(' ', ComparisonWords.Of("north", hash, other.VerificationKey.Point.Encoded, pin)), string.Join(' ', ComparisonWords.Of("north", hash, point, null)),
        ];
        Assert.DoesNotContain(words, others);
        Assert.Equal(4, others.Distinct().Count());
        Assert.All(words.Split(' '), word => Assert.Matches("^[bdfghjklmnprstvz][aiou][bdfghjklmnprstvz][aiou]$", word));
    }

    [Fact]
    public void Words_are_those_that_were_fixed_once()
    {
        // Computed a second time from the definition with another implementation of PBKDF2 (hashlib).
        Assert.Equal(KnownWords, string.Join(' ', ComparisonWords.Of("north", new byte[32], new byte[65], new string('0', 64))));
        Assert.True(ComparisonWords.Match([.. KnownWords.Split(' ')], KnownWords.ToUpperInvariant()));
        Assert.False(ComparisonWords.Match([.. KnownWords.Split(' ')], KnownWords[..^1]));
    }

    [Fact]
    public void A_policy_says_in_a_sentence_what_it_allows()
    {
        SitePolicy policy = Read("minimum-cohort: 9\nrounds: 40\nprivacy: {epsilon: 4, delta: 1e-5}\nrotate-keys: 30d\ndata-set: cohort-7\njobs: [har-*]\n");

        Assert.Equal("This site joins at most 40 rounds of the jobs har-*, never with fewer than 8 others, total ε ≤ 4 at δ 1E-05 per participant.", policy.Sentence.Replace("1e-05", "1E-05", StringComparison.Ordinal));
        Assert.Equal((TimeSpan.FromDays(30), "cohort-7", false, false), (policy.RotateKeys, policy.DataSet, policy.Policy.AllowExactSums, policy.Policy.AllowSemiHonest));
    }

    [Theory]
    [InlineData("rounds: 5\n", "MISSING_FIELD", "minimum-cohort is missing; a policy must say it")]
    [InlineData("minimum-cohort: 1\n", "INVALID_VALUE", "line 1")]
    [InlineData("minimum-cohort: 3\nprotocols: [none]\n", "INVALID_VALUE", "secagg-plus")]
    [InlineData("minimum-cohort: 3\nprivacy: {delta: 1e-5}\n", "MISSING_FIELD", "privacy.epsilon")]
    [InlineData("minimum-cohort: 3\nprivacy: {epsilon: 0}\n", "INVALID_EPSILON", "line 2")]
    [InlineData("minimum-cohort: 3\nprivacy: {epsilon: 1}\nexact-sums: true\n", "INVALID_VALUE", "line 3")]
    [InlineData("minimum-cohort: 3\nrotate-keys: 30\n", "INVALID_VALUE", "30d")]
    [InlineData("minimum-cohort: 3\njobs: ['a b']\n", "INVALID_VALUE", "line 2")]
    [InlineData("minimum-cohort: 3\nextra: 1\n", "UNKNOWN_KEY", "is not a key of a policy")]
    [InlineData("minimum-cohort: &a 3\n", "CONFIG_TOO_COMPLEX", "line 1")]
    public void A_policy_that_is_not_understood_is_refused_with_its_line(string text, string code, string named)
    {
        FailureException refused = Assert.Throws<FailureException>(() => Read(text));

        Assert.Equal(code, refused.Code.Name);
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_schema_names_the_keys_that_are_read()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(RepositoryFolder(), "docs", "policy.schema.json")));
        FailureException refused = Assert.Throws<FailureException>(() => Read("minimum-cohort: 3\nx: 1\n")), inner = Assert.Throws<FailureException>(() => Read("minimum-cohort: 3\nprivacy: {epsilon: 1, x: 1}\n"));
        JsonElement properties = schema.RootElement.GetProperty("properties");

        Assert.Contains($"allowed here are {Names(properties)}", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"allowed here are {Names(properties.GetProperty("privacy").GetProperty("properties"))}", inner.Message, StringComparison.Ordinal);
    }

    private static string Names(JsonElement properties) => string.Join(", ", properties.EnumerateObject().Select(property => property.Name).Order());

    private static string RepositoryFolder([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    private const string KnownWords = "nava jalo soha babi lulu faka";

    private static SitePolicy Read(string text) => SitePolicy.Read("policy.yaml", PlanFile.Parse("policy.yaml", text));
}
