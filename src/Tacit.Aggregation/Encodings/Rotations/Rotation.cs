namespace Tacit.Aggregation.Encodings.Rotations;

/// <summary>x ↦ R (ξ ⊙ x): random signs, then a fixed orthogonal matrix that is its own inverse. Norms stay, coordinates become alike.</summary>
/// <remarks>Kairouz, Liu and Steinke 2021, Algorithm 1, "flatten"; Ailon and Chazelle 2006. Instances are immutable and thread-safe.</remarks>
public sealed class Rotation
{
    private readonly RandomSigns signs;
    private readonly HartleyMatrix? rows;

    /// <summary>Creates the rotation of one round.</summary>
    /// <param name="shape">Its size.</param>
    /// <param name="signs">ξ, of length D.</param>
    /// <exception cref="ArgumentException">ξ has another length.</exception>
    public Rotation(RotationShape shape, RandomSigns signs)
    {
        if (signs.Length != shape.PaddedDimension) throw new ArgumentException($"Got {signs.Length} signs; the rotation has dimension {shape.PaddedDimension}.", nameof(signs));
        this.signs = signs;
        Shape = shape;
        if (shape.Rows > 1) rows = new HartleyMatrix(shape.Rows);
    }

    /// <summary>The size.</summary>
    public RotationShape Shape { get; }

    /// <summary>Pads with zeros, flips signs, rotates and scales.</summary>
    /// <param name="update">Length d, at most D.</param>
    /// <param name="rotated">Length D, overwritten with factor · R (ξ ⊙ update).</param>
    /// <param name="factor">Such as min(1, c/‖x‖)/γ.</param>
    public void Apply(ReadOnlySpan<float> update, Span<float> rotated, double factor)
    {
        ThrowUnlessFits(update.Length, rotated.Length);
        signs.Apply(update, rotated[..update.Length], (float)(factor * Norm));
        rotated[update.Length..].Clear();
        Transform(rotated);
    }

    /// <summary>The same in double precision.</summary>
    /// <param name="update">Length d, at most D.</param>
    /// <param name="rotated">Length D, overwritten.</param>
    /// <param name="factor">Such as min(1, c/‖x‖)/γ.</param>
    public void Apply(ReadOnlySpan<double> update, Span<double> rotated, double factor)
    {
        ThrowUnlessFits(update.Length, rotated.Length);
        signs.Apply(update, rotated[..update.Length], factor * Norm);
        rotated[update.Length..].Clear();
        Transform(rotated);
    }

    /// <summary>The way back, in place: values ← factor · ξ ⊙ (R values). The first d are the update, the rest is noise of the padding.</summary>
    /// <param name="values">Length D.</param>
    /// <param name="factor">Such as γ.</param>
    public void Invert(Span<float> values, double factor)
    {
        ThrowUnlessFits(values.Length, values.Length);
        Transform(values);
        signs.Apply(values, values, (float)(factor * Norm));
    }

    /// <summary>The same in double precision.</summary>
    /// <param name="values">Length D.</param>
    /// <param name="factor">Such as γ.</param>
    public void Invert(Span<double> values, double factor)
    {
        ThrowUnlessFits(values.Length, values.Length);
        Transform(values);
        signs.Apply(values, values, factor * Norm);
    }

    private double Norm => 1 / Math.Sqrt(Shape.Columns);

    // The Kronecker product of the two matrices: between the rows, then inside each.
    private void Transform(Span<float> values)
    {
        rows?.Apply(values);
        for (int row = 0; row < Shape.Rows; row++) WalshHadamard.Transform(values.Slice(row * Shape.Columns, Shape.Columns));
    }

    private void Transform(Span<double> values)
    {
        rows?.Apply(values);
        for (int row = 0; row < Shape.Rows; row++) WalshHadamard.Transform(values.Slice(row * Shape.Columns, Shape.Columns));
    }

    private void ThrowUnlessFits(int update, int rotated)
    {
        int padded = Shape.PaddedDimension;
        if (update > padded || rotated != padded) throw new ArgumentException($"Got {update} values and room for {rotated}; the rotation has dimension {padded}.");
    }
}
