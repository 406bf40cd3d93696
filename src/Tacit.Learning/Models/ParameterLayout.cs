using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Tacit.Aggregation.Failures;

namespace Tacit.Learning.Models;

/// <summary>
/// Where each named tensor of a model lies in one flat vector of length d: the vector that is summed, clipped, noised and stored.
/// </summary>
/// <remarks>Immutable, so instances are thread-safe.</remarks>
public sealed class ParameterLayout : IEquatable<ParameterLayout>
{
    private readonly Dictionary<string, ParameterTensor> byName;

    private ParameterLayout(ImmutableArray<ParameterTensor> tensors, int count)
    {
        (Tensors, Count) = (tensors, count);
        byName = tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>The tensors in the order of their offsets, without gaps.</summary>
    public ImmutableArray<ParameterTensor> Tensors { get; }

    /// <summary>The number of parameters, d.</summary>
    public int Count { get; }

    /// <summary>The tensor of that name.</summary>
    /// <param name="name">Case matters.</param>
    /// <exception cref="FailureException">MISSING_FIELD: there is no such tensor.</exception>
    public ParameterTensor this[string name] => byName.TryGetValue(name, out ParameterTensor? tensor)
        ? tensor
        : throw new FailureException(FailureCodes.MissingField,
            $"tensor '{name}' is not in the model; it has {string.Join(", ", byName.Keys)}; check the model specification.");

    /// <summary>Lays tensors out one after the other.</summary>
    /// <param name="tensors">Names and row-major shapes; dimensions are not negative.</param>
    /// <exception cref="FailureException">INVALID_VALUE: a name occurs twice or a dimension is negative.</exception>
    public static ParameterLayout From(IEnumerable<(string Name, ImmutableArray<int> Shape)> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ImmutableArray<ParameterTensor>.Builder laid = ImmutableArray.CreateBuilder<ParameterTensor>();
        HashSet<string> names = new(StringComparer.Ordinal);
        int offset = 0;
        foreach ((string name, ImmutableArray<int> shape) in tensors)
        {
            if (!names.Add(name))
            {
                throw new FailureException(FailureCodes.InvalidValue,
                    $"tensor name '{name}' occurs twice; names must be unique; rename one.");
            }
            if (shape.Any(dimension => dimension < 0))
                throw new FailureException(FailureCodes.InvalidValue, $"tensor '{name}' has a negative dimension; use 0 or more.");

            int length = shape.Contains(0) ? 0 : shape.Aggregate(1, (product, dimension) => product * dimension);
            laid.Add(new ParameterTensor(name, shape, offset, length));
            offset += length;
        }
        return new ParameterLayout(laid.ToImmutable(), offset);
    }

    /// <summary>The part of a flat vector that belongs to one tensor.</summary>
    /// <param name="parameters">Length <see cref="Count"/>; the result looks into it.</param>
    /// <param name="name">The tensor's name.</param>
    /// <exception cref="FailureException">MISSING_FIELD: there is no such tensor.</exception>
    /// <exception cref="ArgumentException">The vector has another length.</exception>
    public Span<float> Slice(Span<float> parameters, string name)
    {
        RequireLength(parameters.Length);
        ParameterTensor tensor = this[name];
        return parameters.Slice(tensor.Offset, tensor.Length);
    }

    /// <inheritdoc cref="Slice(Span{float}, string)"/>
    public ReadOnlySpan<float> Slice(ReadOnlySpan<float> parameters, string name)
    {
        RequireLength(parameters.Length);
        ParameterTensor tensor = this[name];
        return parameters.Slice(tensor.Offset, tensor.Length);
    }

    /// <summary>True when both have the same names, shapes and offsets: vectors of one can be used as vectors of the other.</summary>
    /// <param name="other">The layout to compare with.</param>
    public bool Equals([NotNullWhen(true)] ParameterLayout? other) => other is not null && Tensors.SequenceEqual(other.Tensors);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => Equals(obj as ParameterLayout);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Count, Tensors.Length);

    /// <inheritdoc/>
    public override string ToString() => $"{Count} parameters: {string.Join("; ", Tensors)}";

    internal void RequireLength(int length)
    {
        if (length != Count)
            throw new ArgumentException($"The vector has {length} floats; this model has {Count} parameters.", nameof(length));
    }
}
