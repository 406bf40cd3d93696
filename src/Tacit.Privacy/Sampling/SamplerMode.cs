namespace Tacit.Privacy.Sampling;

/// <summary>Which algorithm draws.</summary>
public enum SamplerMode
{
    /// <summary>Tables in bulk: constant steps a draw, statistical distance at most 2⁻¹⁰⁰ a draw. The default.</summary>
    Fast,

    /// <summary>The published rejection algorithm on integers, without tables: for comparison, and where neighbours may watch the cache.</summary>
    Published,
}
