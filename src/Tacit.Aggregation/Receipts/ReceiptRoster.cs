using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Tacit.Cryptography.Hashing;
using Tacit.Privacy.Budgets;

namespace Tacit.Aggregation.Receipts;

/// <summary>One place of a round.</summary>
/// <param name="Number">The participant's number in the round, from 1.</param>
/// <param name="Participant">Who sat there: a name.</param>
/// <param name="Included">Whether its input is in the sum.</param>
public readonly record struct RosterSeat(int Number, string Participant, bool Included);

/// <summary>Who took part in a round and whose inputs are in its sum: the list that receipts hold the hashes of.</summary>
/// <param name="Seats">In ascending order of their numbers.</param>
public sealed record ReceiptRoster(ImmutableArray<RosterSeat> Seats)
{
    private const string Head = "tacit-roster-1";
    private const int MostBytes = 1 << 26;

    /// <summary>Inputs in the sum.</summary>
    public int IncludedCount => Seats.Count(seat => seat.Included);

    /// <summary>The hash of who sat where.</summary>
    public string Hash
    {
        get
        {
            using TranscriptHash hash = new("tacit/receipt-roster/1");
            foreach (RosterSeat seat in Seats) hash.Append("seat", seat.Number).Append("participant", seat.Participant);
            return Convert.ToHexStringLower(hash.Digest());
        }
    }

    /// <summary>The hash of the seats whose inputs are in the sum.</summary>
    public string IncludedHash
    {
        get
        {
            using TranscriptHash hash = new("tacit/receipt-included/1");
            foreach (RosterSeat seat in Seats.Where(seat => seat.Included)) hash.Append("seat", seat.Number);
            return Convert.ToHexStringLower(hash.Digest());
        }
    }

    /// <summary>Looks a participant up.</summary>
    /// <param name="participant">A name.</param>
    /// <returns>Its seat, or null.</returns>
    public RosterSeat? Find(string participant)
    {
        int place = Seats.Select(seat => seat.Participant).TakeWhile(name => name != participant).Count();
        return place < Seats.Length ? Seats[place] : null;
    }

    /// <summary>One line a seat, such as <c>3 p17 included</c>.</summary>
    public byte[] ToBytes()
    {
        StringBuilder text = new(Head + "\n");
        foreach (RosterSeat seat in Seats) text.Append(CultureInfo.InvariantCulture, $"{seat.Number} {seat.Participant} {(seat.Included ? "included" : "missing")}\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>Reads bytes of any origin.</summary>
    /// <param name="bytes">A file.</param>
    /// <param name="roster">The roster.</param>
    /// <param name="problem">What is wrong with it, or empty.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ReceiptRoster? roster, out string problem)
    {
        (roster, problem) = (null, "");
        string[] lines = bytes.Length > MostBytes ? [] : Encoding.Latin1.GetString(bytes).Split('\n');
        if (lines.Length < 3 || lines[0] != Head || lines[^1].Length > 0) problem = $"it is not a list that begins with {Head} and ends with a whole line";
        var seats = ImmutableArray.CreateBuilder<RosterSeat>();
        HashSet<string> names = [];
        for (int i = 1; i < lines.Length - 1 && problem.Length == 0; i++)
        {
            string[] parts = lines[i].Split(' ');
            if (parts.Length != 3 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int number) || !LedgerEntry.IsName(parts[1]) || parts[2] is not ("included" or "missing")) problem = $"line {i + 1} is not a number, a name and included or missing";
            else if (number < 1 || (seats.Count > 0 && number <= seats[^1].Number) || !names.Add(parts[1])) problem = $"line {i + 1} has a seat or a name that was given before, or is out of order";
            else seats.Add(new RosterSeat(number, parts[1], parts[2] == "included"));
        }

        if (problem.Length == 0) roster = new ReceiptRoster(seats.ToImmutable());
        return roster is not null;
    }
}
