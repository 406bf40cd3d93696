using System.Text;
using Tacit.Aggregation.Failures;
using Tacit.Learning.Data;
using Xunit;

namespace Tacit.Tests.Learning.Data;

public sealed class NpyTests
{
    public static TheoryData<string, byte[], float> Elements => new()
    {
        { "|i1", [0xff], -1 }, { "|u1", [0xff], 255 }, { "<i2", BitConverter.GetBytes((short)-300), -300 }, { "<u2", BitConverter.GetBytes((ushort)60000), 60000 },
        { "<i4", BitConverter.GetBytes(-70000), -70000 }, { "<i8", BitConverter.GetBytes(-5L), -5 }, { "<f4", BitConverter.GetBytes(-7f), -7 },
        { "<f8", BitConverter.GetBytes(9.0), 9 },
    };

    [Theory]
    [MemberData(nameof(Elements))]
    public void Every_element_type_is_read(string descriptor, byte[] bytes, float expected)
    {
        NpyArray array = Npy.Read(File($"{{'descr': '{descriptor}', 'fortran_order': False, 'shape': (1, 1), }}", bytes), "a.npy");

        Assert.Equal([expected], array.ToSingles());
        Assert.Equal([(int)expected], array.ToIntegers());
        Assert.Equal([1, 1], array.Shape.AsEnumerable());
    }

    [Fact]
    public void Version_2_is_read()
    {
        byte[] header = Encoding.ASCII.GetBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n");

        byte[] file = [0x93, .. "NUMPY"u8, 2, 0, .. BitConverter.GetBytes(header.Length), .. header, 7, 8];

        Assert.Equal([7, 8], Npy.Read(file, "a.npy").ToIntegers());
    }

    public static TheoryData<string, string> Refused => new()
    {
        { "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "UNSUPPORTED_DTYPE" },
        { "{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", "UNSUPPORTED_DTYPE" },
        { "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "UNSUPPORTED_DTYPE" },
        { "{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", "UNSUPPORTED_VERSION" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "MALFORMED_FILE" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (0,), }", "MALFORMED_FILE" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "MALFORMED_FILE" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': 1, }", "MALFORMED_FILE" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647, 2147483647, 2147483647, 2147483647), }", "MALFORMED_FILE" },
        { "{'descr': '<f4', 'fortran_order': False}", "MALFORMED_FILE" },
        { "", "MALFORMED_FILE" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_is_not_read_is_refused_by_name(string header, string code) =>
        Given.Failure(new FailureCode(code), () => Npy.Read(File(header, BitConverter.GetBytes(1f)), "a.npy"), "a.npy");

    [Fact]
    public void Objects_are_refused_because_nothing_is_unpickled() => Given.Failure(FailureCodes.UnsupportedDtype,
        () => Npy.Read(File("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", [1]), "a.npy"), "nothing is unpickled");

    [Fact]
    public void Version_3_is_refused() =>
        Given.Failure(FailureCodes.UnsupportedVersion, () =>
            Npy.Read(new byte[] { 0x93, 78, 85, 77, 80, 89, 3, 0, 0, 0, 0, 0 }, "a.npy"), "3.0");

    [Fact]
    public void A_value_that_is_not_finite_is_named() => Given.Failure(FailureCodes.ValueNotFinite,
        () =>
            Npy.Read(File("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", BitConverter.GetBytes(float.NaN)), "a.npy").ToSingles(), "element 0");

    [Fact]
    public void A_fraction_is_not_an_integer() => Given.Failure(FailureCodes.NotANumber,
        () =>
            Npy.Read(File("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", BitConverter.GetBytes(1.5f)), "a.npy").ToIntegers(), "1.5");

    [Fact]
    public void Every_truncation_and_every_bit_flip_is_refused_or_harmless()
    {
        byte[] file = File("{'descr': '<i2', 'fortran_order': False, 'shape': (1, 2), }", [1, 2, 3, 4]).ToArray();
        for (int length = 0; length < file.Length; length++) Assert.Throws<FailureException>(() => Npy.Read(file.AsMemory(0, length), "a"));
        for (int bit = 0; bit < file.Length * 8; bit++)
        {
            byte[] flipped = [.. file];
            flipped[bit / 8] ^= (byte)(1 << bit % 8);
            Exception? thrown = Record.Exception(() => Npy.Read(flipped, "a").ToSingles());
            if (thrown is not null) Assert.IsType<FailureException>(thrown);
        }
    }

    private static ReadOnlyMemory<byte> File(string header, byte[] values)
    {
        byte[] text = Encoding.ASCII.GetBytes(header + "\n");
        return (byte[])[0x93, .. "NUMPY"u8, 1, 0, .. BitConverter.GetBytes((ushort)text.Length), .. text, .. values];
    }
}
