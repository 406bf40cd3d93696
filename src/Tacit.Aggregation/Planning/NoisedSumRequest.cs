using Tacit.Aggregation.Encodings.Rotations;
using Tacit.Aggregation.Pipeline;

namespace Tacit.Aggregation.Planning;

/// <summary>What a job wants of its noised sums; the planner finds γ, σ and whether b bits are enough.</summary>
public sealed record NoisedSumRequest
{
    /// <summary>d: elements of an update.</summary>
    public required int Dimension { get; init; }

    /// <summary>n: participants of a round.</summary>
    public required int Participants { get; init; }

    /// <summary>The fewest honest participants whose noise is certain: n less the tolerated drop-outs and colluders.</summary>
    public required int HonestParticipants { get; init; }

    /// <summary>Rounds of the job; of a job with correlated noise, its trees.</summary>
    public required int Rounds { get; init; }

    /// <summary>δ.</summary>
    public required double Delta { get; init; }

    /// <summary>The ceiling against readers of the model, or null if the noise is given.</summary>
    public double? Epsilon { get; init; }

    /// <summary>z = √shares · σ / c with the fewest honest shares, or null to have it calibrated.</summary>
    public double? NoiseMultiplier { get; init; }

    /// <summary>Whether a job may end after fewer rounds, when the ceiling is reached, instead of being refused.</summary>
    public bool MayStopEarly { get; init; }

    /// <summary>q of Poisson-sampled cohorts; 1 without sampling.</summary>
    public double SamplingRate { get; init; } = 1;

    /// <summary>c.</summary>
    public required double Clip { get; init; }

    /// <summary>B.</summary>
    public required int Bits { get; init; }

    /// <summary>β.</summary>
    public double Bias { get; init; } = NoisedSumPlan.DefaultBias;

    /// <summary>k: standard deviations of a coordinate that fit into half the modulus.</summary>
    public double ModularClip { get; init; } = 4;

    /// <summary>γ, or null for the finest that fits.</summary>
    public double? Granularity { get; init; }

    /// <summary>Which noise.</summary>
    public NoiseKind Noise { get; init; }

    /// <summary>Who draws it.</summary>
    public NoisePlacement Placement { get; init; }

    /// <summary>Which rotation.</summary>
    public RotationKind Rotation { get; init; }

    /// <summary>M.</summary>
    public int ShardsPerParticipant { get; init; } = 1;

    /// <summary>Whether every contribution votes on the clipping norm, which costs a part of the budget.</summary>
    public bool Votes { get; init; }

    /// <summary>T: steps of one tree of correlated noise, in each of which every unit takes part at most once; 0 for fresh noise each round.</summary>
    public int TreeSteps { get; init; }

    /// <summary>The fewest honest noise shares in a sum.</summary>
    public int HonestShares => Placement == NoisePlacement.Distributed ? checked(HonestParticipants * ShardsPerParticipant) : 1;

    /// <summary>The most draws of noise in a sum before it is opened; a tree's come after.</summary>
    public int Draws => TreeSteps > 0 ? 0 : Placement == NoisePlacement.Central ? 1 : Contributions;

    /// <summary>The most contributions in a sum.</summary>
    public int Contributions => checked(Participants * ShardsPerParticipant);
}
