using System.Buffers.Binary;
using System.Collections.Immutable;
using Tacit.Aggregation.Failures;

namespace Tacit.Learning.Data;

/// <summary>An array read from an .npy file, still in its own element type.</summary>
public sealed class NpyArray
{
    private readonly ReadOnlyMemory<byte> values;
    private readonly string fileName;

    internal NpyArray(ImmutableArray<int> shape, string elementType, ReadOnlyMemory<byte> values, string fileName)
    {
        (Shape, ElementType, this.values, this.fileName) = (shape, elementType, values, fileName);
        Count = shape.Contains(0) ? 0 : shape.Aggregate(1, (product, dimension) => product * dimension);
    }

    /// <summary>Dimensions, slowest first (C order).</summary>
    public ImmutableArray<int> Shape { get; }

    /// <summary>numpy's letter and byte count: i1, u1, i2, u2, i4, i8, f4 or f8; little endian.</summary>
    public string ElementType { get; }

    /// <summary>Number of elements.</summary>
    public int Count { get; }

    /// <summary>All elements as floats, in C order; large i4, i8 and f8 are rounded.</summary>
    /// <exception cref="FailureException">VALUE_NOT_FINITE: an element is NaN, infinite or beyond a float.</exception>
    public float[] ToSingles()
    {
        float[] singles = new float[Count];
        ReadOnlySpan<byte> bytes = values.Span;
        unchecked
        {
            switch (ElementType)
            {
                case "i1": for (int i = 0; i < singles.Length; i++) singles[i] = (sbyte)bytes[i]; break;
                case "u1": for (int i = 0; i < singles.Length; i++) singles[i] = bytes[i]; break;
                case "i2": for (int i = 0; i < singles.Length; i++) singles[i] = BinaryPrimitives.ReadInt16LittleEndian(bytes[(2 * i)..]); break;
                case "u2": for (int i = 0; i < singles.Length; i++) singles[i] = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]); break;
                case "i4": for (int i = 0; i < singles.Length; i++) singles[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * i)..]); break;
                case "i8": for (int i = 0; i < singles.Length; i++) singles[i] = BinaryPrimitives.ReadInt64LittleEndian(bytes[(8 * i)..]); break;
                case "f4": for (int i = 0; i < singles.Length; i++) singles[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..]); break;
                default: for (int i = 0; i < singles.Length; i++) singles[i] = (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes[(8 * i)..]); break;
            }
        }
        int bad = Array.FindIndex(singles, x => !float.IsFinite(x));
        return bad < 0 ? singles : throw new FailureException(FailureCodes.ValueNotFinite,
            FormattableString.Invariant($"{fileName}: element {bad} is {singles[bad]} as a float; values must be finite; clean the file."));
    }

    /// <summary>All elements as integers, in C order.</summary>
    /// <exception cref="FailureException">NOT_A_NUMBER: an element is not an integer of 32 bits.</exception>
    public int[] ToIntegers()
    {
        int[] integers = new int[Count];
        ReadOnlySpan<byte> bytes = values.Span;
        for (int i = 0; i < integers.Length; i++)
        {
            double value = ElementType switch
            {
                "i1" => unchecked((sbyte)bytes[i]),
                "u1" => bytes[i],
                "i2" => BinaryPrimitives.ReadInt16LittleEndian(bytes[(2 * i)..]),
                "u2" => BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]),
                "i4" => BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * i)..]),
                "i8" => BinaryPrimitives.ReadInt64LittleEndian(bytes[(8 * i)..]),
                "f4" => BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..]),
                _ => BinaryPrimitives.ReadDoubleLittleEndian(bytes[(8 * i)..]),
            };
            if (!(value >= int.MinValue && value <= int.MaxValue && Math.Truncate(value) == value))
            {
                throw new FailureException(FailureCodes.NotANumber,
                    FormattableString.Invariant($"{fileName}: element {i} is {value}; an integer of 32 bits is expected; convert the array."));
            }
            integers[i] = (int)value;
        }
        return integers;
    }
}
