using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Randomness;
using Tacit.Protocols.PlainSum;
using Tacit.Protocols.SecAgg;
using Tacit.Protocols.SecAggPlus;
using Tacit.Protocols.SharedMask;

namespace Tacit.Protocols;

/// <summary>What a plan asks for, before the size of the cohort is known: unset means "choose for me".</summary>
/// <param name="Protocol">A protocol's name.</param>
/// <param name="Mode">Against whom.</param>
public sealed record ProtectionChoice(string Protocol, ProtectionMode Mode)
{
    /// <summary>k, or null to have it found.</summary>
    public int? Neighbours { get; init; }

    /// <summary>t, or null to have it found.</summary>
    public int? Threshold { get; init; }

    /// <summary>γ: fraction of a cohort that may be corrupt.</summary>
    public double Corrupt { get; init; }

    /// <summary>δ: fraction of a cohort that may drop out.</summary>
    public double Drop { get; init; }

    /// <summary>σ of a random graph.</summary>
    public int Sigma { get; init; } = ProtectionTerms.LeastSigma;

    /// <summary>The block cipher behind the masks.</summary>
    public KeystreamCipher Cipher { get; init; } = KeystreamCipher.Aes128;

    /// <summary>Settles the parameters for a cohort. Graphs that would need all neighbours become complete.</summary>
    /// <param name="participants">n.</param>
    public ProtectionTerms Resolve(int participants)
    {
        if (Protocol == PlainSumProtocol.ProtocolName) return ProtectionTerms.None;

        if (Protocol == SharedMaskProtocol.ProtocolName) return Everybody(participants);

        GraphRequirements requirements = GraphRequirements.For(participants, Corrupt, Drop, Mode) with { MayShrink = true, Sigma = Sigma };
        GraphParameters? graph = Protocol == SecAggPlusProtocol.ProtocolName ? FindGraph(requirements) : null;
        return new ProtectionTerms
        {
            Mode = Mode,
            Neighbours = graph?.Neighbours ?? participants - 1,
            Threshold = Threshold ?? graph?.Threshold ?? CompleteThreshold(requirements),
            MaximumCorrupt = requirements.CorruptCount,
            MaximumDropouts = requirements.DropCount,
            Sigma = Sigma,
            Cipher = Cipher,
        };
    }

    // Nobody may drop out, and one participant beside the coordinator would open the sum.
    private ProtectionTerms Everybody(int participants) => new()
    {
        Mode = Mode,
        Threshold = participants,
        Neighbours = participants - 1,
        MaximumCorrupt = 0,
        MaximumDropouts = 0,
        Cipher = KeystreamCipher.Aes256,
    };

    private GraphParameters? FindGraph(GraphRequirements requirements)
    {
        if (Neighbours is { } k)
        {
            if (k >= requirements.Participants - 1) return null;
            if (ParameterFinder.TryThreshold(requirements, k, out GraphParameters? given)) return given;
            return new GraphParameters(k, Threshold ?? k, 0, 0, 0);   // refused by the protocol, with the reason
        }

        return ParameterFinder.TryFind(requirements, out GraphParameters? found) ? found : null;
    }

    // ⌊2n/3⌋ + 1 if the promised drop-outs leave that many, else the least that the mode allows.
    private int CompleteThreshold(GraphRequirements requirements)
    {
        int n = requirements.Participants, least = Math.Max(Math.Min(2, n), SecAggThresholds.Least(Mode, n, requirements.CorruptCount));
        return Math.Max(least, Math.Min(SecAggThresholds.Default(n), n - requirements.DropCount));
    }
}
