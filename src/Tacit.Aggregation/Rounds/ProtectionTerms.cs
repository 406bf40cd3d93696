using Tacit.Cryptography.Randomness;

namespace Tacit.Aggregation.Rounds;

/// <summary>Against whom a round protects.</summary>
public enum ProtectionMode
{
    /// <summary>The coordinator follows the protocol and remembers everything; some participants may tell it all they know.</summary>
    SemiHonest = 0,

    /// <summary>The coordinator may do anything: keys are signed, thresholds are higher and survivors are agreed on before unmasking.</summary>
    Malicious = 1,
}

/// <summary>How a round protects its inputs; part of the terms.</summary>
public sealed record ProtectionTerms
{
    /// <summary>Against whom.</summary>
    public required ProtectionMode Mode { get; init; }

    /// <summary>t: shares that open a mask.</summary>
    public required int Threshold { get; init; }

    /// <summary>k: masks of one participant; n − 1 in a complete graph.</summary>
    public required int Neighbours { get; init; }

    /// <summary>c: participants of the cohort that may collude with the coordinator without harm.</summary>
    public required int MaximumCorrupt { get; init; }

    /// <summary>Participants of the cohort that may drop out without the round failing, beyond the stated probability.</summary>
    public required int MaximumDropouts { get; init; }

    /// <summary>The least σ that terms may have.</summary>
    public const int LeastSigma = 40;

    /// <summary>The largest σ that terms may have: beyond it keys are the weaker part.</summary>
    public const int LargestSigma = 128;

    /// <summary>σ: a random graph fails to protect with probability at most 2^−σ. Without meaning in a complete one.</summary>
    /// <value>40. A coordinator that redraws the graph by leaving participants out needs about 2^σ draws.</value>
    public int Sigma { get; init; } = LeastSigma;

    /// <summary>The block cipher behind the masks.</summary>
    public KeystreamCipher Cipher { get; init; } = KeystreamCipher.Aes128;

    /// <summary>No protection: for <c>PlainSum</c>.</summary>
    public static ProtectionTerms None { get; } = new()
    {
        Mode = ProtectionMode.SemiHonest,
        Threshold = 1,
        Neighbours = 0,
        MaximumCorrupt = 0,
        MaximumDropouts = int.MaxValue,
    };
}
