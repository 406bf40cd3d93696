using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tacit.Learning.Kernels;

/// <summary>Products large enough to copy both operands into panels that the micro-kernel reads front to back.</summary>
/// <remarks>
/// The five loops of BLIS: a block of B (<see cref="Depth"/> deep) stays in the shared caches, a block of A in the second level, one panel
/// of B in the first. Panels at the edge are filled with zeros, so the micro-kernel never sees a partial tile.
/// </remarks>
internal static class PackedProduct
{
    private const int Depth = 256;
    private const int BlockColumns = 2048;
    private const int BlockPanels = 16;
    private const int Alignment = 64 / sizeof(float);

    [ThreadStatic]
    private static float[]? workspace;

    private static int TileRows => Vector512.IsHardwareAccelerated ? WideMicroKernel.Rows : MicroKernel.Rows;

    private static int TileColumns => Vector512.IsHardwareAccelerated ? WideMicroKernel.Columns : MicroKernel.Columns;

    /// <summary>Adds A·B to C; the shapes have been checked.</summary>
    public static void Add(MatrixView a, MatrixView b, MatrixTarget c)
    {
        int blockRows = TileRows * BlockPanels;
        int depth = Math.Min(Depth, a.Columns);
        int columns = Math.Min(BlockColumns, RoundUp(c.Columns, TileColumns));
        Span<float> memory = Rent(columns * depth + Math.Min(blockRows, RoundUp(c.Rows, TileRows)) * depth);
        Span<float> packedB = memory[..(columns * depth)];
        Span<float> packedA = memory[(columns * depth)..];

        for (int j = 0; j < c.Columns; j += columns)
        {
            int width = Math.Min(columns, c.Columns - j);
            for (int k = 0; k < a.Columns; k += depth)
            {
                int deep = Math.Min(depth, a.Columns - k);
                Pack(b.Transposed, (j, width), (k, deep), TileColumns, packedB);
                for (int i = 0; i < c.Rows; i += blockRows)
                {
                    int height = Math.Min(blockRows, c.Rows - i);
                    Pack(a, (i, height), (k, deep), TileRows, packedA);
                    AddBlock(packedA, packedB, deep, new MatrixTarget(c.Values[(i * c.RowStride + j)..], height, width, c.RowStride));
                }
            }
        }
    }

    private static void AddBlock(ReadOnlySpan<float> packedA, ReadOnlySpan<float> packedB, int depth, MatrixTarget c)
    {
        Span<float> tile = stackalloc float[WideMicroKernel.Rows * WideMicroKernel.Columns];
        for (int j = 0; j < c.Columns; j += TileColumns)
        {
            ReadOnlySpan<float> panelB = packedB.Slice(j * depth, TileColumns * depth);
            for (int i = 0; i < c.Rows; i += TileRows)
            {
                ReadOnlySpan<float> panelA = packedA.Slice(i * depth, TileRows * depth);
                Span<float> target = c.Values[(i * c.RowStride + j)..];
                int rows = Math.Min(TileRows, c.Rows - i), columns = Math.Min(TileColumns, c.Columns - j);
                if (rows == TileRows && columns == TileColumns)
                {
                    AddTile(panelA, panelB, target, c.RowStride);
                    continue;
                }
                tile.Clear();
                AddTile(panelA, panelB, tile, TileColumns);
                AddEdge(tile, target, c.RowStride, rows, columns);
            }
        }
    }

    private static void AddTile(ReadOnlySpan<float> panelA, ReadOnlySpan<float> panelB, Span<float> target, int stride)
    {
        if (Vector512.IsHardwareAccelerated) WideMicroKernel.Multiply(panelA, panelB, target, stride);
        else MicroKernel.Multiply(panelA, panelB, target, stride);
    }

    private static void AddEdge(ReadOnlySpan<float> tile, Span<float> target, int stride, int rows, int columns)
    {
        unchecked
        {
            for (int i = 0; i < rows; i++)
            {
                ReadOnlySpan<float> source = tile.Slice(i * TileColumns, columns);
                Span<float> row = target.Slice(i * stride, columns);
                int j = 0;
                for (; j + 8 <= columns; j += 8)
                    (Vector256.Create(source[j..]) + Vector256.Create<float>(row[j..])).CopyTo(row[j..]);
                for (; j < columns; j++) row[j] += source[j];
            }
        }
    }

    /// <summary>Copies rows × depth of a matrix as panels of <paramref name="panelRows"/> rows, each stored column by column.</summary>
    private static void Pack(MatrixView m, (int First, int Count) rows, (int First, int Count) depth, int panelRows, Span<float> packed)
    {
        unchecked
        {
            for (int row = 0; row < rows.Count; row += panelRows)
            {
                int height = Math.Min(panelRows, rows.Count - row);
                Span<float> panel = packed.Slice(row * depth.Count, panelRows * depth.Count);
                ReadOnlySpan<float> source = m.Values[((rows.First + row) * m.RowStride + depth.First * m.ColumnStride)..];
                if (m.RowStride == 1) PackContiguous(source, m.ColumnStride, height, panelRows, panel);
                else PackStrided(source, (m.RowStride, m.ColumnStride), height, panelRows, panel);
            }
        }
    }

    private static void PackContiguous(ReadOnlySpan<float> source, int stride, int height, int panelRows, Span<float> panel)
    {
        unchecked
        {
            for (int k = 0, from = 0; k < panel.Length; k += panelRows, from += stride)
            {
                source.Slice(from, height).CopyTo(panel[k..]);
                if (height < panelRows) panel[(k + height)..(k + panelRows)].Clear();
            }
        }
    }

    private static void PackStrided(ReadOnlySpan<float> source, (int Row, int Column) strides, int height, int panelRows, Span<float> panel)
    {
        if (height < panelRows) panel.Clear();
        int depth = panel.Length / panelRows, i = 0;
        if (strides.Column == 1)
        {
            for (; i + 4 <= height; i += 4) PackFourRows(source[(i * strides.Row)..], strides.Row, depth, panelRows, panel[i..]);
        }
        ref float to = ref MemoryMarshal.GetReference(panel);
        unchecked
        {
            for (; i < height; i++)
            {
                ReadOnlySpan<float> row = source[(i * strides.Row)..];
                for (int k = i, from = 0; k < panel.Length; k += panelRows, from += strides.Column) Unsafe.Add(ref to, k) = row[from];
            }
        }
    }

    /// <summary>Four contiguous rows, four columns at a time: a 4 × 4 transposition in registers.</summary>
    private static void PackFourRows(ReadOnlySpan<float> source, int stride, int depth, int panelRows, Span<float> panel)
    {
        ReadOnlySpan<float> r0 = source[..depth], r1 = source.Slice(stride, depth), r2 = source.Slice(2 * stride, depth), r3 = source.Slice(3 * stride, depth);
        _ = panel[(depth - 1) * panelRows + 3];
        ref float to = ref MemoryMarshal.GetReference(panel);
        unchecked
        {
            int k = 0;
            for (; k + 4 <= depth; k += 4)
            {
                Vector128<float> x0 = Vector128.Create(r0[k..]), x1 = Vector128.Create(r1[k..]), x2 = Vector128.Create(r2[k..]), x3 = Vector128.Create(r3[k..]);
                (Vector128<float> low02, Vector128<float> high02) = Interleave(x0, x2);
                (Vector128<float> low13, Vector128<float> high13) = Interleave(x1, x3);
                (Vector128<float> y0, Vector128<float> y1) = Interleave(low02, low13);
                (Vector128<float> y2, Vector128<float> y3) = Interleave(high02, high13);
                y0.StoreUnsafe(ref to);
                y1.StoreUnsafe(ref Unsafe.Add(ref to, panelRows));
                y2.StoreUnsafe(ref Unsafe.Add(ref to, 2 * panelRows));
                y3.StoreUnsafe(ref Unsafe.Add(ref to, 3 * panelRows));
                to = ref Unsafe.Add(ref to, 4 * panelRows);
            }
            for (; k < depth; k++, to = ref Unsafe.Add(ref to, panelRows))
                Vector128.Create(r0[k], r1[k], r2[k], r3[k]).StoreUnsafe(ref to);
        }
    }

    /// <summary>(x₀, y₀, x₁, y₁) and (x₂, y₂, x₃, y₃).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float> Low, Vector128<float> High) Interleave(Vector128<float> x, Vector128<float> y) => Sse.IsSupported
        ? (Sse.UnpackLow(x, y), Sse.UnpackHigh(x, y))
        : (Vector128.Create(x[0], y[0], x[1], y[1]), Vector128.Create(x[2], y[2], x[3], y[3]));

    /// <summary>Memory of this thread that starts on a cache line; kept for the next product.</summary>
    private static Span<float> Rent(int length)
    {
        if (workspace is null || workspace.Length < length + Alignment)
            workspace = GC.AllocateUninitializedArray<float>(length + Alignment, pinned: true);
        long address = Marshal.UnsafeAddrOfPinnedArrayElement(workspace, 0);
        int skip = (int)((64 - address % 64) % 64) / sizeof(float);
        return workspace.AsSpan(skip, length);
    }

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;
}
