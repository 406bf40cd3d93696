using System.Collections.Immutable;

namespace Tacit.Cryptography.Sharing;

/// <summary>Why shares do not give a secret.</summary>
public enum SharingError
{
    /// <summary>They do.</summary>
    None,

    /// <summary>Fewer than t shares.</summary>
    TooFewShares,

    /// <summary>A share's x is zero, or an element is not below the prime.</summary>
    InvalidShare,

    /// <summary>Two shares have one x.</summary>
    DuplicateShare,

    /// <summary>The shares do not lie on one polynomial and too few are left to say which are wrong.</summary>
    InconsistentShares,
}

/// <summary>What came of putting shares together.</summary>
/// <param name="Error">None on success.</param>
/// <param name="Culprits">The x coordinates of wrong shares; on <see cref="SharingError.InconsistentShares"/> all suspects.</param>
public readonly record struct SharingResult(SharingError Error, ImmutableArray<uint> Culprits)
{
    /// <summary>Whether the secret was written.</summary>
    public bool Succeeded => Error == SharingError.None;
}
