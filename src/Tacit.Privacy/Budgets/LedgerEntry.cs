using System.Globalization;
using Tacit.Cryptography.Hashing;
using Tacit.Privacy.Accounting.Events;

namespace Tacit.Privacy.Budgets;

/// <summary>One thing that was charged to a data set. Each entry holds the hash of the one before, so none can be changed or taken out unseen.</summary>
/// <param name="Index">From 1.</param>
/// <param name="DataSet">Which data; letters, digits, dots, dashes and underscores.</param>
/// <param name="Unit">What is protected, such as <c>example</c> or <c>participant</c>; as above.</param>
/// <param name="Job">Whose round; as above.</param>
/// <param name="Round">From 1.</param>
/// <param name="Readers">What it cost against readers of the models.</param>
/// <param name="Coordinator">What it cost against the coordinator.</param>
/// <param name="Previous">The hash of the entry before; zeros for the first.</param>
public sealed record LedgerEntry(long Index, string DataSet, string Unit, string Job, long Round, PrivacyEvent Readers, PrivacyEvent Coordinator, string Previous)
{
    private const char Separator = ' ';
    private const string Version = "tacit-ledger-1";
    private const int Fields = 10;

    /// <summary>What stands before the first entry.</summary>
    public static string Genesis { get; } = new('0', 64);

    /// <summary>SHA-256 of everything above, in hexadecimal.</summary>
    public string Hash { get; } = Digest(Index, DataSet, Unit, Job, Round, EventText.Write(Readers), EventText.Write(Coordinator), Previous);

    /// <summary>One line, without its end.</summary>
    public string ToLine() => string.Join(Separator, Version, Index.ToString(CultureInfo.InvariantCulture), DataSet, Unit, Job, Round.ToString(CultureInfo.InvariantCulture), EventText.Write(Readers), EventText.Write(Coordinator), Previous, Hash);

    /// <summary>Reads a line strictly.</summary>
    /// <param name="line">Without its end.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="problem">Which field is wrong, or empty.</param>
    /// <returns>Whether the line is an entry whose hash fits its content.</returns>
    public static bool TryRead(string line, out LedgerEntry? entry, out string problem)
    {
        (entry, problem) = (null, "");
        string[] fields = line.Split(Separator);
        if (fields.Length != Fields) problem = $"it has {fields.Length} fields instead of {Fields}";
        else if (fields[0] != Version) problem = "its version is unknown";
        else if (!long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out long index)) problem = "index is no number";
        else if (!IsName(fields[2])) problem = "data-set is no name";
        else if (!IsName(fields[3])) problem = "unit is no name";
        else if (!IsName(fields[4])) problem = "job is no name";
        else if (!long.TryParse(fields[5], NumberStyles.None, CultureInfo.InvariantCulture, out long round)) problem = "round is no number";
        else if (!EventText.TryRead(fields[6], out PrivacyEvent? readers)) problem = "the event against readers is not one";
        else if (!EventText.TryRead(fields[7], out PrivacyEvent? coordinator)) problem = "the event against the coordinator is not one";
        else if (new LedgerEntry(index, fields[2], fields[3], fields[4], round, readers!, coordinator!, fields[8]) is var read && read.Hash != fields[9]) problem = "the hash does not fit the content";
        else entry = read;
        return entry is not null;
    }

    /// <summary>Whether a text may name a data set or a job.</summary>
    /// <param name="text">1 to 100 letters, digits, dots, dashes or underscores.</param>
    public static bool IsName(string text) => text.Length is > 0 and <= 100 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    private static string Digest(long index, string dataSet, string unit, string job, long round, string readers, string coordinator, string previous)
    {
        using TranscriptHash hash = new("tacit/ledger-entry/1");
        return Convert.ToHexStringLower(hash.Append("index", index).Append("data-set", dataSet).Append("unit", unit).Append("job", job).Append("round", round)
            .Append("readers", readers).Append("coordinator", coordinator).Append("previous", previous).Digest());
    }
}
