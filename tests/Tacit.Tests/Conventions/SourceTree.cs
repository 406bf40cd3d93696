using System.Collections.Immutable;
using System.IO;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Conventions;

/// <summary>One source file, by its path from the root with forward slashes.</summary>
internal sealed record SourceFile(string Path, string Text)
{
    public string[] Lines { get; } = Text.Split('\n');

    /// <summary>Lines as an editor counts them: the last newline starts no line.</summary>
    public int LineCount => Lines.Length - (Text.EndsWith('\n') ? 1 : 0);
}

/// <summary>The repository, found by walking up to its solution.</summary>
internal static class SourceTree
{
    public static string Root { get; } = FindRoot();

    public static ImmutableArray<string> Projects { get; } = [.. Directory.GetFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    /// <summary>The C# files below a folder, without what builds write there.</summary>
    public static ImmutableArray<SourceFile> Files(string folder) =>
    [
        .. Directory.GetFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Select(file => new SourceFile(Path.GetRelativePath(Root, file).Replace('\\', '/'), File.ReadAllText(file)))
            .Where(file => !file.Path.Contains("/obj/", StringComparison.Ordinal) && !file.Path.Contains("/bin/", StringComparison.Ordinal))
            .OrderBy(file => file.Path, StringComparer.Ordinal),
    ];

    /// <summary>Prints the offenders and asserts that there are none.</summary>
    public static void AssertNone(IEnumerable<string> offenders, ITestOutputHelper output)
    {
        string[] all = [.. offenders];
        foreach (string offender in all) output.WriteLine(offender);
        Assert.True(all.Length == 0, $"{all.Length} offenders:\n{string.Join('\n', all)}");
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Tacit.slnx"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException("No folder above the tests holds Tacit.slnx.");
    }
}
