namespace Tacit.Privacy.Mechanisms;

/// <summary>How far neighbouring data can move an answer in the sum of absolute differences: what Laplace noise is scaled to.</summary>
public readonly record struct L1Sensitivity
{
    /// <summary>Checks the bound.</summary>
    /// <param name="value">Δ₁, positive and finite, in the units of the answer.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive and finite.</exception>
    public L1Sensitivity(double value) => Value = PositiveNumber.Checked(value, nameof(value));

    /// <summary>Δ₁.</summary>
    public double Value { get; }
}

/// <summary>How far neighbouring data can move an answer in Euclidean distance: what Gaussian noise is scaled to.</summary>
public readonly record struct L2Sensitivity
{
    /// <summary>Checks the bound.</summary>
    /// <param name="value">Δ₂, positive and finite, in the units of the answer.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive and finite.</exception>
    public L2Sensitivity(double value) => Value = PositiveNumber.Checked(value, nameof(value));

    /// <summary>Δ₂.</summary>
    public double Value { get; }
}

/// <summary>Checks of parameters.</summary>
internal static class PositiveNumber
{
    /// <summary>The value, if it is positive and finite.</summary>
    public static double Checked(double value, string name) => value > 0 && double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be positive and finite.");

    /// <summary>The value, if it lies strictly between 0 and 1.</summary>
    public static double BelowOne(double value, string name) => value is > 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must lie between 0 and 1.");
}
