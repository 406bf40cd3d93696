using Tacit.Aggregation.Encodings.Rotations;
using Tacit.Aggregation.Pipeline;

namespace Tacit.Learning.Jobs;

/// <summary>Which differential privacy a job promises, and what for.</summary>
public enum PrivacyMechanism
{
    /// <summary>None: sums are exact.</summary>
    None,

    /// <summary>Participants' updates: clipped, rounded and noised inside the sum.</summary>
    Sum,

    /// <summary>Participants' records: clipped and noised in every local step.</summary>
    LocalSteps,

    /// <summary>Participants' updates, by noise of the coordinator that is correlated over the rounds (DP-FTRL): no sampling is needed.</summary>
    Tree,
}

/// <summary>How the cohort of a round is drawn. The accountant takes its theorem from here.</summary>
public enum CohortSampling
{
    /// <summary>A fixed number, or everybody: no amplification is claimed.</summary>
    Fixed,

    /// <summary>Each participant independently with the sampling rate.</summary>
    Poisson,
}

/// <summary>What a plan says about differential privacy.</summary>
public sealed record PrivacyPlan
{
    /// <summary>No differential privacy.</summary>
    public static PrivacyPlan None { get; } = new();

    /// <summary>What is noised.</summary>
    public PrivacyMechanism Mechanism { get; init; }

    /// <summary>As the plan writes it, such as <c>distributed-discrete-gaussian</c>.</summary>
    public string Name { get; init; } = "none";

    /// <summary>Which noise is added to a sum.</summary>
    public NoiseKind Noise { get; init; }

    /// <summary>Who adds it.</summary>
    public NoisePlacement Placement { get; init; }

    /// <summary>The ceiling: no round is begun that would pass it. Noise is calibrated to it unless <see cref="NoiseMultiplier"/> is given.</summary>
    public double? Epsilon { get; init; }

    /// <summary>Whether a job that cannot afford all its rounds runs as many as it can; otherwise it is refused.</summary>
    public bool StopsAtCeiling { get; init; }

    /// <summary>δ, in (0, 1).</summary>
    public double Delta { get; init; } = 1e-5;

    /// <summary>Standard deviation of the noise over the clipping norm: of the sum that the fewest contributions give, or of a step's sum.</summary>
    public double? NoiseMultiplier { get; init; }

    /// <summary>c: L2 norm that an update (of a participant or a shard), or a record's gradient, is clipped to.</summary>
    public double Clip { get; init; } = 1;

    /// <summary>Whether the clipping norm follows a quantile of the updates' norms, which costs a little of the budget.</summary>
    public bool AdaptiveClip { get; init; }

    /// <summary>The quantile that an adaptive norm follows.</summary>
    public double ClipQuantile { get; init; } = 0.5;

    /// <summary>B: bits of a residue of the sum.</summary>
    public int Bits { get; init; } = 16;

    /// <summary>β of conditional rounding.</summary>
    public double Bias { get; init; } = NoisedSumPlan.DefaultBias;

    /// <summary>k: standard deviations of a coordinate of the sum that the modulus holds.</summary>
    public double ModularClip { get; init; } = 4;

    /// <summary>Which rotation.</summary>
    public RotationKind Rotation { get; init; }

    /// <summary>γ, or null to have it chosen.</summary>
    public double? Granularity { get; init; }

    /// <summary>M: shards of each participant.</summary>
    public int MiniClients { get; init; } = 1;

    /// <summary>What ε protects: <c>example</c>, <c>participant</c> or <c>shard-of-N</c>. Costs of different units do not add up.</summary>
    public string Unit => Mechanism == PrivacyMechanism.LocalSteps ? "example" : MiniClients > 1 ? $"shard-of-{MiniClients}" : "participant";

    /// <summary>How cohorts are drawn; batches of local steps are always drawn by Poisson sampling.</summary>
    public CohortSampling Sampling { get; init; }

    /// <summary>q of Poisson sampling, of cohorts (sums) or of examples (local steps).</summary>
    public double? SamplingRate { get; init; }

    /// <summary>Local steps of one round, or null for as many as make the plan's epochs.</summary>
    public int? Steps { get; init; }
}
