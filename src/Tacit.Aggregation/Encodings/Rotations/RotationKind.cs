namespace Tacit.Aggregation.Encodings.Rotations;

/// <summary>Which orthogonal matrix spreads an update evenly.</summary>
public enum RotationKind
{
    /// <summary>Walsh–Hadamard: pads to the next power of two.</summary>
    Hadamard,

    /// <summary>Hartley of order 16 to 31 times Walsh–Hadamard: pads by at most a sixteenth, for dimensions just above a power of two.</summary>
    Hartley,
}
