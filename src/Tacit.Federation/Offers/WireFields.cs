using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Tacit.Aggregation.Wire;

namespace Tacit.Federation.Offers;

/// <summary>Fields that envelopes do not need: long integers, doubles, short texts, vectors. Little-endian, counts first.</summary>
internal static class WireFields
{
    private const int LimitTextBytes = 256;

    private static readonly UTF8Encoding strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static WireWriter Long(this WireWriter writer, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(writer.Reserve(sizeof(long)), value);
        return writer;
    }

    public static WireWriter Real(this WireWriter writer, double value) => writer.Long(BitConverter.DoubleToInt64Bits(value));

    public static WireWriter Text(this WireWriter writer, string value)
    {
        byte[] bytes = strictUtf8.GetBytes(value);
        return writer.Number(bytes.Length).Bytes(bytes);
    }

    public static WireWriter Singles(this WireWriter writer, ReadOnlySpan<float> values) => writer.Number(values.Length).Bytes(MemoryMarshal.AsBytes(values));

    public static WireWriter Doubles(this WireWriter writer, ReadOnlySpan<double> values) => writer.Number(values.Length).Bytes(MemoryMarshal.AsBytes(values));

    public static bool TryLong(this ref WireReader reader, out long value)
    {
        value = 0;
        if (!reader.TryBytes(sizeof(long), out ReadOnlySpan<byte> bytes)) return false;
        value = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        return true;
    }

    /// <summary>A finite double.</summary>
    public static bool TryReal(this ref WireReader reader, out double value)
    {
        bool read = reader.TryLong(out long bits);
        value = BitConverter.Int64BitsToDouble(bits);
        return read && double.IsFinite(value);
    }

    public static bool TryText(this ref WireReader reader, out string value)
    {
        value = "";
        if (!reader.TryCount(1, out int count) || count > LimitTextBytes || !reader.TryBytes(count, out ReadOnlySpan<byte> bytes)) return false;
        try
        {
            value = strictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }

        return !value.Any(char.IsControl);
    }

    /// <summary>Finite numbers.</summary>
    public static bool TrySingles(this ref WireReader reader, out float[] values)
    {
        values = [];
        if (!reader.TryCount(sizeof(float), out int count) || !reader.TryBytes(checked(count * sizeof(float)), out ReadOnlySpan<byte> bytes)) return false;
        values = MemoryMarshal.Cast<byte, float>(bytes).ToArray();
        return values.All(float.IsFinite);
    }

    /// <summary>Finite numbers.</summary>
    public static bool TryDoubles(this ref WireReader reader, out double[] values)
    {
        values = [];
        if (!reader.TryCount(sizeof(double), out int count) || !reader.TryBytes(checked(count * sizeof(double)), out ReadOnlySpan<byte> bytes)) return false;
        values = MemoryMarshal.Cast<byte, double>(bytes).ToArray();
        return values.All(double.IsFinite);
    }
}
