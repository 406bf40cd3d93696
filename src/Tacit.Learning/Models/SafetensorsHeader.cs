using System.Collections.Immutable;
using System.Text.Json;
using Tacit.Aggregation.Failures;

namespace Tacit.Learning.Models;

/// <summary>The JSON header of a safetensors file, from bytes of unknown origin.</summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The one name that is not a tensor.</summary>
    public const string MetadataName = "__metadata__";

    private readonly List<Entry> entries = [];
    private readonly ImmutableSortedDictionary<string, string>.Builder metadata =
        ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
    private readonly string fileName;

    private SafetensorsHeader(string fileName) => this.fileName = fileName;

    private sealed record Entry(string Name, ImmutableArray<int> Shape, long Begin, long End);

    /// <summary>The string map.</summary>
    public ImmutableSortedDictionary<string, string> Metadata => metadata.ToImmutable();

    /// <summary>Reads the JSON.</summary>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, string fileName)
    {
        SafetensorsHeader header = new(fileName);
        try
        {
            Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 4 });
            header.ReadAll(ref reader);
        }
        // InvalidOperation: text that is not UTF-8, half a surrogate.
        catch (Exception cause) when (cause is JsonException or InvalidOperationException)
        {
            throw new FailureException(FailureCodes.MalformedFile,
                $"{fileName}: the header is not valid JSON; a safetensors header is expected; write it again.", cause);
        }
        return header;
    }

    /// <summary>Checks that the tensors tile the bytes exactly, and lays them out in that order.</summary>
    public ParameterLayout Lay(int byteCount, string file)
    {
        long position = 0;
        foreach (Entry entry in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            string name = Safetensors.Shown(entry.Name);
            if (entry.Begin != position || entry.End < entry.Begin)
                throw Safetensors.Malformed(file, $"tensor '{name}' has data_offsets {entry.Begin} to {entry.End}; the next free byte is {position}");
            if (entry.End > byteCount)
                throw Safetensors.Malformed(file, $"tensor '{name}' ends at byte {entry.End}; there are {byteCount}");
            if (Bytes(entry.Shape) != entry.End - entry.Begin)
            {
                throw new FailureException(FailureCodes.ShapeMismatch,
                    $"{file}: tensor '{name}' has {entry.End - entry.Begin} bytes for another number of F32 values in its shape; write it again.");
            }
            position = entry.End;
        }
        if (position != byteCount) throw Safetensors.Malformed(file, $"{byteCount - position} bytes follow the last tensor");
        return ParameterLayout.From(entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End).Select(entry => (entry.Name, entry.Shape)));
    }

    private void ReadAll(ref Utf8JsonReader reader)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        Expect(ref reader, JsonTokenType.StartObject, "an object");
        while (NextName(ref reader) is string name)
        {
            if (!seen.Add(name)) throw Safetensors.Malformed(fileName, $"tensor '{Safetensors.Shown(name)}' occurs twice");
            Expect(ref reader, JsonTokenType.StartObject, $"an object at '{Safetensors.Shown(name)}'");
            if (name == MetadataName) ReadMetadata(ref reader);
            else ReadTensor(ref reader, name);
        }
        if (reader.Read()) throw Safetensors.Malformed(fileName, "something follows the header's object");
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        while (NextName(ref reader) is string key)
        {
            Expect(ref reader, JsonTokenType.String, "strings in __metadata__");
            if (!metadata.TryAdd(key, reader.GetString()!))
                throw Safetensors.Malformed(fileName, $"metadata '{Safetensors.Shown(key)}' occurs twice");
        }
    }

    private void ReadTensor(ref Utf8JsonReader reader, string name)
    {
        string? dtype = null;
        ImmutableArray<long> shape = default, offsets = default;
        while (NextName(ref reader) is string field)
        {
            switch (field)
            {
                case "dtype" when dtype is null:
                    Expect(ref reader, JsonTokenType.String, "a string as dtype");
                    dtype = reader.GetString();
                    break;
                case "shape" when shape.IsDefault: shape = ReadNumbers(ref reader); break;
                case "data_offsets" when offsets.IsDefault: offsets = ReadNumbers(ref reader); break;
                default: throw Safetensors.Malformed(fileName, $"tensor '{Safetensors.Shown(name)}' has an unknown or repeated field");
            }
        }
        if (dtype is null || shape.IsDefault || offsets is not [long begin, long end])
            throw Safetensors.Malformed(fileName, $"tensor '{Safetensors.Shown(name)}' lacks dtype, shape or two data_offsets");
        if (dtype != "F32")
        {
            throw new FailureException(FailureCodes.UnsupportedDtype,
                $"{fileName}: tensor '{Safetensors.Shown(name)}' has dtype {Safetensors.Shown(dtype)}; only F32 is read; convert it.");
        }
        entries.Add(new Entry(name, [.. shape.Select(dimension => (int)dimension)], begin, end));
    }

    private ImmutableArray<long> ReadNumbers(ref Utf8JsonReader reader)
    {
        ImmutableArray<long>.Builder numbers = ImmutableArray.CreateBuilder<long>();
        Expect(ref reader, JsonTokenType.StartArray, "an array");
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            // No offset or dimension of a file that fits in memory is larger.
            if (!reader.TryGetInt64(out long number) || number is < 0 or > int.MaxValue)
                throw Safetensors.Malformed(fileName, $"a shape or offset is not an integer from 0 to {int.MaxValue}");
            numbers.Add(number);
        }
        if (reader.TokenType != JsonTokenType.EndArray) throw Safetensors.Malformed(fileName, "a shape or offset is not a number");
        return numbers.ToImmutable();
    }

    private static string? NextName(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.PropertyName ? reader.GetString() : null;

    private void Expect(ref Utf8JsonReader reader, JsonTokenType type, string expected)
    {
        if (!reader.Read() || reader.TokenType != type)
            throw Safetensors.Malformed(fileName, $"the header does not have {expected} where it belongs");
    }

    /// <summary>Bytes of a shape of F32 values; −1 when there are more than any file has.</summary>
    private static long Bytes(ImmutableArray<int> shape)
    {
        if (shape.Contains(0)) return 0;
        long bytes = sizeof(float);
        foreach (int dimension in shape)
        {
            bytes *= dimension;
            if (bytes > int.MaxValue) return -1;
        }
        return bytes;
    }
}
