using System.Numerics;
using System.Runtime.InteropServices;

namespace Tacit.Learning.Training;

/// <summary>Loops over flat parameter vectors.</summary>
internal static class VectorLoops
{
    /// <summary>target += scale · source, of the same length.</summary>
    public static void AddScaled(Span<float> target, ReadOnlySpan<float> source, float scale)
    {
        Span<Vector<float>> wide = MemoryMarshal.Cast<float, Vector<float>>(target);
        ReadOnlySpan<Vector<float>> wideSource = MemoryMarshal.Cast<float, Vector<float>>(source)[..wide.Length];
        unchecked
        {
            for (int i = 0; i < wide.Length; i++) wide[i] += scale * wideSource[i];
            for (int i = wide.Length * Vector<float>.Count; i < target.Length; i++) target[i] += scale * source[i];
        }
    }

    /// <summary>target += scale · (x − y), of the same length.</summary>
    public static void AddScaledDifference(Span<float> target, ReadOnlySpan<float> x, ReadOnlySpan<float> y, float scale)
    {
        x = x[..target.Length];
        y = y[..target.Length];
        unchecked
        {
            for (int i = 0; i < target.Length; i++) target[i] += scale * (x[i] - y[i]);
        }
    }

    /// <summary>Refuses vectors that do not belong together.</summary>
    public static void RequireSameLength(ReadOnlySpan<float> parameters, ReadOnlySpan<float> change, float[]? state)
    {
        if (parameters.Length == change.Length && (state is null || state.Length == parameters.Length)) return;
        throw new ArgumentException(
            $"Got {parameters.Length} parameters, {change.Length} changes and state for "
            + $"{state?.Length ?? parameters.Length}; give one length.", nameof(change));
    }
}
