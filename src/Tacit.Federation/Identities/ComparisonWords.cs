using System.Collections.Immutable;
using System.Security.Cryptography;
using Tacit.Cryptography.Hashing;

namespace Tacit.Federation.Identities;

/// <summary>Six words that a participant and its coordinator's owner compare over another channel before anything is contributed.</summary>
/// <remarks>
/// Each side computes them from what it knows itself: the name, the hash of the invitation, the participant's key and the coordinator's certificate. Whoever sits in between
/// has another key or another certificate and needs words that happen to be the same. The key that was shown first is fixed, so there is no birthday to make use of; but the attacker may try own
/// keys for days without anybody noticing, hence not 40 bits: six words carry 72, and each try costs 2¹⁸ rounds of PBKDF2: 2⁹⁰ hashes for one hit.
/// </remarks>
public static class ComparisonWords
{
    /// <summary>How many words.</summary>
    public const int Count = 6;

    /// <summary>Bits in a word: two syllables of a consonant and a vowel.</summary>
    public const int BitsPerWord = 12;

    private const int Rounds = 1 << 18;
    private const string Consonants = "bdfghjklmnprstvz", Vowels = "aiou";

    /// <summary>The words.</summary>
    /// <param name="name">Who joins.</param>
    /// <param name="inviteHash">Of the invitation, 32 bytes.</param>
    /// <param name="key">The participant's public key, 65 bytes.</param>
    /// <param name="certificateHash">SHA-256 of the coordinator's authority or certificate as hexadecimal digits, or null without TLS.</param>
    public static ImmutableArray<string> Of(string name, ReadOnlySpan<byte> inviteHash, ReadOnlySpan<byte> key, string? certificateHash)
    {
        using TranscriptHash hash = new("tacit/words/1");
        byte[] digest = hash.Append("name", name).Append("invite", inviteHash).Append("key", key).Append("certificate", certificateHash ?? "").Digest();
        byte[] bits = Rfc2898DeriveBytes.Pbkdf2(digest, "tacit/words/1"u8, Rounds, HashAlgorithmName.SHA256, Count * BitsPerWord / 8);
        return [.. Enumerable.Range(0, Count).Select(i => Word((bits[i * 3 / 2] << 8) | bits[(i * 3 / 2) + 1], i % 2 == 0 ? 4 : 0))];
    }

    /// <summary>Whether somebody's words are these, however they are set: only letters count. In constant time.</summary>
    /// <param name="words">Own words.</param>
    /// <param name="said">What somebody typed.</param>
    public static bool Match(ImmutableArray<string> words, string said)
    {
        ArgumentNullException.ThrowIfNull(said);
        byte[] own = System.Text.Encoding.ASCII.GetBytes(string.Concat(words));
        byte[] other = System.Text.Encoding.ASCII.GetBytes(string.Concat(said.Where(char.IsAsciiLetter)).ToLowerInvariant());
        return CryptographicOperations.FixedTimeEquals(own, other);
    }

    // Twelve bits of a sixteen-bit window.
    private static string Word(int window, int shift)
    {
        int value = (window >> shift) & 0xFFF;
        return string.Create(4, value, (letters, bits) =>
        {
            letters[0] = Consonants[(bits >> 8) & 15];
            letters[1] = Vowels[(bits >> 6) & 3];
            letters[2] = Consonants[(bits >> 2) & 15];
            letters[3] = Vowels[bits & 3];
        });
    }
}
