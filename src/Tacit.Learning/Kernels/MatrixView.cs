namespace Tacit.Learning.Kernels;

/// <summary>A read-only float matrix over somebody else's memory, possibly transposed.</summary>
public readonly ref struct MatrixView
{
    /// <summary>Looks at row-major values.</summary>
    /// <param name="values">At least (rows − 1) × rowStride + columns floats; owned by the caller.</param>
    /// <param name="rows">Not negative.</param>
    /// <param name="columns">Not negative.</param>
    /// <param name="rowStride">Floats from one row to the next; 0 means <paramref name="columns"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative, the stride is below the columns, or the values are too
    /// few.</exception>
    public MatrixView(ReadOnlySpan<float> values, int rows, int columns, int rowStride = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        if (rowStride == 0) rowStride = columns;
        ArgumentOutOfRangeException.ThrowIfLessThan(rowStride, columns);
        if (rows > 0) ArgumentOutOfRangeException.ThrowIfLessThan(values.Length, (rows - 1L) * rowStride + columns, nameof(values));

        Values = values;
        (Rows, Columns, RowStride, ColumnStride) = (rows, columns, rowStride, 1);
    }

    private MatrixView(ReadOnlySpan<float> values, (int Rows, int Columns) size, (int Row, int Column) strides)
    {
        Values = values;
        (Rows, Columns) = size;
        (RowStride, ColumnStride) = strides;
    }

    /// <summary>The memory, from element (0, 0) on.</summary>
    public ReadOnlySpan<float> Values { get; }

    /// <summary>Rows as multiplied, after any transposition.</summary>
    public int Rows { get; }

    /// <summary>Columns as multiplied, after any transposition.</summary>
    public int Columns { get; }

    /// <summary>Floats from one row to the next.</summary>
    public int RowStride { get; }

    /// <summary>Floats from one column to the next: 1 unless transposed.</summary>
    public int ColumnStride { get; }

    /// <summary>The same memory with rows and columns exchanged; nothing is copied.</summary>
    public MatrixView Transposed => new(Values, (Columns, Rows), (ColumnStride, RowStride));
}
