using System.Collections.Immutable;
using Tacit.Aggregation.Encodings.Rotations;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Hashing;

namespace Tacit.Aggregation.Pipeline;

/// <summary>A sum of clipped, rotated and rounded updates that carries noise, modulo 2ᵇ. Everybody weighs the same.</summary>
/// <remarks>Kairouz, Liu and Steinke 2021, Algorithms 1 and 2. Lengths c and γ are in the units of the update, noise in units of the grid.</remarks>
public sealed record NoisedSumPlan : ContributionPlan
{
    /// <summary>e⁻¹ᐟ²: the default of <see cref="Bias"/>.</summary>
    public const double DefaultBias = 0.60653065971263342;

    private const double MostGridSteps = 1 << 28;

    /// <summary>c: the largest L2 norm of one update.</summary>
    public required double Clip { get; init; }

    /// <summary>γ: the distance of two neighbouring grid points.</summary>
    public required double Granularity { get; init; }

    /// <summary>B: bits of a residue.</summary>
    public required int ModulusBits { get; init; }

    /// <summary>σ/γ of one share of noise; of the whole noise when it is added centrally.</summary>
    public required double NoiseScale { get; init; }

    /// <summary>Which noise.</summary>
    public NoiseKind Noise { get; init; } = NoiseKind.DiscreteGaussian;

    /// <summary>Who draws it.</summary>
    public NoisePlacement Placement { get; init; } = NoisePlacement.Distributed;

    /// <summary>β in [0, 0.95]: how often conditional rounding may have to try again, against how little it adds to the sensitivity.</summary>
    public double Bias { get; init; } = DefaultBias;

    /// <summary>Which rotation.</summary>
    public RotationKind Rotation { get; init; } = RotationKind.Hadamard;

    /// <summary>M: shards that one participant splits its data into; each is clipped, rounded and noised as a contribution of its own.</summary>
    public int ShardsPerParticipant { get; init; } = 1;

    /// <summary>The votes on the clipping norm that the sum takes along, or null with a fixed norm.</summary>
    public NormVotes? Votes { get; init; }

    /// <summary>T: steps of one tree of correlated noise (<see cref="TreeNoise"/>), with <see cref="NoiseScale"/> that of one node; 0 for fresh noise each round.</summary>
    public int TreeSteps { get; init; }

    /// <summary>The public seed of the round's signs, 32 bytes; the same in all rounds that share a tree's noise.</summary>
    public ImmutableArray<byte> SignSeed { get; init; } = [.. new byte[32]];

    /// <summary>The size of the rotation.</summary>
    public RotationShape Shape => RotationShape.For(Rotation, Dimension);

    /// <inheritdoc/>
    public override int Bits => ModulusBits;

    /// <summary>D: coordinates after padding.</summary>
    public int PaddedDimension => Shape.PaddedDimension;

    /// <summary>D, and one more for votes.</summary>
    public override int Length => PaddedDimension + (Votes is null ? 0 : 1);

    /// <summary>‖r‖₂² that conditional rounding lets through, in grid steps squared: Δ₂²/γ².</summary>
    public double SquaredRoundedBound
    {
        get
        {
            double clip = Clip / Granularity, root = Math.Sqrt(PaddedDimension), always = (clip + root) * (clip + root);
            if (Bias == 0) return always;
            double usually = (clip * clip) + (PaddedDimension / 4.0) + (Math.Sqrt(2 * Math.Log(1 / Bias)) * (clip + (root / 2)));
            return Math.Min(always, usually);
        }
    }

    /// <summary>Whether no sum of accepted contributions can wrap, whatever the updates are.</summary>
    public bool NeverWraps => (double)Participants * ShardsPerParticipant * Math.Sqrt(SquaredRoundedBound) < Math.Pow(2, ModulusBits - 1);

    /// <inheritdoc/>
    public override byte[] Hash()
    {
        using TranscriptHash hash = new("tacit/noised-sum-plan/2");
        return hash.Append("dimension", Dimension).Append("participants", Participants)
            .Append("clip", BitConverter.DoubleToInt64Bits(Clip)).Append("granularity", BitConverter.DoubleToInt64Bits(Granularity))
            .Append("modulus-bits", ModulusBits).Append("noise-scale", BitConverter.DoubleToInt64Bits(NoiseScale))
            .Append("noise", (int)Noise).Append("placement", (int)Placement).Append("bias", BitConverter.DoubleToInt64Bits(Bias))
            .Append("rotation", (int)Rotation).Append("shards", ShardsPerParticipant)
            .Append("vote", Votes?.Magnitude ?? 0).Append("vote-noise", BitConverter.DoubleToInt64Bits(Votes?.NoiseScale ?? 0)).Append("tree-steps", TreeSteps)
            .Append("signs", SignSeed.AsSpan()).Digest();
    }

    /// <summary>The rotation of the round.</summary>
    public Rotation CreateRotation() => new(Shape, new RandomSigns(SignSeed.AsSpan(), PaddedDimension));

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Dimension is >= 1 and <= 1 << 30, "dimension", Dimension, $"in [1, {1 << 30}]");
        Check(Participants >= 1, "participants", Participants, "at least 1");
        Check(ShardsPerParticipant >= 1, "mini-clients", ShardsPerParticipant, "at least 1");
        Check(Clip > 0 && double.IsFinite(Clip), "clip", Clip, "positive and finite");
        Check(Granularity > 0 && double.IsFinite(Granularity), "granularity", Granularity, "positive and finite");
        Check(Clip / Granularity <= MostGridSteps, "granularity", Granularity, FormattableString.Invariant($"at least clip / 2^28 = {Clip / MostGridSteps:g6}"));
        Check(ModulusBits is >= 2 and <= 32, "bits", ModulusBits, "in [2, 32]");
        Check(Bias is >= 0 and <= 0.95, "bias", Bias, "in [0, 0.95]");
        Check(SignSeed.Length == 32, "sign-seed length", SignSeed.Length, "32 bytes");
        Check(TreeSteps >= 0, "tree-steps", TreeSteps, "at least 0");
        if (TreeSteps > 0 && (Placement != NoisePlacement.Central || Noise != NoiseKind.DiscreteGaussian || Votes is not null))
        {
            throw new FailureException(FailureCodes.MechanismNotValid, $"tree-steps is {TreeSteps}; a tree's noise is a discrete Gaussian that the coordinator adds, and the norm is fixed because the noise of one round cancels in another");
        }

        if (Votes is { } votes) Check(votes);
        if (TreeSteps > 0 && !NeverWraps)
        {
            throw new FailureException(FailureCodes.ModulusTooSmall, FormattableString.Invariant(
                $"privacy.bits is {ModulusBits}; a tree's noise is added after the sum is centred, so {Participants * ShardsPerParticipant} contributions of norm {Math.Sqrt(SquaredRoundedBound):g6} steps must never wrap: use more bits or a coarser granularity"));
        }

        if (!(NoiseScale >= 0.5) || NoiseScale > 1 << 26)
        {
            throw new FailureException(FailureCodes.InvalidNoise, FormattableString.Invariant(
                $"noise / granularity is {NoiseScale:g6}; it must be in [0.5, 2^26]: below, the sum of discrete Gaussians is far from one; use a granularity of at most {Granularity * NoiseScale / 0.5:g6}"));
        }
    }

    private static void Check(NormVotes votes)
    {
        Check(votes.Magnitude is >= 1 and <= NormVotes.MostMagnitude, "vote", votes.Magnitude, $"in [1, {NormVotes.MostMagnitude}]");
        if (votes.NoiseScale is >= 0.5 and <= 1 << 26) return;
        throw new FailureException(FailureCodes.InvalidNoise, FormattableString.Invariant(
            $"the noise on the votes of adaptive clipping is {votes.NoiseScale:g6} a share with votes of {votes.Magnitude}; it must be in [0.5, 2^26]: use more bits, a larger cohort or clipping: fixed"));
    }

    // The modulus was sized for this many contributions, each of them clipped.
    private protected override void ThrowIfWraps(int participants)
    {
        if (participants <= Participants) return;
        throw new FailureException(FailureCodes.ModulusTooSmall, $"the cohort has {participants} participants; {ModulusBits} bits were chosen for {Participants}: plan for a larger cohort");
    }
}
