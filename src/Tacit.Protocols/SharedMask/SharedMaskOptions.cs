using System.Collections.Immutable;
using Tacit.Cryptography.Hashing;
using Tacit.Cryptography.Rings;

namespace Tacit.Protocols.SharedMask;

/// <summary>A part of the vector with masks of its own, such as the sums and the counts of a clustering round.</summary>
/// <param name="Label">Names the part in the key schedule; unique.</param>
/// <param name="Length">Residues, positive.</param>
public sealed record MaskSegment(string Label, int Length);

/// <summary>What a shared-mask round needs beside its terms. Participants and coordinator must hold the same segments, or their keys do not fit.</summary>
public sealed record SharedMaskOptions
{
    /// <summary>The parts of the vector, in order; together its length.</summary>
    /// <value>Empty: the whole vector is one part.</value>
    public ImmutableArray<MaskSegment> Segments { get; init; } = [];

    /// <summary>What the coordinator adds to the masked sum before it sends it back: noise, in place. Participants leave it null.</summary>
    /// <value>Null: nothing.</value>
    public Action<ModularVector>? Noise { get; init; }

    /// <summary>The parts for a vector.</summary>
    /// <param name="length">Of the vector.</param>
    internal ImmutableArray<MaskSegment> For(int length) => Segments.IsDefaultOrEmpty ? [new MaskSegment("input", length)] : Segments;

    internal static void AppendTo(TranscriptHash hash, ImmutableArray<MaskSegment> segments)
    {
        hash.Append("segments", segments.Length);
        foreach (MaskSegment segment in segments) hash.Append("segment", segment.Label).Append("length", segment.Length);
    }
}
