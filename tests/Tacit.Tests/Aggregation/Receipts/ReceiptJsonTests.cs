using System.Text;
using Tacit.Aggregation.Receipts;
using Xunit;

namespace Tacit.Tests.Aggregation.Receipts;

public sealed class ReceiptJsonTests
{
    private readonly SignedChain chain = SignedChain.Of(1);

    private byte[] Bytes => ReceiptJson.Write(chain.First[0]);

    private string Text => Encoding.ASCII.GetString(Bytes);

    [Fact]
    public void What_is_written_is_read_back_byte_for_byte()
    {
        Assert.True(ReceiptJson.TryRead(Bytes, out RoundReceipt? read, out _));
        Assert.Equal(Bytes, ReceiptJson.Write(read!));
        Assert.True(chain.Verifier.Verify(read!).IsAccepted);
    }

    [Fact]
    public void A_file_is_json_of_which_every_reader_sees_the_same_fields()
    {
        using System.Text.Json.JsonDocument json = System.Text.Json.JsonDocument.Parse(Bytes);

        Assert.Equal(ReceiptFields.All, json.RootElement.EnumerateObject().Select(field => field.Name));
        Assert.Equal(chain.First[0].Readers.Epsilon, json.RootElement.GetProperty("readers_epsilon").GetDouble());
    }

    [Fact]
    public void Every_flipped_bit_is_refused_and_called_by_its_field()
    {
        byte[] original = Bytes;
        int line = 0;
        for (int i = 0; i < original.Length; i++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] flipped = [.. original];
                flipped[i] ^= (byte)(1 << bit);
                string named = NameOf(flipped);
                if (line >= 1 && line <= ReceiptFields.Names.Length) Assert.Equal(ReceiptFields.Names[line - 1], named);
                else if (line == ReceiptFields.Names.Length + 1) Assert.Contains(named, ReceiptFields.All);
                else if (line == ReceiptFields.Names.Length + 2) Assert.Equal("signature", named);
                else Assert.Equal("json", named);
            }

            if (original[i] == '\n') line++;
        }
    }

    [Fact]
    public void Every_truncation_is_refused_and_names_where_it_ends()
    {
        byte[] original = Bytes;
        for (int length = 0; length < original.Length; length++)
        {
            Assert.False(ReceiptJson.TryRead(original.AsSpan(0, length), out _, out ReceiptFinding? problem));
            Assert.Contains(problem!.Field, (string[])[.. ReceiptFields.All, "json"]);
        }
    }

    [Theory]
    [InlineData("\"round\": 1,\n", "\"round\": 1,\n  \"round\": 1,\n", "round", "appears twice")]
    [InlineData("\"signature\": ", "\"seat\": 1,\n  \"signature\": ", "seat", "appears twice")]
    [InlineData("\"round\": 1,\n", "\"rounds\": 1,\n", "round", "is missing; rounds, which no receipt has")]
    [InlineData("  \"round\": 1,\n", "", "round", "is missing; round_id stands in its place")]
    [InlineData("\"delta\": 1E-06", "\"delta\": NaN", "delta", "finite")]
    [InlineData("\"delta\": 1E-06", "\"delta\": Infinity", "delta", "finite")]
    [InlineData("\"delta\": 1E-06", "\"delta\": 1E999", "delta", "finite")]
    [InlineData("\"delta\": 1E-06", "\"delta\": -1E-06", "delta", "must be a number")]
    [InlineData("\"delta\": 1E-06", "\"delta\": 0.000001", "delta", "not written as receipts write it")]
    [InlineData("\"delta\": 1E-06", "\"delta\": 1", "delta", "in (0, 1)")]
    [InlineData("\"delta\": 1E-06", "\"delta\": null", "delta", "in (0, 1)")]
    [InlineData("\"round\": 1,", "\"round\": 99999999999999999999999,", "round", "whole number")]
    [InlineData("\"round\": 1,", "\"round\": 01,", "round", "not written as receipts write it")]
    [InlineData("\"cohort_size\": 5", "\"cohort_size\": 4294967301", "cohort_size", "whole number")]
    [InlineData("\"version\": 1", "\"version\": 2", "version", "must be 1")]
    [InlineData("\"included\": true", "\"included\": \"true\"", "included", "true or false")]
    [InlineData("gaussian(1.5))\"]", "gaussian(NaN))\"]", "readers_events", "no event")]
    [InlineData("gaussian(1.5))\"]", "gaussian(1E-300))\"]", "readers_events", "beyond what receipts are recomputed for")]
    [InlineData("[\"gaussian(1.5)\"]", "[\"repeat(99999999999,gaussian(1.5))\"]", "coordinator_events", "beyond")]
    [InlineData("\"setting\": \"simulation\"", "\"setting\": \"deployment \"", "setting", "simulation or deployment")]
    [InlineData("\"job\": \"job\"", "\"job\": \"..\\/job\"", "job", "letters")]
    public void Hostile_text_is_refused_by_its_field(string found, string replaced, string field, string detail)
    {
        Assert.Contains(found, Text, StringComparison.Ordinal);

        Assert.False(ReceiptJson.TryRead(Encoding.Latin1.GetBytes(Text.Replace(found, replaced, StringComparison.Ordinal)), out _, out ReceiptFinding? problem));

        Assert.Equal(field, problem!.Field);
        Assert.Contains(detail, problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_file_is_not_read()
    {
        Assert.False(ReceiptJson.TryRead(new byte[ReceiptJson.MostBytes + 1], out _, out ReceiptFinding? problem));
        Assert.Contains("at most", problem!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_are_read_back_and_refused_when_out_of_order()
    {
        ReceiptRoster roster = chain.Rosters[1];

        Assert.True(ReceiptRoster.TryRead(roster.ToBytes(), out ReceiptRoster? read, out _));
        Assert.Equal((roster.Hash, roster.IncludedHash, 4), (read!.Hash, read.IncludedHash, read.IncludedCount));
        Assert.False(ReceiptRoster.TryRead("tacit-roster-1\n2 a included\n1 b missing\n"u8, out _, out string problem));
        Assert.Contains("line 3", problem, StringComparison.Ordinal);
        Assert.False(ReceiptRoster.TryRead("tacit-roster-1\n1 a included\n2 a missing\n"u8, out _, out _));
        Assert.False(ReceiptRoster.TryRead("tacit-roster-1\n1 a included"u8, out _, out _));
    }

    private string NameOf(byte[] bytes)
    {
        if (!ReceiptJson.TryRead(bytes, out RoundReceipt? read, out ReceiptFinding? problem)) return problem!.Field;
        ReceiptFindings found = chain.Verifier.Verify(read!);
        Assert.False(found.IsAccepted);
        return found.Wrong.First().Field;
    }
}
