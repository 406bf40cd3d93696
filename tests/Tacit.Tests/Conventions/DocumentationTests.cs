using System.IO;
using System.Reflection;
using System.Xml.Linq;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Conventions;

public sealed class DocumentationTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_public_type_and_member_is_documented()
    {
        List<string> offenders = [];
        int documented = 0;
        foreach (Assembly assembly in TacitAssemblies.All)
        {
            Dictionary<string, XElement> comments = Comments(assembly);
            foreach (Type type in assembly.GetExportedTypes().Where(type => !TacitAssemblies.IsGenerated(type)))
            {
                string typeName = type.FullName!.Replace('+', '.');
                if (!comments.ContainsKey($"T:{typeName}")) offenders.Add(typeName);
                HashSet<string> parameters = comments.TryGetValue($"T:{typeName}", out XElement? comment)
                    ? [.. comment.Elements("param").Select(element => element.Attribute("name")!.Value)]
                    : [];
                foreach (MemberInfo member in TacitAssemblies.VisibleMembers(type).Where(member => member is not Type && IsWritten(member)))
                {
                    if (parameters.Contains(member.Name) || member is ConstructorInfo && parameters.Count > 0 || IsDocumented(comments, typeName, member)) documented++;
                    else offenders.Add($"{typeName}.{member.Name}");
                }
            }
        }

        output.WriteLine($"{documented} members are documented");
        SourceTree.AssertNone(offenders, output);
    }

    [Fact]
    public void Comments_of_public_types_have_a_summary() => SourceTree.AssertNone(
        from assembly in TacitAssemblies.All
        let comments = Comments(assembly)
        from type in assembly.GetExportedTypes()
        where comments.TryGetValue($"T:{type.FullName!.Replace('+', '.')}", out XElement? comment) && string.IsNullOrWhiteSpace(comment.Element("summary")?.Value)
        select type.FullName,
        output);

    // Constructors without parameters are the compiler's.
    private static bool IsWritten(MemberInfo member) => member is not ConstructorInfo constructor
        || (constructor.GetParameters().Length > 0 && !constructor.DeclaringType!.IsAssignableTo(typeof(Delegate)));

    private static bool IsDocumented(Dictionary<string, XElement> comments, string typeName, MemberInfo member)
    {
        string name = $"{typeName}.{member.Name.Replace('.', '#')}";
        return comments.Keys.Any(key => key.Length >= 2 + name.Length && string.CompareOrdinal(key, 2, name, 0, name.Length) == 0
            && (key.Length == 2 + name.Length || key[2 + name.Length] is '(' or '`' or '~'));
    }

    private static Dictionary<string, XElement> Comments(Assembly assembly)
    {
        string path = Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".xml");
        Assert.True(File.Exists(path), $"{Path.GetFileName(path)} is not beside the tests");
        return XDocument.Load(path).Descendants("member").ToDictionary(element => element.Attribute("name")!.Value);
    }
}
