using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Numerics;
using System.Text.Json;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Vectors;

/// <summary>One file of published test vectors, kept beside the repository and never inside it: <c>&lt;ancestor&gt;/shared/vectors</c>.</summary>
internal sealed class SharedVectors
{
    private SharedVectors(string name, string split, ImmutableArray<JsonElement> cases)
    {
        Name = name;
        IsPublic = split == "public";
        Cases = cases;
    }

    public string Name { get; }

    public bool IsPublic { get; }

    public ImmutableArray<JsonElement> Cases { get; }

    /// <summary>The file, or null after saying that nothing is checked.</summary>
    public static SharedVectors? Find(string name, ITestOutputHelper output)
    {
        for (DirectoryInfo? ancestor = new(AppContext.BaseDirectory); ancestor is not null; ancestor = ancestor.Parent)
        {
            string path = Path.Combine(ancestor.FullName, "shared", "vectors", name + ".json");
            if (File.Exists(path)) return Read(name, File.ReadAllBytes(path));
        }

        output.WriteLine($"shared vectors absent: nothing of {name} was checked");
        return null;
    }

    private static SharedVectors Read(string name, byte[] json)
    {
        JsonElement root = JsonDocument.Parse(json).RootElement;
        ImmutableArray<JsonElement> cases = [.. root.GetProperty("cases").EnumerateArray()];
        Assert.Equal(root.GetProperty("count").GetInt32(), cases.Length);
        return new SharedVectors(name, root.GetProperty("split").GetString()!, cases);
    }
}

/// <summary>Short readers for the fields of a case.</summary>
internal static class CaseFields
{
    public static string Text(this JsonElement element, string field) => element.GetProperty(field).GetString()!;

    public static byte[] Hex(this JsonElement element, string field) => Convert.FromHexString(element.Text(field));

    public static int Int(this JsonElement element, string field) => element.GetProperty(field).GetInt32();

    /// <summary>A number that is written as one or as a text of more digits.</summary>
    public static double Number(this JsonElement element, string field) => Number(element.GetProperty(field));

    public static double Number(this JsonElement number) => number.ValueKind == JsonValueKind.String
        ? double.Parse(number.GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture)
        : number.GetDouble();

    public static BigInteger Big(this JsonElement element, string field) => Big(element.GetProperty(field));

    public static BigInteger Big(this JsonElement number) => BigInteger.Parse(
        number.ValueKind == JsonValueKind.String ? number.GetString()! : number.GetRawText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    public static ulong[] Words(this JsonElement list) => [.. list.EnumerateArray().Select(number => (ulong)number.Big())];

    public static bool IsValid(this JsonElement element) => element.Text("result") == "valid";

    public static bool IsInvalid(this JsonElement element) => element.Text("result") == "invalid";
}

/// <summary>Counts what became of each case, so that no test passes by checking nothing.</summary>
internal sealed class Tally(SharedVectors file, ITestOutputHelper output)
{
    private readonly List<string> disagreements = [];
    private readonly SortedDictionary<string, int> notApplicable = [];
    private int agreed;
    private int invalidAccepted;

    /// <summary>A case was run; the answer is what the file says or not.</summary>
    public void Check(JsonElement vector, bool agrees, string otherwise = "differs")
    {
        if (agrees) agreed++;
        else disagreements.Add($"{vector.Text("id")}: {otherwise}");
    }

    /// <summary>A case that must be refused was run.</summary>
    public void CheckRefused(JsonElement vector, bool accepted)
    {
        if (accepted) invalidAccepted++;
        Check(vector, !accepted, "invalid, but accepted");
    }

    public void NotApplicable(string reason) => notApplicable[reason] = notApplicable.GetValueOrDefault(reason) + 1;

    /// <summary>Asserts that every case was run or named as not applicable, that all agree and that nothing invalid was accepted.</summary>
    /// <param name="publicChecked">How many cases of the public file are run.</param>
    public void AssertComplete(int publicChecked)
    {
        int run = agreed + disagreements.Count, skipped = notApplicable.Values.Sum();
        output.WriteLine($"{file.Name}: {file.Cases.Length} cases, {run} checked, {agreed} agreed, {skipped} not applicable");
        foreach ((string reason, int count) in notApplicable) output.WriteLine($"  {count} not applicable: {reason}");
        foreach (string disagreement in disagreements) output.WriteLine($"  {disagreement}");

        Assert.Empty(disagreements);
        Assert.Equal(0, invalidAccepted);
        Assert.Equal(file.Cases.Length, run + skipped);
        Assert.True(run > 0, "nothing was checked");
        if (file.IsPublic) Assert.Equal(publicChecked, run);
    }
}
