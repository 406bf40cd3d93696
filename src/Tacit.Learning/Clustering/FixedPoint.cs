namespace Tacit.Learning.Clustering;

/// <summary>Real numbers as whole steps of 2⁻ᵇ: what parties add, mask and noise is always an integer.</summary>
/// <remarks>To the nearest step, ties to even. Numbers that do not fit are refused or counted by the caller, never bent in silence.</remarks>
public readonly record struct FixedPoint
{
    /// <summary>The fewest bits.</summary>
    public const int LeastBits = 8;

    /// <summary>The most bits: a coordinate in [−1, 1] stays exact in a float, and many fit an int.</summary>
    public const int MostBits = 20;

    /// <summary>Chooses the step.</summary>
    /// <param name="bits">b, from <see cref="LeastBits"/> to <see cref="MostBits"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">b is out of range.</exception>
    public FixedPoint(int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, LeastBits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, MostBits);
        Bits = bits;
    }

    /// <summary>2⁻¹⁶.</summary>
    public static FixedPoint Default { get; } = new(16);

    /// <summary>b: bits after the point.</summary>
    public int Bits { get; }

    /// <summary>2ᵇ steps make one.</summary>
    public double One => 1 << Bits;

    /// <summary>The number of steps nearest to a value.</summary>
    /// <param name="value">Finite.</param>
    /// <param name="largest">The largest magnitude that is allowed, in steps; at most 2⁵³.</param>
    /// <param name="steps">The nearest number of steps, or the largest allowed with the value's sign if that is less; 0 for what is not a number.</param>
    /// <returns>False if the value is not a number or does not fit: the caller refuses it or counts it.</returns>
    public bool TryRound(double value, long largest, out long steps)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(largest, 1L << 53);
        double scaled = Math.Round(value * One);
        steps = double.IsNaN(scaled) ? 0 : (long)Math.Clamp(scaled, -largest, largest);
        return steps == scaled;
    }

    /// <summary>The value of a number of steps; exact up to 2⁵³ steps.</summary>
    /// <param name="steps">Any number.</param>
    public double Value(long steps) => steps / One;
}
