using System.Numerics;

namespace Tacit.Aggregation.Encodings.Rotations;

/// <summary>The size of a rotation: D = rows · 2ᵏ, at least d.</summary>
/// <param name="Kind">Which matrix.</param>
/// <param name="Rows">The order of the Hartley matrix; 1 without one.</param>
/// <param name="Columns">2ᵏ: the order of the Walsh–Hadamard matrix.</param>
public readonly record struct RotationShape(RotationKind Kind, int Rows, int Columns)
{
    private const int LeastRows = 16;

    /// <summary>D.</summary>
    public int PaddedDimension => checked(Rows * Columns);

    /// <summary>ρ = D · max Rⱼₖ²: how far from even the rotation may spread one coordinate; 1 is perfect.</summary>
    /// <remarks>Hartley's entries are cos θ + sin θ over √m, so at most √(2/m).</remarks>
    public double Flatness => Rows == 1 ? 1 : 2;

    /// <summary>The smallest rotation for a dimension.</summary>
    /// <param name="kind">Which matrix.</param>
    /// <param name="dimension">d, from 1 to 2³⁰.</param>
    public static RotationShape For(RotationKind kind, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimension, 1 << 30);
        int power = (int)BitOperations.RoundUpToPowerOf2((uint)dimension);
        if (kind == RotationKind.Hadamard || power < LeastRows * 16) return new RotationShape(kind, 1, power);

        int columns = power / (2 * LeastRows), rows = (dimension + columns - 1) / columns;
        return rows == 2 * LeastRows ? new RotationShape(kind, 1, power) : new RotationShape(kind, rows, columns);
    }
}
