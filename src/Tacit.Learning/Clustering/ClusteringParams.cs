using Tacit.Aggregation.Failures;

namespace Tacit.Learning.Clustering;

/// <summary>What the parties of a private k-means job agree on: public, and the same at all of them. Names in remarks are those of the FastLloyd source.</summary>
/// <remarks>Diaa, Humphries and Kerschbaum 2025. Points lie in [−1, 1]^d by public bounds. δ and T follow from n, which is public: neighbours add or remove one point.</remarks>
public sealed record ClusteringParams
{
    /// <summary>The least number of iterations the formula gives.</summary>
    public const int LeastIterations = 2;

    /// <summary>The largest number of iterations the formula gives, and what a job without privacy runs.</summary>
    public const int MostIterations = 7;

    /// <summary>Kinds of noise; <c>dp</c>.</summary>
    /// <value>None.</value>
    public ClusteringPrivacy Privacy { get; init; }

    /// <summary>ε of the whole job; <c>eps</c>. Positive unless <see cref="Privacy"/> is none.</summary>
    public double Epsilon { get; init; }

    /// <summary>δ of the whole job, or null for 1/(n ln n); <c>delta</c>.</summary>
    public double? GivenDelta { get; init; }

    /// <summary>C; <c>num_clients</c>.</summary>
    /// <value>2.</value>
    public int Clients { get; init; } = 2;

    /// <summary>k; <c>k</c>.</summary>
    /// <value>15.</value>
    public int Clusters { get; init; } = 15;

    /// <summary>d; <c>dim</c>.</summary>
    /// <value>2.</value>
    public int Dimension { get; init; } = 2;

    /// <summary>T, or null for the formula; <c>iters</c>.</summary>
    public int? GivenIterations { get; init; }

    /// <summary>Where the first centres come from: public, and nothing else; <c>seed</c>. Masks and noise never follow from it.</summary>
    /// <value>1337.</value>
    public ulong Seed { get; init; } = 1337;

    /// <summary>n over all clients: public; <c>data_size</c>.</summary>
    /// <value>1000.</value>
    public long DataSize { get; init; } = 1000;

    /// <summary>α of the radius; <c>alpha</c>.</summary>
    /// <value>0.8, the published variant's.</value>
    public double Alpha { get; init; } = 0.8;

    /// <summary>How the radius changes; <c>method</c>.</summary>
    public RadiusMethod Method { get; init; }

    /// <summary>No radius is larger than this; <c>max_dist</c>.</summary>
    public double LargestRadius { get; init; } = double.PositiveInfinity;

    /// <summary><c>delay</c>, in milliseconds: the time of one message, for programs that simulate a network. Checked and carried; nothing in this library waits for it.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>ρ: the weight of counts beside sums without a radius, and with Laplace noise; <c>rho</c>.</summary>
    /// <value>0.225 (Su et al. 2016).</value>
    public double Rho { get; init; } = 0.225;

    /// <summary>What becomes of centres outside the domain; <c>post</c>.</summary>
    public CentrePost Post { get; init; }

    /// <summary>Whether a centre may move farther than the radius; the suffix <c>_unclipped</c> of <c>post</c>.</summary>
    public bool IsUnclipped { get; init; }

    /// <summary>b: bits after the point, or null for 16, or fewer where the noise is too wide to draw in such small steps; <c>fixed</c>.</summary>
    public int? GivenBits { get; init; }

    /// <summary>Below this many standard deviations of its noise a count is taken for noise; <c>min_count_sigmas</c>.</summary>
    /// <value>0.5.</value>
    public double MinimumCountDeviations { get; init; } = 0.5;

    /// <summary>What becomes of a centre with such a count; <c>sparse</c>.</summary>
    /// <value>Shrink: where k is large many centres lose their points, and those that stay never find any again.</value>
    public SparseCentres Sparse { get; init; }

    /// <summary>Without privacy, the centre of fewer points than this stays where it is; <c>min_count</c>.</summary>
    /// <value>5: a customary limit for small cells. It does not hide the sums from the clients.</value>
    public int MinimumExactCount { get; init; } = 5;

    /// <summary>The published variant: radius, exact Gaussian, folding, α = 0.8.</summary>
    public static ClusteringParams FastLloyd { get; } = new() { Privacy = ClusteringPrivacy.GaussianAnalytic, Epsilon = 1, Method = RadiusMethod.DiagonalThenFrac, Post = CentrePost.Fold };

    /// <summary>δ.</summary>
    public double Delta => GivenDelta ?? 1 / (DataSize * Math.Log(DataSize));

    /// <summary>T.</summary>
    public int Iterations => GivenIterations ?? IterationFormula.Rounds(this);

    /// <summary>Whether points beyond a radius are left out, and sums are relative to the centres.</summary>
    public bool HasRadius => Method != RadiusMethod.None;

    /// <summary>Refuses what makes no sense, before any data is touched.</summary>
    /// <exception cref="FailureException"><see cref="FailureCodes.InvalidValue"/> with the field, its value and what is allowed.</exception>
    public ClusteringParams Validated()
    {
        ThrowUnless(Enum.IsDefined(Privacy), $"dp is {Privacy}; it must be none, laplace, gaussiananalytic or discrete-gaussian");
        ThrowUnless(Enum.IsDefined(Method), $"method is {Method}; it must be none, diagonal_then_frac or frac_stay");
        ThrowUnless(Enum.IsDefined(Post), $"post is {Post}; it must be none, truncate or fold");
        ThrowUnless(Enum.IsDefined(Sparse), $"sparse is {Sparse}; it must be shrink or stay");
        ThrowUnless(Clients >= 1, $"num_clients is {Clients}; it must be at least 1");
        ThrowUnless(Clusters is >= 1 and <= 1 << 20, $"k is {Clusters}; it must be in [1, {1 << 20}]");
        ThrowUnless(Dimension is >= 1 and <= 1 << 16, $"dim is {Dimension}; it must be in [1, {1 << 16}]");
        ThrowUnless((long)Clusters * Dimension <= 1 << 26, $"k · dim is {(long)Clusters * Dimension}; it must be at most {1 << 26}: take fewer clusters or dimensions");
        ThrowUnless(GivenIterations is null or >= 1 and <= 10_000, $"iters is {GivenIterations}; it must be in [1, 10000], or auto");
        ThrowUnless(DataSize is >= 2 and <= 1L << 36, $"data_size is {DataSize}; it must be in [2, 2^36]: the number of points of all clients, whose sums must fit 64 bits");
        ThrowUnless(Alpha > 0 && double.IsFinite(Alpha), $"alpha is {Alpha}; it must be positive");
        ThrowUnless(LargestRadius > 0, $"max_dist is {LargestRadius}; it must be positive");
        ThrowUnless(HasRadius || double.IsPositiveInfinity(LargestRadius), $"max_dist is {LargestRadius} and method is none; a largest radius needs method: diagonal_then_frac or frac_stay");
        ThrowUnless(Delay >= TimeSpan.Zero, $"delay is {Delay.TotalMilliseconds}; it must not be negative");
        ThrowUnless(Rho > 0 && double.IsFinite(Rho), $"rho is {Rho}; it must be positive");
        ThrowUnless(MinimumCountDeviations >= 0 && double.IsFinite(MinimumCountDeviations), $"min_count_sigmas is {MinimumCountDeviations}; it must not be negative");
        ThrowUnless(MinimumExactCount >= 1, $"min_count is {MinimumExactCount}; it must be at least 1");
        ThrowUnless(GivenBits is null or (>= FixedPoint.LeastBits and <= FixedPoint.MostBits), $"fixed is {GivenBits}; it must be true, or bits in [{FixedPoint.LeastBits}, {FixedPoint.MostBits}]");
        ThrowUnless(Privacy == ClusteringPrivacy.None || (Epsilon > 0 && double.IsFinite(Epsilon)), $"eps is {Epsilon}; it must be positive, or dp must be none");
        ThrowUnless(GivenDelta is null or (> 0 and < 1), $"delta is {GivenDelta}; it must be in (0, 1), or auto");
        ThrowUnless(Delta < 1, $"delta would be {Delta} for data_size {DataSize}; give it");
        return this;
    }

    internal static void ThrowUnless(bool condition, FormattableString message)
    {
        if (!condition) throw new FailureException(FailureCodes.InvalidValue, FormattableString.Invariant(message));
    }
}
