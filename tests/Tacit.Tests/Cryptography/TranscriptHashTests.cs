using System.Security.Cryptography;
using System.Text;
using Tacit.Cryptography.Hashing;
using Tacit.Cryptography.Randomness;
using Xunit;

namespace Tacit.Tests.Cryptography;

public sealed class TranscriptHashTests
{
    [Fact]
    public void The_digest_is_SHA_256_over_prefixed_labels_and_contents()
    {
        byte[] expected = [
            6, 0, 0, 0, .. "domain"u8, 3, 0, 0, 0, 0, 0, 0, 0, .. "top"u8,
            1, 0, 0, 0, .. "a"u8, 2, 0, 0, 0, 0, 0, 0, 0, 7, 8,
            1, 0, 0, 0, .. "n"u8, 8, 0, 0, 0, 0, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

        using TranscriptHash hash = new("top");

        Assert.Equal(SHA256.HashData(expected), hash.Append("a", [7, 8]).Append("n", -2).Digest());
    }

    [Fact]
    public void Moving_a_boundary_changes_the_digest()
    {
        const string Text = "abcdef";
        HashSet<string> digests = [];
        int lists = 0;
        for (int first = 0; first <= Text.Length; first++)
        {
            for (int second = first; second <= Text.Length; second++)
            {
                for (int third = second; third <= Text.Length; third++, lists++)
                {
                    using TranscriptHash hash = new(Text[..first]);
                    digests.Add(Convert.ToHexStringLower(hash.Append(Text[first..second], Text[second..third]).Append("", Text[third..]).Digest()));
                }
            }
        }

        Assert.Equal(lists, digests.Count);
    }

    [Fact]
    public void Splitting_and_joining_fields_changes_the_digest()
    {
        string[] digests = [
            Digest([("a", "b")]),
            Digest([("a", "b"), ("", "")]),
            Digest([("", "ab")]),
            Digest([("ab", "")]),
            Digest([("a", ""), ("", "b")]),
            Digest([("", ""), ("a", "b")]),
            Digest([]),
        ];

        Assert.Equal(digests.Length, digests.Distinct().Count());
    }

    [Fact]
    public void A_field_that_imitates_the_encoding_of_two_is_another_list()
    {
        byte[] imitation = [.. "b"u8, 1, 0, 0, 0, .. "c"u8, 1, 0, 0, 0, 0, 0, 0, 0, .. "d"u8];
        using TranscriptHash one = new("x"), two = new("x");

        Assert.NotEqual(one.Append("a", imitation).Digest(), two.Append("a", "b").Append("c", "d").Digest());
    }

    [Fact]
    public void Random_lists_never_collide()
    {
        SeededRandomSource random = new(51);
        HashSet<string> lists = [], digests = [];
        for (int run = 0; run < 20_000; run++)
        {
            (string, string)[] fields = [.. Enumerable.Range(0, random.NextIndex(4)).Select(_ => (Word(random), Word(random)))];
            lists.Add(string.Join(';', fields.Select(field => $"{field.Item1}={field.Item2}")));
            digests.Add(Digest(fields));
        }

        Assert.Equal(lists.Count, digests.Count);
    }

    private static string Word(SeededRandomSource random) =>
        Encoding.ASCII.GetString([.. Enumerable.Range(0, random.NextIndex(3)).Select(_ => (byte)('a' + random.NextIndex(2)))]);

    private static string Digest((string Label, string Content)[] fields)
    {
        using TranscriptHash hash = new("x");
        foreach ((string label, string content) in fields) hash.Append(label, content);
        return Convert.ToHexStringLower(hash.Digest());
    }
}
