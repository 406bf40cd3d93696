using System.Buffers.Binary;
using System.Globalization;
using Tacit.Aggregation.Failures;
using Tacit.Learning.Models;

namespace Tacit.Learning.Data;

/// <summary>Reads the IDX files of MNIST: big-endian magic and dimensions, then unsigned bytes (LeCun, Cortes, Burges).</summary>
public static class Idx
{
    private const uint ImageMagic = 0x803;
    private const uint LabelMagic = 0x801;

    /// <summary>Joins images and labels; pixels 0 to 255 become 0 to 1, classes are the digits.</summary>
    /// <param name="images">A whole file of images.</param>
    /// <param name="labels">A whole file of labels, as many.</param>
    /// <param name="fileName">For messages, such as <c>train</c>.</param>
    /// <returns>Grey images, 1 × rows × columns, ten classes, without participants.</returns>
    /// <exception cref="FailureException">MALFORMED_FILE, UNSUPPORTED_VERSION, SHAPE_MISMATCH or INVALID_LABEL.</exception>
    public static Dataset Read(ReadOnlySpan<byte> images, ReadOnlySpan<byte> labels, string fileName)
    {
        (int count, InputShape shape, float[] features) = Images(images, $"{fileName} images");
        int[] classes = Labels(labels, $"{fileName} labels");
        if (count != classes.Length)
        {
            throw new FailureException(FailureCodes.ShapeMismatch,
                $"{fileName}: {count} images and {classes.Length} labels; give files of one set.");
        }
        int bad = Array.FindIndex(classes, label => label > 9);
        if (bad >= 0)
        {
            throw new FailureException(FailureCodes.InvalidLabel,
                $"{fileName} labels: label {bad} is {classes[bad]}; allowed: 0 to 9; check the file.");
        }
        IEnumerable<string> digits = Enumerable.Range(0, 10).Select(digit => digit.ToString(CultureInfo.InvariantCulture));
        return new Dataset(shape, features, classes, [.. digits]);
    }

    private static (int Count, InputShape Shape, float[] Features) Images(ReadOnlySpan<byte> bytes, string name)
    {
        ReadOnlySpan<byte> values = Values(bytes, ImageMagic, dimensions: 3, name);
        float[] features = new float[values.Length];
        unchecked
        {
            for (int i = 0; i < features.Length; i++) features[i] = values[i] / 255f;
        }
        int count = BinaryPrimitives.ReadInt32BigEndian(bytes[4..]);
        if (values.IsEmpty) return (count, InputShape.Vector(1), features);
        return (count, InputShape.Image(1, BinaryPrimitives.ReadInt32BigEndian(bytes[8..]), BinaryPrimitives.ReadInt32BigEndian(bytes[12..])), features);
    }

    private static int[] Labels(ReadOnlySpan<byte> bytes, string name)
    {
        ReadOnlySpan<byte> values = Values(bytes, LabelMagic, dimensions: 1, name);
        int[] labels = new int[values.Length];
        for (int i = 0; i < labels.Length; i++) labels[i] = values[i];
        return labels;
    }

    private static ReadOnlySpan<byte> Values(ReadOnlySpan<byte> bytes, uint magic, int dimensions, string name)
    {
        int start = 4 + 4 * dimensions;
        uint found = bytes.Length < 4 ? magic : BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (found != magic)
        {
            throw new FailureException(FailureCodes.UnsupportedVersion,
                $"{name}: magic 0x{found:x8}; allowed: 0x{magic:x8}; decompress the file or exchange images and labels.");
        }
        if (bytes.Length < start)
        {
            throw new FailureException(FailureCodes.MalformedFile,
                $"{name}: has {bytes.Length} bytes; the header needs {start}; fetch the file again.");
        }

        decimal expected = 1;
        for (int i = 0; i < dimensions; i++) expected *= BinaryPrimitives.ReadUInt32BigEndian(bytes[(4 + 4 * i)..]);
        return expected == bytes.Length - start
            ? bytes[start..]
            : throw new FailureException(FailureCodes.MalformedFile,
                FormattableString.Invariant($"{name}: has {bytes.Length - start} bytes of values; its dimensions need {expected}; fetch the file again."));
    }
}
