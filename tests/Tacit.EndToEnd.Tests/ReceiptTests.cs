using System.IO;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Tacit.EndToEnd.Tests;

/// <summary><c>tacit verify</c> on the receipts of simulated jobs, as a participant runs it.</summary>
public sealed class ReceiptTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Receipts => Path.Combine(folder.Path, "receipts");

    private string Key => Path.Combine(Receipts, "coordinator.key");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Clustering_receipts_hold_and_a_flipped_byte_is_called_by_its_field()
    {
        string data = folder.Write("blobs.csv", Blobs());
        TacitProcess.Result run = TacitProcess.Run("cluster", "--data", data, "--k", "3", "--epsilon", "2", "--method", "histogram-lloyd", "--participants", "5", "--dropout", "0.1", "--receipts", Receipts, "--json");
        Assert.True(run.Exit == 0, run.Error);

        JsonElement json = Verified("p1");
        JsonElement last = json.GetProperty("receipts").EnumerateArray().Last();
        Assert.Equal(run.Json.GetProperty("rounds").GetArrayLength(), json.GetProperty("receipts").GetArrayLength());
        Assert.InRange(last.GetProperty("coordinator_epsilon").GetDouble(), 1.9, 2.5);
        Assert.Equal("simulation", last.GetProperty("setting").GetString());

        string file = Path.Combine(Receipts, "p1", "round-1.json"), text = File.ReadAllText(file);
        Assert.Equal(0, TacitProcess.Run("verify", file, "--key", Key).Exit);
        TacitProcess.Run("cluster", "--data", data, "--k", "3", "--epsilon", "2", "--receipts", Receipts).AssertFails("INVALID_VALUE", 3, "holds receipts already");

        File.WriteAllText(file, text.Replace("\"included\": true", "\"included\": false", StringComparison.Ordinal));
        TacitProcess.Run("verify", file, "--key", Key).AssertFails("RECEIPT_INVALID", 5, "included: it is not what was signed");
        File.WriteAllText(file, text[..700]);
        TacitProcess.Run("verify", Path.Combine(Receipts, "p1"), "--key", Key).AssertFails("RECEIPT_INVALID", 5, "the file ends");
        File.WriteAllText(file, text.Replace("\"index\": 1,", "\"index\": 1,\n  \"index\": 1,", StringComparison.Ordinal));
        TacitProcess.Result twice = TacitProcess.Run("verify", file, "--key", Key, "--json");
        twice.AssertFails("RECEIPT_INVALID", 5, "index: appears twice");
        Assert.False(twice.Json.GetProperty("accepted").GetBoolean());
        File.Delete(file);
        TacitProcess.Run("verify", Path.Combine(Receipts, "p1"), "--key", Key).AssertFails("RECEIPT_INVALID", 5, "receipt 1 is missing");
    }

    [Theory]
    [InlineData("mechanism: dp-sgd, epsilon: 8, delta: 1e-3, sampling-rate: 0.2", "example", true)]
    [InlineData("mechanism: distributed-discrete-gaussian, epsilon: 40, delta: 1e-3, clip: 1", "participant", true)]
    [InlineData("mechanism: none", "participant", false)]
    public void Training_receipts_hold(string privacy, string unit, bool bounded)
    {
        string plan = folder.Write("plan.yaml", Plan(privacy));
        TacitProcess.Result run = TacitProcess.Run("simulate", plan, "--receipts", Receipts, "--json");
        Assert.True(run.Exit == 0, run.Error);

        string[] participants = [.. Directory.EnumerateDirectories(Receipts).Select(path => Path.GetFileName(path))];
        Assert.Equal(12, participants.Length);
        foreach (string participant in participants.Take(3))
        {
            JsonElement last = Verified(participant).GetProperty("receipts").EnumerateArray().Last();
            Assert.Equal(unit, last.GetProperty("unit").GetString());
            Assert.Equal(bounded, last.GetProperty("readers_epsilon").ValueKind == JsonValueKind.Number);
        }

        string generator = folder.Write("other.key", "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5\n");
        TacitProcess.Run("verify", Path.Combine(Receipts, participants[0]), "--key", generator).AssertFails("RECEIPT_INVALID", 5, "receipt 1: key: it is not the key that is pinned");
        TacitProcess.Run("verify", Path.Combine(Receipts, participants[0]), "--key", folder.Write("bad.key", "04")).AssertFails("INVALID_PUBLIC_KEY", 5, "bad.key");
    }

    [Fact]
    public void Receipts_need_a_protocol_and_a_place()
    {
        string plan = folder.Write("plan.yaml", "mode: plain\n" + Plan("mechanism: none"));
        TacitProcess.Run("simulate", plan, "--receipts", Receipts).AssertFails("INVALID_VALUE", 3, "mode is not secure");
        TacitProcess.Run("verify", Path.Combine(folder.Path, "nowhere.json")).AssertFails("FILE_NOT_FOUND", 3, "nowhere.json");
        TacitProcess.Run("verify", folder.Path).AssertFails("FILE_NOT_FOUND", 3, "no round-N.json");
        Assert.Contains("receipts/p1", TacitProcess.Run("verify", "--help").Output, StringComparison.Ordinal);
        Assert.Contains("altered", TacitProcess.Run("explain", "RECEIPT_INVALID").Output, StringComparison.Ordinal);
    }

    private JsonElement Verified(string participant)
    {
        TacitProcess.Result verified = TacitProcess.Run("verify", Path.Combine(Receipts, participant), "--key", Key, "--json");
        Assert.True(verified.Exit == 0, verified.Error);
        Assert.True(verified.Json.GetProperty("accepted").GetBoolean());
        Assert.Contains(verified.Json.GetProperty("findings").EnumerateArray(), finding => finding.GetProperty("field").GetString() == "included_hash" && finding.GetProperty("verdict").GetString() == "holds");
        return verified.Json;
    }

    private static string Plan(string privacy) => $$"""
        task: training
        name: receipts
        seed: 5
        data:
          format: synthetic-activity
          persons: 15
          windows: 10
          test: {fraction: 0.2}
        model: {kind: linear}
        training: {epochs: 1, batch: 10, learning-rate: 0.05, optimizer: sgd}
        rounds: 2
        cohort: {size: 12, minimum: 5}
        protection: {protocol: secagg, mode: semi-honest, corrupt: 0.05, drop: 0.1}
        privacy: {{{privacy}}}
        """;

    private static string Blobs()
    {
        StringBuilder csv = new("x,y\n");
        for (int i = 0; i < 300; i++) csv.Append(System.Globalization.CultureInfo.InvariantCulture, $"{(i % 3 * 10) + (i % 7 * 0.1)},{(i % 3 * 5) + (i % 5 * 0.1)}\n");
        return csv.ToString();
    }
}
