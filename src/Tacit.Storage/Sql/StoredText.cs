using System.Security.Cryptography;
using System.Text;
using Tacit.Privacy.Budgets;

namespace Tacit.Storage.Sql;

/// <summary>What may be written into a column, checked before a database sees it: the two would refuse differently.</summary>
internal static class StoredText
{
    public const int LargestText = 1 << 20;
    public const int LargestBody = 1 << 29;

    private static readonly UTF8Encoding strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A key: 1 to 100 letters, digits, dots, dashes or underscores.</summary>
    public static string Name(string text, string parameter) =>
        text is not null && LedgerEntry.IsName(text) ? text : throw new ArgumentException($"'{text}' must be 1 to 100 letters, digits, dots, dashes or underscores.", parameter);

    /// <summary>Any text of at most 1 MiB without NUL (PostgreSQL has no place for it) and without half characters.</summary>
    public static string Text(string text, string parameter)
    {
        ArgumentNullException.ThrowIfNull(text, parameter);
        if (text.Contains('\0', StringComparison.Ordinal)) throw new ArgumentException("A text must not hold the character NUL.", parameter);
        try
        {
            if (strict.GetByteCount(text) > LargestText) throw new ArgumentException($"A text must have at most {LargestText} bytes.", parameter);
        }
        catch (EncoderFallbackException problem)
        {
            throw new ArgumentException("A text must be valid Unicode.", parameter, problem);
        }

        return text;
    }

    /// <summary>Bytes of at most 512 MiB: both databases end at 1 GiB.</summary>
    public static byte[] Body(ReadOnlyMemory<byte> bytes, string parameter) =>
        bytes.Length <= LargestBody ? bytes.ToArray() : throw new ArgumentException($"{bytes.Length} bytes are more than the {LargestBody} that are stored.", parameter);

    /// <summary>SHA-256 in lower-case hexadecimal.</summary>
    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>SHA-256 of a text's UTF-8.</summary>
    public static string Hash(string text) => Hash(strict.GetBytes(text));
}
