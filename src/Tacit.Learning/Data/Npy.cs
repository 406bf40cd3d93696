using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Tacit.Aggregation.Failures;

namespace Tacit.Learning.Data;

/// <summary>Reads numpy's .npy files, versions 1.0 and 2.0: numbers, little endian, C order. Nothing is unpickled.</summary>
/// <remarks>Format: numpy.lib.format. The header is a Python dictionary; only its literal form as numpy writes it is read.</remarks>
public static class Npy
{
    private const int MagicBytes = 8;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads one array; the result keeps looking into <paramref name="content"/>.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="fileName">For messages.</param>
    /// <exception cref="FailureException">
    /// MALFORMED_FILE, UNSUPPORTED_VERSION (also Fortran order) or UNSUPPORTED_DTYPE (big endian, objects, structures, text).
    /// </exception>
    public static NpyArray Read(ReadOnlyMemory<byte> content, string fileName)
    {
        ReadOnlySpan<byte> bytes = content.Span;
        if (bytes.Length < MagicBytes + 2 || !bytes.StartsWith(Magic)) throw Malformed(fileName, "does not start with numpy's magic bytes");
        if (bytes[6] is not (1 or 2) || bytes[7] != 0)
        {
            throw new FailureException(FailureCodes.UnsupportedVersion,
                $"{fileName}: npy version {bytes[6]}.{bytes[7]}; 1.0 and 2.0 are read; save it again with numpy.save.");
        }

        int lengthBytes = bytes[6] == 1 ? 2 : 4;
        if (bytes.Length < MagicBytes + lengthBytes) throw Malformed(fileName, "ends inside its header");
        uint headerBytes = bytes[6] == 1
            ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[MagicBytes..])
            : BinaryPrimitives.ReadUInt32LittleEndian(bytes[MagicBytes..]);
        int start = MagicBytes + lengthBytes;
        if (headerBytes > bytes.Length - start) throw Malformed(fileName, "ends inside its header");

        string header = Encoding.Latin1.GetString(bytes.Slice(start, (int)headerBytes));
        ReadOnlyMemory<byte> values = content[(start + (int)headerBytes)..];
        string elementType = ElementType(header, fileName);
        if (Value(header, "fortran_order", fileName) is not "False")
        {
            throw new FailureException(FailureCodes.UnsupportedVersion,
                $"{fileName}: fortran_order is not False; only C order is read; save numpy.ascontiguousarray(a).");
        }

        ImmutableArray<int> shape = Shape(header, fileName);
        decimal expected = elementType[1] - '0';
        foreach (int dimension in shape) expected = Math.Min(expected * dimension, long.MaxValue);
        if (expected != values.Length)
        {
            string needed = expected.ToString(CultureInfo.InvariantCulture);
            throw Malformed(fileName, $"has {values.Length} bytes of values; shape ({string.Join(", ", shape)}) of {elementType} needs {needed}");
        }
        return new NpyArray(shape, elementType, values, fileName);
    }

    private static string ElementType(string header, string fileName)
    {
        string descriptor = Value(header, "descr", fileName);
        return descriptor switch
        {
            "'|i1'" or "'<i1'" => "i1",
            "'|u1'" or "'<u1'" or "'|b1'" => "u1",
            "'<i2'" or "'<u2'" or "'<i4'" or "'<i8'" or "'<f4'" or "'<f8'" => descriptor[2..4],
            _ => throw new FailureException(FailureCodes.UnsupportedDtype,
                $"{fileName}: dtype {Shown(descriptor)}; allowed: i1 u1 i2 u2 i4 i8 f4 f8, little endian; nothing is unpickled; convert it with astype."),
        };
    }

    private static ImmutableArray<int> Shape(string header, string fileName)
    {
        string shape = Value(header, "shape", fileName);
        ImmutableArray<int>.Builder dimensions = ImmutableArray.CreateBuilder<int>();
        foreach (string part in shape[1..^1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int dimension) || dimensions.Count == 32)
                throw Malformed(fileName, $"shape {Shown(shape)} is not up to 32 integers");
            dimensions.Add(dimension);
        }
        return dimensions.ToImmutable();
    }

    /// <summary>The text of one value of the dictionary: up to the next comma, or the whole tuple or list.</summary>
    private static string Value(string header, string key, string fileName)
    {
        int at = header.IndexOf($"'{key}':", StringComparison.Ordinal);
        if (at < 0) throw Malformed(fileName, $"the header has no '{key}'");
        string rest = header[(at + key.Length + 3)..].TrimStart();
        int end = rest.StartsWith('(') ? rest.IndexOf(')', StringComparison.Ordinal) + 1
            : rest.StartsWith('[') ? rest.IndexOf(']', StringComparison.Ordinal) + 1
            : rest.IndexOfAny([',', '}']);
        bool tuple = key != "shape" || rest.StartsWith('(');
        return end > 0 && tuple ? rest[..end].Trim() : throw Malformed(fileName, $"the header's '{key}' is not readable");
    }

    private static string Shown(string text) => Models.Safetensors.Shown(text);

    private static FailureException Malformed(string fileName, string found) =>
        new(FailureCodes.MalformedFile, $"{fileName}: {found}; a .npy file is expected; save it again with numpy.save.");
}
