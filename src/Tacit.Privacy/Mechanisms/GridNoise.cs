using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Sampling;

namespace Tacit.Privacy.Mechanisms;

/// <summary>Adds integer noise to rounded answers; shared by the continuous mechanisms.</summary>
internal static class GridNoise
{
    /// <summary>Overwrites answers with multiples of the grid.</summary>
    public static void Release(Grid grid, IIntegerSampler sampler, IRandomSource random, ReadOnlySpan<double> answers, Span<double> released)
    {
        if (released.Length != answers.Length) throw new ArgumentException("There is one released number for each answer.", nameof(released));
        long[] steps = new long[answers.Length];
        for (int i = 0; i < answers.Length; i++) steps[i] = grid.Round(answers[i]);   // all are checked before any noise is drawn
        AddTo(steps, sampler, random);
        for (int i = 0; i < answers.Length; i++) released[i] = grid.Value(steps[i]);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(steps.AsSpan()));
    }

    /// <summary>Adds independent draws in place.</summary>
    public static void AddTo(Span<long> values, IIntegerSampler sampler, IRandomSource random)
    {
        int[] noise = new int[values.Length];
        sampler.Fill(random, noise);
        for (int i = 0; i < values.Length; i++) values[i] += noise[i];
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(noise.AsSpan()));
    }
}
