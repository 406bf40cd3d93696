namespace Tacit.Learning.Kernels;

/// <summary>A row-major float matrix over somebody else's memory that a product is written to.</summary>
public readonly ref struct MatrixTarget
{
    /// <summary>Looks at row-major values.</summary>
    /// <param name="values">At least (rows − 1) × rowStride + columns floats; owned by the caller.</param>
    /// <param name="rows">Not negative.</param>
    /// <param name="columns">Not negative.</param>
    /// <param name="rowStride">Floats from one row to the next; 0 means <paramref name="columns"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative, the stride is below the columns, or the values are too
    /// few.</exception>
    public MatrixTarget(Span<float> values, int rows, int columns, int rowStride = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        if (rowStride == 0) rowStride = columns;
        ArgumentOutOfRangeException.ThrowIfLessThan(rowStride, columns);
        if (rows > 0) ArgumentOutOfRangeException.ThrowIfLessThan(values.Length, (rows - 1L) * rowStride + columns, nameof(values));

        Values = values;
        (Rows, Columns, RowStride) = (rows, columns, rowStride);
    }

    /// <summary>The memory, from element (0, 0) on.</summary>
    public Span<float> Values { get; }

    /// <summary>Rows.</summary>
    public int Rows { get; }

    /// <summary>Columns.</summary>
    public int Columns { get; }

    /// <summary>Floats from one row to the next.</summary>
    public int RowStride { get; }
}
