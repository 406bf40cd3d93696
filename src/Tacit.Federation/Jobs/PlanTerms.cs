using Tacit.Aggregation.Encodings;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Jobs;
using Tacit.Protocols;

namespace Tacit.Federation.Jobs;

/// <summary>From what a plan's owner wrote to what rounds are made of; the same for simulated and for networked jobs.</summary>
public static class PlanTerms
{
    /// <summary>Protocol, mode and parameters, before the size of the cohort is known.</summary>
    /// <param name="protection">The plan's section.</param>
    public static ProtectionChoice ProtectionOf(ProtectionPlan protection) => new(protection.Protocol, protection.Malicious ? ProtectionMode.Malicious : ProtectionMode.SemiHonest)
    {
        Neighbours = protection.Neighbours,
        Threshold = protection.Threshold,
        Corrupt = protection.Corrupt,
        Drop = protection.Drop,
        Sigma = protection.Sigma,
        Cipher = protection.Cipher == "aes-256" ? KeystreamCipher.Aes256 : KeystreamCipher.Aes128,
    };

    /// <summary>How an update becomes a contribution to an exact weighted mean.</summary>
    /// <param name="protection">The plan's section.</param>
    /// <param name="dimension">d.</param>
    /// <param name="participants">n: the most of one round.</param>
    public static WeightedMeanPlan WeightedMeanOf(ProtectionPlan protection, int dimension, int participants) => new()
    {
        Dimension = dimension,
        Participants = participants,
        Quantization = new Quantization(protection.Range, protection.ValueBits),
        WeightCap = (int)Math.Min(protection.WeightCap, new Quantization(protection.Range, protection.ValueBits).Magnitude),
        ClipNorm = protection.Clip,
    };
}
