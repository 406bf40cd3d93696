using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Tacit.Aggregation.Failures;

namespace Tacit.Learning.Models;

/// <summary>
/// Named float tensors as bytes, in the safetensors format: 8 bytes of header length, a JSON header, the raw little-endian values.
/// </summary>
/// <remarks>
/// Data only: nothing in such a file is ever executed. The reader is strict beyond the format: F32 only, no gaps, no overlaps, no trailing
/// bytes, no duplicate names, finite values, and the checksum must match where there is one. Methods are thread-safe.
/// </remarks>
public static class Safetensors
{
    /// <summary>The metadata key of the SHA-256 of the tensor bytes, in lower-case hexadecimal.</summary>
    public const string ChecksumKey = "tacit.sha256";

    /// <summary>The metadata key of the version of what Tacit writes about a model.</summary>
    public const string VersionKey = "tacit.version";

    private const string Version = "1";
    private const int PrefixBytes = 8;

    /// <summary>Encodes a model.</summary>
    /// <param name="layout">Names and shapes.</param>
    /// <param name="parameters">Length layout.Count.</param>
    /// <param name="metadata">Further strings for the header; <see cref="ChecksumKey"/> and <see cref="VersionKey"/> are always set by this method.</param>
    /// <returns>The whole file. The same input gives the same bytes.</returns>
    /// <exception cref="ArgumentException">The vector has another length than the layout.</exception>
    public static byte[] Write(ParameterLayout layout, ReadOnlySpan<float> parameters, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(layout);
        layout.RequireLength(parameters.Length);
        byte[] values = new byte[parameters.Length * sizeof(float)];
        for (int i = 0; i < parameters.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(values.AsSpan(i * sizeof(float)), parameters[i]);

        ReadOnlySpan<byte> header = Header(layout, metadata, Convert.ToHexStringLower(SHA256.HashData(values)));
        int padded = (header.Length + 7) / 8 * 8;   // spaces, so that the values start on a multiple of 8
        byte[] file = new byte[PrefixBytes + padded + values.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)padded);
        header.CopyTo(file.AsSpan(PrefixBytes));
        file.AsSpan(PrefixBytes + header.Length, padded - header.Length).Fill((byte)' ');
        values.CopyTo(file, PrefixBytes + padded);
        return file;
    }

    /// <summary>Decodes and checks a model from bytes of unknown origin.</summary>
    /// <param name="content">The whole file. Memory of the order of its length is allocated, whatever it says.</param>
    /// <param name="fileName">For messages.</param>
    /// <exception cref="FailureException">
    /// MALFORMED_FILE, UNSUPPORTED_VERSION, UNSUPPORTED_DTYPE, SHAPE_MISMATCH, VALUE_NOT_FINITE or CHECKSUM_MISMATCH, naming the tensor and what was found.
    /// </exception>
    public static SafetensorsFile Read(ReadOnlySpan<byte> content, string fileName)
    {
        if (content.Length < PrefixBytes) throw Malformed(fileName, $"has {content.Length} bytes; a header length needs {PrefixBytes}");
        ulong headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(content);
        if (headerBytes > (ulong)(content.Length - PrefixBytes))
            throw Malformed(fileName, $"says its header has {headerBytes} bytes; only {content.Length - PrefixBytes} follow");

        ReadOnlySpan<byte> values = content[(PrefixBytes + (int)headerBytes)..];
        SafetensorsHeader header = SafetensorsHeader.Parse(content.Slice(PrefixBytes, (int)headerBytes), fileName);
        ParameterLayout layout = header.Lay(values.Length, fileName);
        if (header.Metadata.GetValueOrDefault(VersionKey, Version) is var version && version != Version)
        {
            throw new FailureException(FailureCodes.UnsupportedVersion, $"{fileName}: the model has version {Shown(version)}; supported: {Version}; use a release that reads it.");
        }

        if (header.Metadata.TryGetValue(ChecksumKey, out string? expected))
        {
            string actual = Convert.ToHexStringLower(SHA256.HashData(values));
            if (actual != expected)
            {
                throw new FailureException(FailureCodes.ChecksumMismatch,
                    $"{fileName}: the tensors have SHA-256 {actual}; the header says another; the file was damaged or changed; fetch it again.");
            }
        }
        return new SafetensorsFile(layout, Values(layout, values, fileName), header.Metadata);
    }

    internal static FailureException Malformed(string fileName, string found) =>
        new(FailureCodes.MalformedFile, $"{fileName}: {found}; a safetensors file with F32 tensors is expected; write it again.");

    private static float[] Values(ParameterLayout layout, ReadOnlySpan<byte> bytes, string fileName)
    {
        float[] values = new float[layout.Count];
        if (BitConverter.IsLittleEndian) bytes.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        else for (int i = 0; i < values.Length; i++) values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);

        foreach (ParameterTensor tensor in layout.Tensors)
        {
            for (int i = tensor.Offset; i < tensor.Offset + tensor.Length; i++)
            {
                if (float.IsFinite(values[i])) continue;
                throw new FailureException(FailureCodes.ValueNotFinite, FormattableString.Invariant(
                    $"{fileName}: tensor '{Shown(tensor.Name)}' has {values[i]} at {i - tensor.Offset}; parameters must be finite; use an earlier model."));
            }
        }
        return values;
    }

    /// <summary>A name from a file, fit for a one-line message.</summary>
    internal static string Shown(string name) =>
        string.Concat((name.Length > 64 ? name[..64] + "…" : name).Select(letter => char.IsControl(letter) ? '?' : letter));

    private static ReadOnlySpan<byte> Header(ParameterLayout layout, IReadOnlyDictionary<string, string>? metadata, string checksum)
    {
        SortedDictionary<string, string> strings = new(StringComparer.Ordinal);
        foreach ((string key, string value) in metadata ?? ImmutableDictionary<string, string>.Empty) strings[key] = value;
        strings[ChecksumKey] = checksum;
        strings[VersionKey] = Version;

        ArrayBufferWriter<byte> buffer = new();
        using Utf8JsonWriter json = new(buffer);
        json.WriteStartObject();
        json.WriteStartObject(SafetensorsHeader.MetadataName);
        foreach ((string key, string value) in strings) json.WriteString(key, value);
        json.WriteEndObject();
        foreach (ParameterTensor tensor in layout.Tensors)
        {
            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", "F32");
            json.WriteStartArray("shape");
            foreach (int dimension in tensor.Shape) json.WriteNumberValue(dimension);
            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue((long)tensor.Offset * sizeof(float));
            json.WriteNumberValue((long)(tensor.Offset + tensor.Length) * sizeof(float));
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan;
    }
}
