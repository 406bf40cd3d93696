using System.Reflection;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Secrets;
using Tacit.Cryptography.Signatures;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Conventions;

public sealed class PublicTypeTests(ITestOutputHelper output)
{
    private static readonly HashSet<Type> secrets = [typeof(SecretBytes), typeof(SigningKey), typeof(AgreementKey), typeof(Keystream)];

    // Known and to be closed: nothing may be added here.
    private static readonly HashSet<string> stillOpen = [];

    [Fact]
    public void Classes_are_sealed_static_or_closed() => SourceTree.AssertNone(
        from type in TacitAssemblies.Types
        where type.IsClass && !type.IsSealed && !type.IsSubclassOf(typeof(Delegate)) && !IsClosed(type) && !stillOpen.Contains(type.FullName!)
        select type.FullName,
        output);

    [Fact]
    public void No_namespace_has_the_name_of_a_public_type()
    {
        HashSet<string> namespaces = [.. TacitAssemblies.Types.Select(type => type.Namespace).OfType<string>().SelectMany(name => name.Split('.'))];

        SourceTree.AssertNone(TacitAssemblies.PublicTypes.Where(type => namespaces.Contains(type.Name)).Select(type => $"{type.FullName} is a namespace too"), output);
    }

    [Fact]
    public void No_public_record_holds_a_secret() => SourceTree.AssertNone(
        from type in TacitAssemblies.PublicTypes
        where TacitAssemblies.IsRecord(type) && TacitAssemblies.FieldTypes(type).Any(IsSecret)
        select type.FullName,
        output);

    [Fact]
    public void Internal_records_that_hold_a_secret_print_nothing_of_it()
    {
        Type[] holders = [.. TacitAssemblies.Types.Where(type => !type.IsVisible && TacitAssemblies.IsRecord(type) && TacitAssemblies.FieldTypes(type).Any(HoldsSecret))];

        output.WriteLine($"internal records that hold secrets: {string.Join(", ", holders.Select(type => type.Name))}");
        SourceTree.AssertNone(holders.Where(type => !TacitAssemblies.WritesItsOwnText(type) && TacitAssemblies.FieldTypes(type).Where(HoldsSecret).Any(field => !TacitAssemblies.WritesItsOwnText(field))).Select(type => type.FullName!), output);
    }

    [Fact]
    public void Types_that_hold_secrets_are_disposable_and_print_nothing() => SourceTree.AssertNone(
        from type in secrets
        where !type.IsSealed || !typeof(IDisposable).IsAssignableFrom(type) || !TacitAssemblies.WritesItsOwnText(type) || TacitAssemblies.IsRecord(type)
        select type.FullName,
        output);

    [Fact]
    public void Failure_codes_are_unique_and_upper_snake()
    {
        FailureCode[] codes = [.. typeof(FailureCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (FailureCode)field.GetValue(null)!)];

        Assert.NotEmpty(codes);
        SourceTree.AssertNone(codes.GroupBy(code => code.Name).Where(group => group.Count() > 1).Select(group => $"{group.Key} twice"), output);
        SourceTree.AssertNone(codes.Where(code => !code.Name.Split('_').All(word => word.Length > 0 && word.All(c => c is >= 'A' and <= 'Z'))).Select(code => code.Name), output);
    }

    [Fact]
    public void A_failure_code_has_the_name_of_its_field() => SourceTree.AssertNone(
        from field in typeof(FailureCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        let code = (FailureCode)field.GetValue(null)!
        where !string.Equals(code.Name.Replace("_", "", StringComparison.Ordinal), field.Name, StringComparison.OrdinalIgnoreCase)
        select $"{field.Name} is {code.Name}",
        output);

    private static bool IsClosed(Type type) => type.IsAbstract
        && type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).All(constructor => constructor.IsPrivate || constructor.IsFamilyAndAssembly || IsCopy(constructor, type));

    // A record's copy constructor is protected, but a derived record needs another one to begin with.
    private static bool IsCopy(ConstructorInfo constructor, Type type) => constructor.GetParameters() is [{ } only] && only.ParameterType == type;

    private static bool IsSecret(Type type) => secrets.Contains(type) || type.GetGenericArguments().Any(IsSecret) || (type.HasElementType && IsSecret(type.GetElementType()!));

    // A class of ours that holds secrets is one itself.
    private static bool HoldsSecret(Type type) => IsSecret(type)
        || (TacitAssemblies.All.Contains(type.Assembly) && !type.IsEnum && !TacitAssemblies.IsRecord(type) && TacitAssemblies.FieldTypes(type).Any(IsSecret));
}
