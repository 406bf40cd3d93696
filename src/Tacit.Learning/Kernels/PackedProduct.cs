using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

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
                if (Vector512.IsHardwareAccelerated) WideMicroKernel.Multiply(panelA, panelB, tile);
                else MicroKernel.Multiply(panelA, panelB, tile);

                // In a method of its own: next to the micro-kernel it would cost the accumulators their registers.
                Span<float> target = c.Values[(i * c.RowStride + j)..];
                AddTile(tile, target, c.RowStride, Math.Min(TileRows, c.Rows - i), Math.Min(TileColumns, c.Columns - j));
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddTile(ReadOnlySpan<float> tile, Span<float> target, int stride, int rows, int columns)
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
        ref float to = ref MemoryMarshal.GetReference(panel);
        unchecked
        {
            for (int i = 0; i < height; i++)
            {
                ReadOnlySpan<float> row = source[(i * strides.Row)..];
                for (int k = i, from = 0; k < panel.Length; k += panelRows, from += strides.Column) Unsafe.Add(ref to, k) = row[from];
            }
        }
    }

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
