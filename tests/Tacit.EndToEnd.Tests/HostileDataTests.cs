using System.IO;
using System.IO.Compression;
using System.Text;
using Tacit.Learning.Models;
using Xunit;

namespace Tacit.EndToEnd.Tests;

/// <summary>The cases of hostile_inputs.json that touch data files.</summary>
public sealed class HostileDataTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("hostile-153", "a,b,y\n1,2,x\n1,x\n", "CSV_FIELD_COUNT", "3")]
    [InlineData("hostile-154", "a,b,y\n1,abc,x\n3,4,z\n", "NOT_A_NUMBER", "2")]
    [InlineData("hostile-155", "a,b,y\n1,nan,x\n3,4,z\n", "VALUE_NOT_FINITE", "2")]
    [InlineData("no rows", "a,b,y\n", "EMPTY_DATA", "")]
    [InlineData("no such column", "a,b,z\n1,2,x\n", "MISSING_FIELD", "y")]
    public void A_table_with_something_wrong_in_it_is_refused_by_line(string id, string csv, string code, string named)
    {
        _ = id;
        string plan = folder.Write("plan.yaml", "task: training\nrounds: 1\ndata: {format: csv, label: y, partition: {kind: iid, participants: 2}}\nmodel: {kind: linear}\n");

        TacitProcess.Run("simulate", plan, "--data", folder.Write("data.csv", csv)).AssertFails(code, 3, named);
    }

    [Fact]
    public void A_moment_beyond_its_declared_bounds_is_never_used_raw_hostile_159()
    {
        string plan = folder.Write("plan.yaml", "task: training\nrounds: 1\ndata: {format: csv, label: y, standardize: true, standardize-range: 1, partition: {kind: iid, participants: 2}}\nmodel: {kind: linear}\n");
        string csv = "a,y\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"{i * 10},{i % 2}\n"));

        TacitProcess.Run("simulate", plan, "--data", folder.Write("data.csv", csv)).AssertFails("VALUE_OUT_OF_BOUNDS", 3, "standardize-range");
    }

    [Fact]
    public void A_label_outside_the_classes_is_refused_hostile_161()
    {
        folder.Write("train-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7]);
        folder.Write("train-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 1, 10]);
        string plan = folder.Write("plan.yaml", "task: training\nrounds: 1\ndata: {format: idx}\nmodel: {kind: linear}\n");

        TacitProcess.Run("simulate", plan, "--data", folder.Path).AssertFails("INVALID_LABEL", 3, "10");
    }

    [Fact]
    public void A_pickled_array_is_not_loaded_hostile_164()
    {
        string header = "{'descr': '|O', 'fortran_order': False, 'shape': (2, 2), }".PadRight(117) + "\n";
        byte[] npy = [0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. Encoding.ASCII.GetBytes(header), 0x80, 4];
        folder.Write("features.npy", npy);
        folder.Write("labels.npy", npy);
        string plan = folder.Write("plan.yaml", "task: training\nrounds: 1\ndata: {format: npy}\nmodel: {kind: linear}\n");

        TacitProcess.Run("simulate", plan, "--data", folder.Path).AssertFails("UNSUPPORTED_DTYPE", 3, "O");
    }

    [Fact]
    public void An_archive_that_leads_out_of_itself_is_refused_hostile_166()
    {
        string path = Path.Combine(folder.Path, "evil.zip");
        using (ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create)) archive.CreateEntry("../../x");

        TacitProcess.Run("demo", "--data", path, "--out", folder.Path).AssertFails("PATH_NOT_ALLOWED", 3, "../../x");
    }

    [Fact]
    public void An_archive_that_explodes_is_refused_by_its_declared_size_hostile_167()
    {
        string path = Path.Combine(folder.Path, "bomb.zip");
        using (ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            using Stream stream = archive.CreateEntry("har_windows_train.i16.npy", CompressionLevel.Fastest).Open();
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 600; i++) stream.Write(zeros);
        }

        TacitProcess.Run("demo", "--data", path, "--out", folder.Path).AssertFails("TOO_LARGE", 3, "536870912");
    }

    [Fact]
    public void A_model_of_another_version_is_refused_hostile_168()
    {
        byte[] model = Model();
        int at = model.AsSpan().IndexOf("\"tacit.version\":\"1\""u8);
        model[at + "\"tacit.version\":\"".Length] = (byte)'9';

        Simulate(model).AssertFails("UNSUPPORTED_VERSION", 3, "version 9", "supported: 1");
    }

    [Fact]
    public void A_model_with_a_flipped_bit_is_refused_hostile_169()
    {
        byte[] model = Model();
        model[^2] ^= 1;

        Simulate(model).AssertFails("CHECKSUM_MISMATCH", 3, "model.safetensors");
    }

    [Fact]
    public void A_model_of_another_shape_is_refused() => Simulate(Model()).AssertFails("SHAPE_MISMATCH", 3, "parameters");

    [Fact]
    public void Control_characters_of_a_file_do_not_reach_the_terminal()
    {
        TacitProcess.Result result = TacitProcess.Run("aggregate", "--protocol", "secagg", "--bits", "8", "--in", folder.Write("n.csv", "1\n\u001b[2J\u0007x\n"));

        result.AssertFails("NOT_A_NUMBER", 3, "?[2J?x");
        Assert.DoesNotContain('\u001b', result.Error);
    }

    [Fact]
    public void A_truncated_gzip_file_is_refused() =>
        TacitProcess.Run("aggregate", "--protocol", "secagg", "--bits", "8", "--in", folder.Write("n.csv.gz", [0x1f, 0x8b, 8, 0, 1, 2, 3])).AssertFails("MALFORMED_FILE", 3, "n.csv.gz");

    public void Dispose() => folder.Dispose();

    private static byte[] Model() => Safetensors.Write(ParameterLayout.From([("w", [2, 3])]), [1, 2, 3, 4, 5, 6]);

    private TacitProcess.Result Simulate(byte[] model)
    {
        string plan = folder.Write("plan.yaml", "task: training\nrounds: 1\ndata: {format: synthetic-activity, persons: 4, windows: 6}\nmodel: {kind: linear}\n");
        return TacitProcess.Run("simulate", plan, "--model", folder.Write("model.safetensors", model));
    }
}
