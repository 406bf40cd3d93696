using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Sampling;

namespace Tacit.Learning.Training;

/// <summary>Makes an optimiser private: noise on the sum of clipped gradients, a constant divisor, then the optimiser's own step.</summary>
/// <remarks>
/// <para>
/// Abadi et al. 2016, Algorithm 1, under adding or removing one example. The divisor is the expected size of a batch and never the
/// realised one, which would tell how many there were; a step without examples is noised like any other.
/// </para>
/// <para>
/// The noise is made of integers, because floating-point noise leaks through its low bits (Mironov 2012). The sum is put on a grid of g, a
/// power of two between 2⁻²¹ z C and 2⁻²⁰ z C, and an exact integer sample is added. One example then moves the sum by at most
/// Δ = (1 + 2⁻¹²) C + g √d in L2 norm: C, what single precision may add to it, and the rounding of d coordinates to the grid. The noise has
/// deviation z Δ, so the ratio of noise to sensitivity is z as accounted.
/// </para>
/// </remarks>
public sealed class DPOptimizer
{
    private const int GridBits = 20;
    private const int BlockSize = 1 << 16;
    private const double SinglePrecision = 1.0 / (1 << 12);

    private readonly ILocalOptimizer optimizer;
    private int[] noise = [];
    private int length;
    private DiscreteGaussianSampler? sampler;

    /// <summary>Wraps an optimiser.</summary>
    /// <param name="optimizer">Such as <see cref="Sgd"/> or <see cref="Adam"/>; its step is post-processing and costs no privacy.</param>
    /// <param name="noiseMultiplier">z; positive.</param>
    /// <param name="maxGradNorm">C, which the gradients have been clipped to; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive and finite.</exception>
    public DPOptimizer(ILocalOptimizer optimizer, double noiseMultiplier, double maxGradNorm)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        RequirePositive(noiseMultiplier, nameof(noiseMultiplier));
        RequirePositive(maxGradNorm, nameof(maxGradNorm));
        (this.optimizer, NoiseMultiplier, MaxGradNorm) = (optimizer, noiseMultiplier, maxGradNorm);
        GridStep = Math.ScaleB(1, Math.ILogB(noiseMultiplier * maxGradNorm) - GridBits);
    }

    /// <summary>z.</summary>
    public double NoiseMultiplier { get; }

    /// <summary>C.</summary>
    public double MaxGradNorm { get; }

    /// <summary>q · n: the mean number of examples in a batch.</summary>
    /// <value>Positive; it does not depend on who was drawn.</value>
    public required double ExpectedBatchSize
    {
        get;
        init
        {
            RequirePositive(value, nameof(value));
            field = value;
        }
    }

    /// <summary>Where the noise comes from: a production source for anything that has to stay private.</summary>
    public required IRandomSource Random { get; init; }

    /// <summary>g: coordinates are multiples of it when noise is added.</summary>
    public double GridStep { get; }

    /// <summary>Steps taken, with and without examples; every one spends privacy.</summary>
    public int Steps { get; private set; }

    /// <summary>The deviation of the noise on each coordinate of the sum, z Δ.</summary>
    /// <param name="length">d.</param>
    public double NoiseDeviation(int length) =>
        NoiseMultiplier * ((1 + SinglePrecision) * MaxGradNorm + GridStep * Math.Sqrt(length));

    /// <summary>Moves the parameters once, in place.</summary>
    /// <param name="parameters">Length d; overwritten.</param>
    /// <param name="clippedSum">Length d: the sum of the clipped gradients, all zero for an empty batch; overwritten with the noised mean.</param>
    /// <exception cref="ArgumentException">The lengths differ, or differ from the first call.</exception>
    public void Step(Span<float> parameters, Span<float> clippedSum)
    {
        if (length == 0) Prepare(parameters.Length);
        if (parameters.Length != length || clippedSum.Length != length)
            throw new ArgumentException($"Got {parameters.Length} parameters and a sum of {clippedSum.Length}; give {length} of each.", nameof(clippedSum));

        Steps++;
        for (int first = 0; first < length; first += BlockSize)
        {
            Span<float> block = clippedSum.Slice(first, Math.Min(BlockSize, length - first));
            sampler!.Fill(Random, noise.AsSpan(0, block.Length));
            AddNoise(block, noise);
        }
        noise.AsSpan().Clear();
        optimizer.Step(parameters, clippedSum);
    }

    private void Prepare(int parameters)
    {
        length = parameters;
        noise = new int[Math.Min(BlockSize, length)];
        sampler = DiscreteGaussianSampler.Create(NoiseDeviation(length) / GridStep);
    }

    // Exact up to the last conversion: the grid is a power of two, and below 2⁵³ its multiples are doubles.
    private void AddNoise(Span<float> values, ReadOnlySpan<int> noise)
    {
        double toGrid = 1 / GridStep, fromGrid = GridStep / ExpectedBatchSize;
        int i = 0;
        unchecked
        {
            ref float value = ref MemoryMarshal.GetReference(values);
            ref int integer = ref MemoryMarshal.GetReference(noise[..values.Length]);
            for (; i + Vector512<float>.Count <= values.Length; i += Vector512<float>.Count)
            {
                (Vector512<double> low, Vector512<double> high) = Vector512.Widen(Vector512.LoadUnsafe(ref value, (nuint)i));
                (Vector512<long> lowNoise, Vector512<long> highNoise) = Vector512.Widen(Vector512.LoadUnsafe(ref integer, (nuint)i));
                low = (Vector512.Round(low * toGrid) + Vector512.ConvertToDouble(lowNoise)) * fromGrid;
                high = (Vector512.Round(high * toGrid) + Vector512.ConvertToDouble(highNoise)) * fromGrid;
                Vector512.Narrow(low, high).StoreUnsafe(ref value, (nuint)i);
            }
            for (; i < values.Length; i++) values[i] = (float)((Math.Round(values[i] * toGrid) + noise[i]) * fromGrid);
        }
    }

    private static void RequirePositive(double value, string name)
    {
        if (!(value > 0 && double.IsFinite(value))) throw new ArgumentOutOfRangeException(name, value, "Give a positive, finite number.");
    }
}
