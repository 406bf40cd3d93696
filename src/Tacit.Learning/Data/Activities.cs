using System.Collections.Immutable;
using Tacit.Aggregation.Failures;

namespace Tacit.Learning.Data;

/// <summary>The six activities of UCI HAR, and the files they come in.</summary>
internal static class Activities
{
    /// <summary>In the order of the data set's numbers 1 to 6.</summary>
    public static ImmutableArray<string> Names { get; } = ["walking", "upstairs", "downstairs", "sitting", "standing", "laying"];

    /// <summary>Samples per second.</summary>
    public const double SampleRate = 50;

    /// <summary>Samples per window: 2.56 s.</summary>
    public const int WindowSteps = 128;

    /// <summary>Body acceleration x y z in g, rotation x y z in rad/s, total acceleration x y z in g.</summary>
    public const int Channels = 9;

    /// <summary>Numbers 1 to 6 become labels 0 to 5.</summary>
    public static int[] Labels(int[] numbers, string fileName)
    {
        int bad = Array.FindIndex(numbers, number => number is < 1 or > 6);
        if (bad >= 0)
        {
            throw new FailureException(FailureCodes.InvalidLabel,
                $"{fileName}: row {bad + 1} has activity {numbers[bad]}; allowed: 1 to 6; check the file.");
        }
        return [.. numbers.Select(number => number - 1)];
    }

    /// <summary>The lookup with empty files as missing: a null array turns into an empty memory on its way into a nullable one.</summary>
    public static Func<string, ReadOnlyMemory<byte>?> WithoutEmpty(Func<string, ReadOnlyMemory<byte>?> lookup)
    {
        ArgumentNullException.ThrowIfNull(lookup);
        // Null would be that empty memory again.
        return path => lookup(path) is { IsEmpty: false } content ? content : default(ReadOnlyMemory<byte>?);
    }

    /// <summary>The first of the paths that exists.</summary>
    public static (ReadOnlyMemory<byte> Content, string Path) Find(Func<string, ReadOnlyMemory<byte>?> lookup, params ReadOnlySpan<string> paths)
    {
        foreach (string path in paths)
            if (lookup(path) is ReadOnlyMemory<byte> content) return (content, path);
        throw Missing(string.Join("' nor '", paths));
    }

    /// <summary>The failure of a file that is not there.</summary>
    public static FailureException Missing(string paths) =>
        new(FailureCodes.MissingField, $"neither '{paths}' was found in the data directory; check the directory or fetch the data set.");
}
