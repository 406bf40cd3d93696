using Tacit.Cryptography.Randomness;

namespace Tacit.Cryptography.Rings;

/// <summary>One mask of a sum: which keystream, and whether it is added or subtracted.</summary>
public readonly struct MaskTerm
{
    /// <summary>Names one mask.</summary>
    /// <param name="stream">Owned by the caller.</param>
    /// <param name="subtract">Whether the mask is taken away rather than added.</param>
    public MaskTerm(Keystream stream, bool subtract)
    {
        Stream = stream;
        Subtract = subtract;
    }

    /// <summary>The expanded seed.</summary>
    public Keystream Stream { get; }

    /// <summary>Whether the mask is taken away rather than added.</summary>
    public bool Subtract { get; }
}
