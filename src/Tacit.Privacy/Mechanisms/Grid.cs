namespace Tacit.Privacy.Mechanisms;

/// <summary>The multiples of a power of two: every released number is one of them, whatever the answer was.</summary>
/// <remarks>
/// Differences of floating-point numbers show the answer in their last bits (Mironov 2012; Haney et al. 2022). So answers are rounded to the grid first, noise is
/// an integer number of steps, and the sum is exact. Rounding moves each coordinate by at most half a step, so neighbours grow apart by at
/// most one step a coordinate: Δ₁/g + d and Δ₂/g + √d steps.
/// </remarks>
public readonly record struct Grid
{
    private const int LeastExponent = -900, LargestExponent = 900;
    private const long LargestSteps = 1L << 52;

    /// <summary>Takes multiples of 2 to an exponent.</summary>
    /// <param name="exponent">In [−900, 900].</param>
    /// <exception cref="ArgumentOutOfRangeException">The exponent is out of range.</exception>
    public Grid(int exponent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(exponent, LeastExponent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(exponent, LargestExponent);
        Exponent = exponent;
    }

    /// <summary>g = 2 to this.</summary>
    public int Exponent { get; }

    /// <summary>g.</summary>
    public double Spacing => Math.ScaleB(1, Exponent);

    /// <summary>The grid that cuts a noise scale into between 2ᵇ and 2ᵇ⁺¹ steps.</summary>
    /// <param name="scale">Of the noise; it must not depend on the data.</param>
    /// <param name="bits">b.</param>
    public static Grid For(double scale, int bits) => new(Math.Clamp(Math.ILogB(PositiveNumber.Checked(scale, nameof(scale))) - bits, LeastExponent, LargestExponent));

    /// <summary>The nearest multiple, as its number of steps; answers beyond 2⁵² steps count as that, which brings neighbours no further apart.</summary>
    /// <param name="answer">Finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">The answer is infinite or not a number.</exception>
    public long Round(double answer)
    {
        if (!double.IsFinite(answer)) throw new ArgumentOutOfRangeException(nameof(answer), "Only finite answers can be released.");
        return (long)Math.Round(Math.Clamp(Math.ScaleB(answer, -Exponent), -LargestSteps, LargestSteps));
    }

    /// <summary>A number of steps as a double, exact up to 2⁵³ steps.</summary>
    /// <param name="steps">Any number.</param>
    public double Value(long steps) => Math.ScaleB((double)steps, Exponent);
}
