using System.Collections.Immutable;

namespace Tacit.Learning.Models;

/// <summary>One named tensor inside the flat parameter vector of a model.</summary>
/// <param name="Name">Unique in its layout, such as <c>dense1.weight</c>.</param>
/// <param name="Shape">Row major; the product of the dimensions is <paramref name="Length"/>. Empty for a single number.</param>
/// <param name="Offset">Index of the first float in the flat vector.</param>
/// <param name="Length">Number of floats.</param>
public sealed record ParameterTensor(string Name, ImmutableArray<int> Shape, int Offset, int Length)
{
    /// <summary>Equal when name, offset, length and every dimension are equal.</summary>
    /// <param name="other">The tensor to compare with.</param>
    public bool Equals(ParameterTensor? other) =>
        other is not null && Name == other.Name && Offset == other.Offset && Length == other.Length && Shape.SequenceEqual(other.Shape);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Offset, Length, Shape.Length);

    /// <inheritdoc/>
    public override string ToString() => $"{Name} [{string.Join(", ", Shape)}]";
}
