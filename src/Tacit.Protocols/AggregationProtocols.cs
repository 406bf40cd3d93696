using Tacit.Aggregation.Failures;
using Tacit.Protocols.PlainSum;
using Tacit.Protocols.SecAgg;
using Tacit.Protocols.SecAggPlus;

namespace Tacit.Protocols;

/// <summary>The protocols that are built in, by name.</summary>
public static class AggregationProtocols
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<IAggregationProtocol> All { get; } = [new PlainSumProtocol(), new SecAggProtocol(), new SecAggPlusProtocol()];

    /// <summary>Looks a protocol up; <c>SecAggPlus</c>, <c>secagg-plus</c> and <c>secagg+</c> are the same.</summary>
    /// <param name="name">A name.</param>
    /// <exception cref="FailureException"><see cref="FailureCodes.InvalidValue"/> with the list of names.</exception>
    public static IAggregationProtocol Get(string name)
    {
        string wanted = Canonical(name);
        return All.FirstOrDefault(protocol => Canonical(protocol.Name) == wanted)
            ?? throw new FailureException(FailureCodes.InvalidValue, $"protocol is \"{name}\"; it must be one of {string.Join(", ", All.Select(protocol => protocol.Name))}");
    }

    private static string Canonical(string name) => name.Replace("-", "", StringComparison.Ordinal).Replace("+", "plus", StringComparison.Ordinal).ToUpperInvariant();
}
