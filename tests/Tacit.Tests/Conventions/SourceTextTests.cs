using System.Text.RegularExpressions;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Conventions;

public sealed partial class SourceTextTests(ITestOutputHelper output)
{
    private const int SourceLines = 400, TestLines = 500, MethodLines = 70;

    [Fact]
    public void Files_are_short() => SourceTree.AssertNone(
        from limit in new[] { (Folder: "src", Lines: SourceLines), (Folder: "tests", Lines: TestLines) }
        from file in SourceTree.Files(limit.Folder)
        where file.LineCount > limit.Lines
        select $"{file.Path}: {file.LineCount} lines, at most {limit.Lines}",
        output);

    [Fact]
    public void Methods_are_short() => SourceTree.AssertNone(
        from file in SourceTree.Files("src")
        from method in MethodSpans.Of(file)
        where method.Lines > MethodLines
        select $"{file.Path}({method.Start}): {method.Lines} lines, at most {MethodLines}",
        output);

    [Fact]
    public void Methods_are_found_by_their_braces()
    {
        SourceFile file = new("a.cs", "namespace A;\n\nclass B\n{\n    void C()\n    {\n        if (x) {\n        }\n    }\n\n    int D => 1;\n\n    int E\n    {\n        get { return 1; }\n    }\n}\n");

        Assert.Equal([(5, 5), (13, 4)], MethodSpans.Of(file));
    }

    [Fact]
    public void Namespaces_are_the_folders() => SourceTree.AssertNone(
        from file in SourceTree.Files("src").Concat(SourceTree.Files("tests"))
        let declared = NamespaceLine().Match(file.Text)
        let folders = string.Join('.', file.Path.Split('/')[1..^1])
        where declared.Success && declared.Groups[1].Value != folders
        select $"{file.Path}: {declared.Groups[1].Value}",
        output);

    [Fact]
    public void Nothing_is_random_but_through_a_source() => SourceTree.AssertNone(
        from file in SourceTree.Files("src")
        where RandomCreation().IsMatch(file.Text) || file.Text.Contains("Random.Shared", StringComparison.Ordinal)
        select file.Path,
        output);

    [Fact]
    public void Files_have_no_tabs_no_carriage_returns_and_end_with_one_newline() => SourceTree.AssertNone(
        from file in SourceTree.Files("src").Concat(SourceTree.Files("tests"))
        let ends = file.Text.EndsWith('\n') && !file.Text.EndsWith("\n\n", StringComparison.Ordinal)
        where file.Text.Contains('\t', StringComparison.Ordinal) || file.Text.Contains('\r', StringComparison.Ordinal) || !ends
        select file.Path,
        output);

    [Fact]
    public void Lines_have_no_trailing_space() => SourceTree.AssertNone(
        from file in SourceTree.Files("src")
        from line in file.Lines.Index()
        where line.Item.EndsWith(' ')
        select $"{file.Path}({line.Index + 1})",
        output);

    [Fact]
    public void Work_that_is_left_over_is_not_written_into_the_source() => SourceTree.AssertNone(
        from file in SourceTree.Files("src")
        from line in file.Lines.Index()
        where LeftOver().IsMatch(line.Item)
        select $"{file.Path}({line.Index + 1}): {line.Item.Trim()}",
        output);

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"new (System\.)?Random\(|\bRandom \w+ = new\(")]
    private static partial Regex RandomCreation();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex LeftOver();
}

/// <summary>Members by their indentation: a brace one level inside of a type opens one, the next brace there closes it.</summary>
internal static class MethodSpans
{
    private const string MemberOpens = "    {", MemberCloses = "    }";

    public static IEnumerable<(int Start, int Lines)> Of(SourceFile file)
    {
        int opened = -1;
        for (int i = 0; i < file.Lines.Length; i++)
        {
            string line = file.Lines[i].TrimEnd();
            if (line == MemberOpens) opened = Signature(file.Lines, i);
            if (!line.StartsWith(MemberCloses, StringComparison.Ordinal) || opened < 0) continue;
            if (!IsType(file.Lines, opened)) yield return (opened + 1, i - opened + 1);
            opened = -1;
        }
    }

    // The signature may take several lines: back to the last empty line, comment, attribute or end of another member.
    private static int Signature(string[] lines, int brace)
    {
        int start = brace;
        while (start > 0 && lines[start - 1].Trim() is { Length: > 0 } above && above is not ("{" or "}") && !above.StartsWith('/') && !above.StartsWith('[')) start--;
        return Math.Min(start, brace);
    }

    private static bool IsType(string[] lines, int start) => lines[start].Split(' ').Any(word => word is "class" or "struct" or "record" or "interface" or "enum");
}
