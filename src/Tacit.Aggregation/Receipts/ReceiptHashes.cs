using System.Collections.Immutable;
using Tacit.Cryptography.Hashing;

namespace Tacit.Aggregation.Receipts;

/// <summary>The hashes that hold a receipt together.</summary>
public static class ReceiptHashes
{
    /// <summary>What stands before a participant's first receipt.</summary>
    public static string Genesis { get; } = new('0', 2 * TranscriptHash.DigestBytes);

    /// <summary>What is signed, and what the next receipt points back to: the hash over all fields' digests.</summary>
    /// <param name="receipt">With its leaves.</param>
    /// <returns>64 hexadecimal digits.</returns>
    public static string Root(RoundReceipt receipt) => Convert.ToHexStringLower(Signed(receipt.Leaves));

    /// <summary>The hash over a round's public transcript.</summary>
    /// <param name="receipt">Of the round.</param>
    public static string Transcript(RoundReceipt receipt)
    {
        using TranscriptHash hash = new("tacit/receipt-transcript/1");
        return Convert.ToHexStringLower(hash.Append("terms", receipt.TermsHash).Append("roster", receipt.RosterHash).Append("cohort", receipt.CohortSize)
            .Append("included", receipt.IncludedHash).Append("count", receipt.IncludedCount).Append("result", receipt.ResultHash).Digest());
    }

    /// <summary>One digest a field, over its name and its text.</summary>
    internal static ImmutableArray<string> Leaves(RoundReceipt receipt)
    {
        string[] texts = ReceiptFields.Texts(receipt);
        return [.. ReceiptFields.Names.Select((name, i) => Leaf(name, texts[i]))];
    }

    /// <summary>The 32 bytes under the signature.</summary>
    internal static byte[] Signed(ImmutableArray<string> leaves)
    {
        using TranscriptHash hash = new("tacit/receipt/1");
        for (int i = 0; i < leaves.Length; i++) hash.Append(i < ReceiptFields.Names.Length ? ReceiptFields.Names[i] : "", leaves[i]);
        return hash.Digest();
    }

    private static string Leaf(string name, string text)
    {
        using TranscriptHash hash = new("tacit/receipt-field/1");
        return Convert.ToHexStringLower(hash.Append(name, text).Digest());
    }
}
