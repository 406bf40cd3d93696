using Tacit.Aggregation.Failures;
using Tacit.Privacy.Sampling;

namespace Tacit.Aggregation.Pipeline;

/// <summary>Neighbouring coordinates of a sum over records with noise of one law and scale. Everything is in grid steps.</summary>
/// <remarks>
/// The bounds are about what adding or removing one record does to the exact sum, and they are what privacy rests on: they must hold for every record
/// that there could be, clipped where needed before it is added.
/// </remarks>
public sealed record RecordSumBlock
{
    /// <summary>The least scale of discrete Laplace noise: below, one step costs more than ε = 64.</summary>
    public const double LeastLaplaceScale = 1.0 / 64;

    /// <summary>The largest entry, so that sensitivities are whole numbers that a double holds.</summary>
    public const long MostLargest = 1L << 40;

    private const double Rounding = 1e-9;   // of a root that a caller took

    /// <summary>Coordinates.</summary>
    public required int Length { get; init; }

    /// <summary>Which noise.</summary>
    public required NoiseLaw Law { get; init; }

    /// <summary>σ or b of the whole noise that is certain.</summary>
    public double Scale { get; init; }

    /// <summary>Δ₁: the largest L1 norm of what one record changes in this block.</summary>
    public required double L1Sensitivity { get; init; }

    /// <summary>Δ₂: the largest L2 norm of it.</summary>
    public required double L2Sensitivity { get; init; }

    /// <summary>The largest absolute value of one entry of it.</summary>
    public required long Largest { get; init; }

    /// <summary>How many coordinates one record can change at most.</summary>
    public required int Touched { get; init; }

    /// <summary>A block of counts: one record changes at most so many coordinates, each by at most so much.</summary>
    /// <param name="length">Coordinates.</param>
    /// <param name="law">Which noise.</param>
    /// <param name="touched">Coordinates that one record changes at most: 1 where bins are disjoint.</param>
    /// <param name="largest">Steps that one record counts for.</param>
    /// <param name="scale">σ or b in steps, or 0 to have it planned.</param>
    public static RecordSumBlock Counts(int length, NoiseLaw law, int touched = 1, long largest = 1, double scale = 0) => new()
    {
        Length = length,
        Law = law,
        Scale = scale,
        Touched = touched,
        Largest = largest,
        L1Sensitivity = (double)touched * largest,
        L2Sensitivity = Math.Sqrt(touched) * largest,
    };

    /// <summary>A block of sums of vectors: one record changes at most so many coordinates, by a vector of bounded L2 norm.</summary>
    /// <param name="length">Coordinates.</param>
    /// <param name="law">Which noise.</param>
    /// <param name="touched">Coordinates that one record changes at most: the dimension of a vector where each record is in one group.</param>
    /// <param name="norm">The largest L2 norm of a record's vector on the grid, in steps.</param>
    /// <param name="scale">σ or b in steps, or 0 to have it planned.</param>
    public static RecordSumBlock Vectors(int length, NoiseLaw law, int touched, long norm, double scale = 0) => new()
    {
        Length = length,
        Law = law,
        Scale = scale,
        Touched = touched,
        Largest = norm,
        L1Sensitivity = Math.Sqrt(touched) * norm,
        L2Sensitivity = norm,
    };

    /// <summary>Refuses a block whose noise cannot be drawn or whose bounds contradict each other.</summary>
    internal void Validate(int index, double share)
    {
        Check(Length is >= 1 and <= 1 << 30, "length", Length, $"in [1, {1 << 30}]");
        Check(Enum.IsDefined(Law), "law", (int)Law, "known");
        Check(Touched >= 1 && Touched <= Length, "touched", Touched, $"in [1, {Length}], the block's length");
        Check(Largest is >= 1 and <= MostLargest, "largest", Largest, "in [1, 2^40]");
        double root = Math.Sqrt(Touched);
        Check(L2Sensitivity >= Largest && L2Sensitivity <= root * Largest * (1 + Rounding), "l2-sensitivity", L2Sensitivity, FormattableString.Invariant($"in [{Largest}, {root * Largest:g17}]: between one entry and {Touched} of the largest"));
        Check(L1Sensitivity >= L2Sensitivity * (1 - Rounding) && L1Sensitivity <= (double)Touched * Largest * (1 + Rounding), "l1-sensitivity", L1Sensitivity, FormattableString.Invariant($"in [{L2Sensitivity:g17}, {(double)Touched * Largest:g17}]: between the L2 sensitivity and {Touched} of the largest"));
        if (Law == NoiseLaw.None)
        {
            CheckNoise(Scale == 0, "0, because there is none");
        }
        else if (Law == NoiseLaw.DiscreteLaplace)
        {
            CheckNoise(Scale is >= LeastLaplaceScale and <= DiscreteLaplaceShareSampler.LargestScale, $"in [1/64, {DiscreteLaplaceShareSampler.LargestScale}]: use a coarser grid or Gaussian noise");
        }
        else
        {
            CheckNoise(share >= 0.5 && share <= DiscreteGaussianSampler.LargestScale, "half a step to 2^26 steps for each share: choose another grid");
        }

        void Check<TNumber>(bool holds, string field, TNumber value, string allowed)
        {
            if (!holds) throw new FailureException(FailureCodes.InvalidValue, FormattableString.Invariant($"{field} of block {index} is {value}; it must be {allowed}"));
        }

        void CheckNoise(bool holds, string allowed)
        {
            if (!holds) throw new FailureException(FailureCodes.InvalidNoise, FormattableString.Invariant($"the noise of block {index} is {Scale:g6} steps; it must be {allowed}"));
        }
    }
}
