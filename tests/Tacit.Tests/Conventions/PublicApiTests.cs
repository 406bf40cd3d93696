using System.IO;
using System.Reflection;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Conventions;

/// <summary>The public surface as text, one file for each assembly: a change of it is seen in review.</summary>
public sealed class PublicApiTests(ITestOutputHelper output)
{
    private const string WriteVariable = "TACIT_WRITE_PUBLIC_API";

    private static readonly string folder = Path.Combine(SourceTree.Root, "tests", "Tacit.Tests", "PublicApi");

    public static TheoryData<string> Names => [.. TacitAssemblies.All.Select(assembly => assembly.GetName().Name!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_public_surface_is_the_one_that_was_agreed_on(string name)
    {
        string path = Path.Combine(folder, name + ".txt");
        string[] now = [.. PublicSurface.Of(TacitAssemblies.All.Single(assembly => assembly.GetName().Name == name))];
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(path, string.Join('\n', now) + "\n");
        }

        if (!File.Exists(path))
        {
            output.WriteLine($"{name} has no agreed surface yet: set {WriteVariable}=1 to write it");
            return;
        }

        string[] agreed = File.ReadAllText(path).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        SourceTree.AssertNone([.. agreed.Except(now).Select(line => "- " + line), .. now.Except(agreed).Select(line => "+ " + line)], output);
    }

    [Fact]
    public void The_surfaces_of_the_lowest_assemblies_are_agreed_on()
    {
        foreach (string name in new[] { "Tacit.Cryptography", "Tacit.Privacy", "Tacit.Aggregation" }) Assert.True(File.Exists(Path.Combine(folder, name + ".txt")), name);
    }
}

/// <summary>Public types and members of an assembly, one a line, in an order that no build changes.</summary>
internal static class PublicSurface
{
    public static IEnumerable<string> Of(Assembly assembly) => assembly.GetExportedTypes()
        .OrderBy(type => type.FullName, StringComparer.Ordinal)
        .SelectMany(type => TacitAssemblies.VisibleMembers(type).Where(member => member is not Type).Select(member => $"{Name(type)}.{Describe(member)}").Order(StringComparer.Ordinal).Prepend(Describe(type)));

    private static string Describe(Type type)
    {
        string kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct" : type.IsAbstract && type.IsSealed ? "static class" : type.IsAbstract ? "abstract class" : "class";
        string[] interfaces = [.. type.GetInterfaces().Where(i => i.IsVisible && !type.IsEnum).Select(Name).Order(StringComparer.Ordinal)];
        return $"{kind} {Name(type)}{(interfaces.Length == 0 ? "" : " : " + string.Join(", ", interfaces))}";
    }

    private static string Describe(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => $"new({Parameters(constructor)})",
        MethodInfo method => $"{method.Name}{Arguments(method)}({Parameters(method)}) : {Name(method.ReturnType)}{(method.IsStatic ? " static" : "")}",
        PropertyInfo property => $"{property.Name} {{ {(property.CanRead ? "get; " : "")}{Setter(property)}}} : {Name(property.PropertyType)}",
        FieldInfo { IsLiteral: true } constant => $"{constant.Name} = {Convert.ToString(constant.GetRawConstantValue(), System.Globalization.CultureInfo.InvariantCulture)} : {Name(constant.FieldType)}",
        FieldInfo field => $"{field.Name} : {Name(field.FieldType)}{(field.IsStatic ? " static" : "")}{(field.IsInitOnly ? " readonly" : "")}",
        _ => member.Name,
    };

    private static string Setter(PropertyInfo property) => property.SetMethod is not { IsPublic: true } setter ? ""
        : setter.ReturnParameter.GetRequiredCustomModifiers().Any(modifier => modifier.Name == "IsExternalInit") ? "init; " : "set; ";

    private static string Arguments(MethodInfo method) => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{(parameter.IsOut ? "out " : parameter.ParameterType.IsByRef ? "ref " : "")}{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? " = …" : "")}"));

    private static string Name(Type type)
    {
        if (type.IsByRef) return Name(type.GetElementType()!);
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (type.IsGenericParameter) return type.Name;
        string prefix = type.IsNested ? Name(type.DeclaringType!) + "." : type.Namespace is "System" ? "" : type.Namespace + ".";
        string name = prefix + type.Name.Split('`')[0];
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }
}
