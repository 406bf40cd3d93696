using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Models;
using Xunit;

namespace Tacit.Tests.Learning.Models;

public sealed class SafetensorsTests
{
    private static readonly Network Mlp = Network.Create(new ModelSpecification { Kind = "mlp", Hidden = [3] }, InputShape.Vector(4), 2);

    [Fact]
    public void Read_gives_back_what_Write_was_given()
    {
        float[] parameters = Given.Normals(Mlp.ParameterCount, new SeededRandomSource(1));

        SafetensorsFile file = Safetensors.Read(Safetensors.Write(Mlp.Layout, parameters, new Dictionary<string, string> { ["round"] = "7 \"é\"" }), "m");

        Assert.Equal(Mlp.Layout, file.Layout);
        Assert.Equal(parameters, file.Parameters);
        Assert.Equal("7 \"é\"", file.Metadata["round"]);
        Assert.Equal(64, file.Metadata[Safetensors.ChecksumKey].Length);
    }

    [Fact]
    public void Write_aligns_the_values_and_says_the_header_length_first()
    {
        byte[] file = Safetensors.Write(Mlp.Layout, new float[Mlp.ParameterCount]);

        ulong header = BinaryPrimitives.ReadUInt64LittleEndian(file);
        Assert.Equal(0UL, header % 8);
        Assert.Equal(file.Length, 8 + (int)header + 4 * Mlp.ParameterCount);
        Assert.Equal((byte)'{', file[8]);
    }

    [Fact]
    public void A_damaged_value_fails_the_checksum()
    {
        byte[] file = Safetensors.Write(Mlp.Layout, new float[Mlp.ParameterCount]);
        file[^4] ^= 1;

        Given.Failure(FailureCodes.ChecksumMismatch, () => Safetensors.Read(file, "model.safetensors"), "model.safetensors");
    }

    [Fact]
    public void Every_truncation_and_every_bit_flip_is_refused_or_harmless()
    {
        byte[] file = Safetensors.Write(Mlp.Layout, Given.Normals(Mlp.ParameterCount, new SeededRandomSource(1)));
        for (int length = 0; length < file.Length; length++) Assert.Throws<FailureException>(() =>
            Safetensors.Read(file.AsSpan(0, length), "m"));
        Assert.Throws<FailureException>(() => Safetensors.Read([.. file, 0], "m"));
        for (int bit = 0; bit < file.Length * 8; bit++)
        {
            byte[] flipped = [.. file];
            flipped[bit / 8] ^= (byte)(1 << bit % 8);

            Exception? thrown = Record.Exception(() => Safetensors.Read(flipped, "m"));

            if (thrown is not null) Assert.IsType<FailureException>(thrown);
        }
    }

    [Fact]
    public void Random_bytes_are_refused()
    {
        SeededRandomSource random = new(9);
        for (int i = 0; i < 2000; i++)
        {
            byte[] bytes = new byte[random.NextIndex(64)];
            random.Fill(bytes.AsSpan());
            if (bytes.Length > 8) BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)(bytes.Length - 8));
            Assert.Throws<FailureException>(() => Safetensors.Read(bytes, "m"));
        }
    }

    public static TheoryData<string, string> Hostile => new()
    {
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}""", "MALFORMED_FILE" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "MALFORMED_FILE" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "MALFORMED_FILE" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "MALFORMED_FILE" },
        { """{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", "MALFORMED_FILE" },
        { """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "SHAPE_MISMATCH" },
        { """{"a":{"dtype":"F32","shape":[2147483647,2147483647,4],"data_offsets":[0,8]}}""", "SHAPE_MISMATCH" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "MALFORMED_FILE" },
        { """{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "MALFORMED_FILE" },
        { """{"a":{"dtype":"F32","shape":[1e0,2],"data_offsets":[0,8]}}""", "MALFORMED_FILE" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"code":"x"}}""", "MALFORMED_FILE" },
        { """{"a":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}}""", "UNSUPPORTED_DTYPE" },
        { """{"a":{"dtype":"PICKLE","shape":[2],"data_offsets":[0,8]}}""", "UNSUPPORTED_DTYPE" },
        { """{"a":{"dtype":null,"shape":[2],"data_offsets":[0,8]}}""", "MALFORMED_FILE" },
        { """{"__metadata__":{"x":1},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "MALFORMED_FILE" },
        { """{"__metadata__":{"tacit.sha256":"00"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "CHECKSUM_MISMATCH" },
        { """{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "MALFORMED_FILE" },
        { """[[[[[[[[]]]]]]]]""", "MALFORMED_FILE" },
        { """{} {}""", "MALFORMED_FILE" },
        { "", "MALFORMED_FILE" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_hostile_header_is_refused(string header, string code) =>
        Given.Failure(new FailureCode(code), () => Safetensors.Read(File(header, [1, 2]), "m"));

    [Fact]
    public void A_header_longer_than_the_file_is_refused_before_anything_is_allocated()
    {
        byte[] file = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(file, ulong.MaxValue);

        Given.Failure(FailureCodes.MalformedFile, () => Safetensors.Read(file, "m"), "header");
    }

    [Fact]
    public void A_value_that_is_not_finite_is_named() => Given.Failure(FailureCodes.ValueNotFinite,
        () => Safetensors.Read(File("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", [1, float.NaN]), "m"), "'a'", "NaN at 1");

    [Fact]
    public void A_file_without_a_checksum_from_another_writer_is_read()
    {
        SafetensorsFile file = Safetensors.Read(
            File("""{"b":{"shape":[],"dtype":"F32","data_offsets":[4,8]},"a":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}}  """, [1, 2]), "m");

        Assert.Equal(["a", "b"], file.Layout.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([2], file.Layout.Slice(file.Parameters, "b").ToArray());
    }

    [Fact]
    public void A_tensor_that_is_not_there_is_named_with_those_that_are() =>
        Given.Failure(FailureCodes.MissingField, () => _ = Mlp.Layout["encoder.weight"], "encoder.weight", "dense1.weight");

    private static byte[] File(string header, ImmutableArray<float> values)
    {
        byte[] json = Encoding.UTF8.GetBytes(header), prefix = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)json.Length);
        return [.. prefix, .. json, .. values.SelectMany(BitConverter.GetBytes)];
    }
}
