using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using Tacit.Aggregation.Rounds;
using Tacit.Coordination;
using Tacit.Cryptography.Rings;
using Tacit.Dashboard;
using Tacit.Federation.Offers;
using Tacit.Learning.Models;
using Tacit.Orchestration;
using Tacit.Participation;
using Tacit.Privacy.Clipping;
using Tacit.Protocols;
using Tacit.Simulation.Rounds;
using Tacit.Storage;

namespace Tacit.Tests.Conventions;

/// <summary>The assemblies that the tests load, and what conventions ask of their types.</summary>
internal static class TacitAssemblies
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static ImmutableArray<Assembly> All { get; } =
    [
        typeof(ModularVector).Assembly, typeof(NormClipping).Assembly, typeof(RoundTerms).Assembly,
        typeof(IAggregationProtocol).Assembly, typeof(ParameterTensor).Assembly, typeof(RoundSetup).Assembly, typeof(ICoordinatorStore).Assembly,
        typeof(RoundOffer).Assembly, typeof(CoordinatorOptions).Assembly, typeof(OrchestrationOptions).Assembly, typeof(ParticipantPolicy).Assembly, typeof(TacitDashboard).Assembly,
    ];

    public static IEnumerable<Type> Types => All.SelectMany(assembly => assembly.GetTypes()).Where(type => !IsGenerated(type));

    public static IEnumerable<Type> PublicTypes => Types.Where(type => type.IsVisible);

    public static bool IsGenerated(MemberInfo member) =>
        member.IsDefined(typeof(CompilerGeneratedAttribute)) || member.Name.Contains('<', StringComparison.Ordinal)
        || (member.DeclaringType is { } outer && IsGenerated(outer));

    /// <summary>Whether the compiler wrote a record's members.</summary>
    public static bool IsRecord(Type type) => type.GetMethod("PrintMembers", Declared) is not null;

    /// <summary>Whether the type prints itself by its own rule rather than by the compiler's.</summary>
    public static bool WritesItsOwnText(Type type) => type.GetMethod(nameof(ToString), Declared, []) is { } method && !IsGenerated(method);

    public static IEnumerable<MemberInfo> VisibleMembers(Type type) => type
        .GetMembers(Declared)
        .Where(member => member.Name != "value__" && !IsGenerated(member) && IsVisible(member) && !(member is MethodInfo { IsSpecialName: true } method && !method.Name.StartsWith("op_", StringComparison.Ordinal)));

    public static IEnumerable<Type> FieldTypes(Type type) => type.GetFields(Declared).Where(field => !field.IsStatic).Select(field => field.FieldType);

    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        FieldInfo field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly,
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsVisible),
        EventInfo @event => IsVisible(@event.AddMethod!),
        Type nested => nested.IsNestedPublic,
        _ => false,
    };
}
