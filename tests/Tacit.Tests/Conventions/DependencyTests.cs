using System.IO;
using System.Xml.Linq;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Conventions;

public sealed class DependencyTests(ITestOutputHelper output)
{
    private static readonly SortedDictionary<string, string[]> arrows = new(StringComparer.Ordinal)
    {
        ["Tacit.Cryptography"] = [],
        ["Tacit.Privacy"] = ["Tacit.Cryptography"],
        ["Tacit.Aggregation"] = ["Tacit.Privacy"],
        ["Tacit.Protocols"] = ["Tacit.Aggregation"],
        ["Tacit.Learning"] = ["Tacit.Aggregation"],
        ["Tacit.Federation"] = ["Tacit.Learning", "Tacit.Protocols"],
        ["Tacit.Storage"] = ["Tacit.Aggregation"],
        ["Tacit.Simulation"] = ["Tacit.Federation"],
        ["Tacit.Coordination"] = ["Tacit.Federation", "Tacit.Storage"],
        ["Tacit.Orchestration"] = ["Tacit.Coordination"],
        ["Tacit.Participation"] = ["Tacit.Federation", "Tacit.Storage"],
        ["Tacit.Dashboard"] = ["Tacit.Coordination"],
        ["Tacit.Cli"] = ["Tacit.Dashboard", "Tacit.Orchestration", "Tacit.Participation", "Tacit.Simulation"],
    };

    private static readonly string[] edges = ["Tacit.Simulation", "Tacit.Storage", "Tacit.Coordination", "Tacit.Dashboard", "Tacit.Orchestration", "Tacit.Participation"];

    [Fact]
    public void Projects_refer_along_the_arrows_and_no_other_way()
    {
        List<string> offenders = [];
        foreach (string project in SourceTree.Projects)
        {
            string name = Path.GetFileNameWithoutExtension(project);
            string[] references = [.. XDocument.Load(project).Descendants("ProjectReference").Select(NameOf).Order(StringComparer.Ordinal)];
            if (!arrows.TryGetValue(name, out string[]? allowed)) offenders.Add($"{name} has no place in the picture");
            else if (!references.SequenceEqual(allowed)) offenders.Add($"{name} refers to [{string.Join(", ", references)}], not to [{string.Join(", ", allowed)}]");
        }

        SourceTree.AssertNone(offenders, output);
    }

    [Fact]
    public void Assemblies_use_only_what_lies_below_them() => SourceTree.AssertNone(
        from assembly in TacitAssemblies.All
        from used in assembly.GetReferencedAssemblies().Select(reference => reference.Name!)
        where used.StartsWith("Tacit.", StringComparison.Ordinal) && !Below(assembly.GetName().Name!).Contains(used)
        select $"{assembly.GetName().Name} uses {used}",
        output);

    [Fact]
    public void Pure_assemblies_use_nothing_but_the_base_class_library() => SourceTree.AssertNone(
        from assembly in TacitAssemblies.All
        where !edges.Contains(assembly.GetName().Name!)
        from used in assembly.GetReferencedAssemblies().Select(reference => reference.Name!)
        where !used.StartsWith("System.", StringComparison.Ordinal) && !used.StartsWith("Tacit.", StringComparison.Ordinal)
        select $"{assembly.GetName().Name} uses {used}",
        output);

    [Fact]
    public void Every_assembly_is_looked_at()
    {
        string[] names = [.. TacitAssemblies.All.Select(assembly => assembly.GetName().Name!), "Tacit.Cli"];

        Assert.Equal(arrows.Keys, names.Order(StringComparer.Ordinal));
    }

    private static string NameOf(XElement reference) => reference.Attribute("Include")!.Value.Split('/', '\\')[^1].Replace(".csproj", "", StringComparison.Ordinal);

    private static HashSet<string> Below(string name) => [.. arrows[name], .. arrows[name].SelectMany(Below)];
}
