using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Text;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Receipts;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Signatures;
using Tacit.Storage.Files;

namespace Tacit.Participation.Memory;

/// <summary>A participant's receipts of one job, verified as they come and kept as <c>receipts/JOB/PARTICIPANT/round-N.json</c>.</summary>
internal sealed class ReceiptChain
{
    private readonly List<RoundReceipt> receipts = [];
    private readonly Dictionary<long, RoundTerms> terms = [];
    private readonly VerificationKey key;
    private readonly string? folder;

    /// <param name="directory">The participant's, or null for memory alone.</param>
    /// <param name="job">Whose receipts; a name.</param>
    /// <param name="participant">The participant's name.</param>
    /// <param name="key">The coordinator's; pinned by the first receipts of the folder.</param>
    /// <exception cref="FailureException">RECEIPT_INVALID: the coordinator signs with another key than before.</exception>
    public ReceiptChain(string? directory, string job, string participant, VerificationKey key)
    {
        this.key = key;
        if (directory is null) return;
        string root = Path.Combine(directory, "receipts", job);
        folder = Path.Combine(root, participant);
        PrivateFolder.Create(folder);
        string pinned = Path.Combine(root, ReceiptFiles.KeyName);
        if (!File.Exists(pinned)) PrivateFolder.Write(pinned, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(key.Point.Encoded) + "\n"));
        else if (!ReceiptFiles.ReadKey(pinned).Equals(key)) throw new FailureException(FailureCodes.ReceiptInvalid, $"the coordinator signs receipts of {job} with another key than before: ask its operator what happened before taking part again");
        if (!Directory.EnumerateFiles(folder, "round-*.json").Any()) return;
        foreach (string path in ReceiptFiles.List(folder))
        {
            if (ReceiptFiles.ReadReceipt(path).Receipt is { } receipt) receipts.Add(receipt);
        }
    }

    /// <summary>The last round whose receipt is here.</summary>
    public long Last => receipts.Count == 0 ? 0 : receipts[^1].Round;

    /// <summary>The terms of a round that was taken part in; the receipt has to fit them.</summary>
    public void Expect(RoundTerms round) => terms[round.Round] = round;

    /// <summary>Verifies the next receipts and keeps them.</summary>
    /// <param name="more">As signed.</param>
    /// <returns>What is wrong with the first that is not accepted, or null. It is kept too, under another name, as evidence.</returns>
    public ReceiptFinding? Add(IEnumerable<byte[]> more)
    {
        foreach (byte[] bytes in more)
        {
            if (!ReceiptJson.TryRead(bytes, out RoundReceipt? receipt, out ReceiptFinding? problem)) return problem;
            receipts.Add(receipt!);
            ReceiptEvidence evidence = new() { Key = key, Terms = round => terms.GetValueOrDefault(round) };
            ReceiptFinding? wrong = new ReceiptVerifier(evidence).VerifyChain(receipts).Wrong.FirstOrDefault();
            if (wrong is not null) receipts.RemoveAt(receipts.Count - 1);
            if (folder is not null) PrivateFolder.Write(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"round-{receipt!.Round}.json{(wrong is null ? "" : ".refused")}")), bytes);
            if (wrong is not null) return wrong;
        }

        return null;
    }

    /// <summary>All that were accepted.</summary>
    public ImmutableArray<RoundReceipt> Receipts => [.. receipts];
}
