using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Text;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Receipts;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Signatures;

namespace Tacit.Storage.Files;

/// <summary>Receipts in folders: <c>DIR/PARTICIPANT/round-N.json</c>, with each round's list in <c>DIR/round-N.roster</c> and the public key in <c>DIR/coordinator.key</c>.</summary>
public static class ReceiptFiles
{
    /// <summary>The file of the coordinator's public key.</summary>
    public const string KeyName = "coordinator.key";

    private const int MostReceipts = 100_000;
    private const int MostRosterBytes = 1 << 26;

    /// <summary>Makes a folder for receipts, which must hold none yet.</summary>
    /// <param name="folder">Made if it is not there.</param>
    /// <param name="key">What the receipts are checked with.</param>
    /// <exception cref="FailureException">The folder cannot be written, or holds another job's receipts.</exception>
    public static void Create(string folder, VerificationKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        try
        {
            Directory.CreateDirectory(folder);
            string path = Path.Combine(folder, KeyName);
            if (File.Exists(path)) throw new FailureException(FailureCodes.InvalidValue, $"--receipts is {folder}, which holds receipts already; name a new folder, so that no chain is broken");
            File.WriteAllText(path, Convert.ToHexStringLower(key.Point.Encoded) + "\n", Encoding.ASCII);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new FailureException(FailureCodes.FileAccess, $"--receipts is {folder}, which cannot be written: {problem.Message.ReplaceLineEndings(" ")}", problem);
        }
    }

    /// <summary>Writes the receipts of a round, each file whole or not at all.</summary>
    /// <param name="folder">As made by <see cref="Create"/>.</param>
    /// <param name="roster">The round's list.</param>
    /// <param name="receipts">Of one round.</param>
    public static void Write(string folder, ReceiptRoster roster, ImmutableArray<RoundReceipt> receipts)
    {
        ArgumentNullException.ThrowIfNull(roster);
        Put(Path.Combine(folder, RosterName(receipts[0].Round)), roster.ToBytes());
        foreach (RoundReceipt receipt in receipts)
        {
            string own = Path.Combine(folder, receipt.Participant);
            Directory.CreateDirectory(own);
            Put(Path.Combine(own, string.Create(CultureInfo.InvariantCulture, $"round-{receipt.Round}.json")), ReceiptJson.Write(receipt));
        }
    }

    /// <summary>Reads the public key of a coordinator: 130 hexadecimal digits.</summary>
    /// <param name="path">A file.</param>
    /// <exception cref="FailureException">There is no such file, or it is no key.</exception>
    public static VerificationKey ReadKey(string path)
    {
        string text = Encoding.Latin1.GetString(Read(path, 4096)).Trim();
        bool hex = text.Length == 2 * P256Point.EncodedBytes && text.All(char.IsAsciiHexDigit);
        if (!hex || !P256Point.TryRead(Convert.FromHexString(text), out P256Point? point)) throw new FailureException(FailureCodes.InvalidPublicKey, $"{Path.GetFileName(path)} is not the {2 * P256Point.EncodedBytes} hexadecimal digits of a point on P-256");
        return new VerificationKey(point!);
    }

    /// <summary>Reads one receipt.</summary>
    /// <param name="path">A file.</param>
    /// <returns>The receipt, or what is wrong with it.</returns>
    /// <exception cref="FailureException">There is no such file.</exception>
    public static (RoundReceipt? Receipt, ReceiptFinding? Problem) ReadReceipt(string path)
    {
        byte[] bytes = Read(path, ReceiptJson.MostBytes + 1);
        return ReceiptJson.TryRead(bytes, out RoundReceipt? receipt, out ReceiptFinding? problem) ? (receipt, null) : (null, problem);
    }

    /// <summary>The receipts of a participant's folder in the order of their rounds.</summary>
    /// <param name="folder">With files <c>round-N.json</c>.</param>
    /// <exception cref="FailureException">There is none.</exception>
    public static ImmutableArray<string> List(string folder)
    {
        ImmutableArray<string> files = [.. Directory.EnumerateFiles(folder, "round-*.json").Take(MostReceipts + 1).Where(path => Number(path) is not null).OrderBy(path => Number(path))];
        if (files.IsEmpty) throw new FailureException(FailureCodes.FileNotFound, $"{folder} holds no round-N.json; name the folder of one participant");
        return files.Length <= MostReceipts ? files : throw new FailureException(FailureCodes.TooLarge, $"{folder} holds more than {MostReceipts} receipts");
    }

    /// <summary>The round that a file's name says, or null.</summary>
    /// <param name="path">Such as <c>p1/round-7.json</c>.</param>
    public static long? Number(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        return name.StartsWith("round-", StringComparison.Ordinal) && long.TryParse(name.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
    }

    /// <summary>The list of a round, if it lies beside the participants' folders.</summary>
    /// <param name="folder">Of the job's receipts.</param>
    /// <param name="round">Its number.</param>
    /// <exception cref="FailureException">The file is no list.</exception>
    public static ReceiptRoster? FindRoster(string folder, long round)
    {
        string path = Path.Combine(folder, RosterName(round));
        if (!File.Exists(path)) return null;
        return ReceiptRoster.TryRead(Read(path, MostRosterBytes), out ReceiptRoster? roster, out string problem) ? roster : throw new FailureException(FailureCodes.MalformedFile, $"{RosterName(round)}: {problem}");
    }

    private static string RosterName(long round) => string.Create(CultureInfo.InvariantCulture, $"round-{round}.roster");

    // Whole or not at all.
    private static void Put(string path, byte[] content)
    {
        File.WriteAllBytes(path + ".part", content);
        File.Move(path + ".part", path, overwrite: true);
    }

    private static byte[] Read(string path, int most)
    {
        if (Directory.Exists(path)) throw new FailureException(FailureCodes.NotAFile, $"{path} is a folder; name a file");
        if (!File.Exists(path)) throw new FailureException(FailureCodes.FileNotFound, $"{path} is not there");
        using FileStream stream = File.OpenRead(path);
        byte[] bytes = new byte[Math.Min(most, stream.Length)];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
