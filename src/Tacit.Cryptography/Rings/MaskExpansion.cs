using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;

namespace Tacit.Cryptography.Rings;

/// <summary>Expands seeds to masks and adds them to a vector in one pass, without ever storing a mask.</summary>
/// <remarks>
/// Residue i of a mask is the little-endian number in keystream bytes [i·w, (i+1)·w), w = <see cref="ResidueRing.LaneBytes"/>, modulo 2ᵇ,
/// so any range can be expanded alone.
/// </remarks>
public static class MaskExpansion
{
    /// <summary>Half of a 32 KiB first-level cache: the tile of the vector stays there while all masks pass over it.</summary>
    private const int TileBytes = 16 * 1024;

    /// <summary>Adds the signed sum of all masks to the vector.</summary>
    /// <param name="target">Length d; overwritten.</param>
    /// <param name="masks">Keystreams with their signs, used from position 0.</param>
    /// <param name="loop">Spreads tiles of the vector; not used where a keystream is on <see cref="AesPath.Portable"/>, which is not thread-safe.</param>
    public static void Accumulate(ModularVector target, ReadOnlyMemory<MaskTerm> masks, IParallelLoop loop)
    {
        int tiles = (int)(((long)target.Bytes.Length + TileBytes - 1) / TileBytes);
        if (tiles == 0) return;
        if (!AreShareable(masks.Span)) loop = SequentialLoop.Instance;
        loop.For(tiles, tile => AccumulateTile(target, masks.Span, tile));
    }

    /// <summary>Adds one mask to a range of residues.</summary>
    /// <param name="target">The whole vector; only the range is overwritten.</param>
    /// <param name="mask">Keystream and sign.</param>
    /// <param name="offset">First residue of the range.</param>
    /// <param name="count">Residues in the range.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is outside the vector.</exception>
    public static void AccumulateRange(ModularVector target, MaskTerm mask, int offset, int count)
    {
        int w = target.Ring.LaneBytes;
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, target.Length - offset);
        Apply(mask, (ulong)offset * (ulong)w, target.Bytes.Slice(offset * w, count * w), w);
    }

    private static bool AreShareable(ReadOnlySpan<MaskTerm> masks)
    {
        foreach (MaskTerm mask in masks)
        {
            if (!mask.Stream.IsThreadSafe) return false;
        }

        return true;
    }

    private static void AccumulateTile(ModularVector target, ReadOnlySpan<MaskTerm> masks, int tile)
    {
        int start = tile * TileBytes;
        Span<byte> bytes = target.Bytes.Slice(start, Math.Min(TileBytes, target.Bytes.Length - start));
        foreach (MaskTerm mask in masks) Apply(mask, (ulong)start, bytes, target.Ring.LaneBytes);
    }

    private static void Apply(MaskTerm mask, ulong position, Span<byte> bytes, int laneBytes)
    {
        Keystream stream = mask.Stream;
        switch (laneBytes, mask.Subtract)
        {
            case (1, false): stream.Apply<AddSink<byte>>(position, bytes); break;
            case (1, true): stream.Apply<SubtractSink<byte>>(position, bytes); break;
            case (2, false): stream.Apply<AddSink<ushort>>(position, bytes); break;
            case (2, true): stream.Apply<SubtractSink<ushort>>(position, bytes); break;
            case (4, false): stream.Apply<AddSink<uint>>(position, bytes); break;
            case (4, true): stream.Apply<SubtractSink<uint>>(position, bytes); break;
            case (_, false): stream.Apply<AddSink<ulong>>(position, bytes); break;
            case (_, true): stream.Apply<SubtractSink<ulong>>(position, bytes); break;
        }
    }
}
