using System.Collections.Immutable;

namespace Tacit.Privacy.Accounting.Renyi;

/// <summary>The orders at which a Rényi curve is evaluated.</summary>
public static class RenyiOrders
{
    /// <summary>1.1, 1.2 … 10.9, then 11 … 63, 128, 256, 512, 1024: what common accountants report at.</summary>
    public static ImmutableArray<double> Default { get; } = [.. Enumerable.Range(1, 99).Select(tenth => 1 + (tenth / 10.0)), .. Enumerable.Range(11, 53).Select(order => (double)order), 128, 256, 512, 1024];

    /// <summary>2 … 128 and 256: the orders of the published analysis of distributed noise.</summary>
    public static ImmutableArray<int> Integers { get; } = [.. Enumerable.Range(2, 127), 256];
}
