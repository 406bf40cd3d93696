using Tacit.Cryptography.Randomness;
using Tacit.Learning.Training;

namespace Tacit.Simulation.Audits;

/// <summary>The noised steps of one participant, in which one example is a canary: its gradient has the largest norm, along a fresh direction each step.</summary>
/// <remarks>
/// Poisson sampling and the noised step are the product's; the observer sees every step and knows all other gradients, which are therefore
/// left out, as is clipping: the canary's gradient is as long as clipping lets through. A step's noise is independent for each coordinate, so a
/// few coordinates stand for all; on d of them the deviation is larger by at most 2⁻²⁰ √d of the clip.
/// </remarks>
public sealed class StepCanary : ICanaryJob
{
    private const int Dimension = 32;

    private readonly int steps;
    private readonly double clip;
    private readonly double rate;
    private readonly double deviation;
    private readonly IRandomSource random;
    private readonly PoissonSampling sampling;
    private readonly SeenStep seen = new();
    private readonly DPOptimizer optimizer;
    private readonly float[] parameters = new float[Dimension];
    private readonly float[] sum = new float[Dimension];
    private readonly List<int> drawn = [];

    private StepCanary(DpSgdSettings planned, double multiplier, int steps, IRandomSource random)
    {
        (this.steps, this.random, clip, rate, deviation) = (steps, random, planned.MaxGradNorm, planned.SamplingRate, planned.NoiseMultiplier);
        sampling = new PoissonSampling(rate);
        optimizer = new DPOptimizer(seen, multiplier, clip) { ExpectedBatchSize = 1, Random = random };
    }

    /// <summary>Prepares the steps.</summary>
    /// <param name="planned">Clip, noise and sampling rate as they are accounted.</param>
    /// <param name="multiplier">z that is really applied: the planned one, or that of a build that the audit has to catch.</param>
    /// <param name="steps">Of one participant, over all rounds.</param>
    /// <param name="seed">All randomness follows from it and from the lane.</param>
    /// <param name="lane">Jobs of different lanes are independent.</param>
    public static StepCanary Create(DpSgdSettings planned, double multiplier, int steps, ulong seed, int lane)
    {
        ArgumentNullException.ThrowIfNull(planned);
        return new StepCanary(planned, multiplier, steps, new SeededRandomSource(seed, $"audit of steps, lane {lane}"));
    }

    /// <inheritdoc/>
    public CanaryScores Run() => new(Train(rows: 0), Train(rows: 1));

    private double Train(int rows)
    {
        double score = 0;
        for (int step = 0; step < steps; step++)
        {
            int direction = (int)(random.NextUInt64() % Dimension);
            sum.AsSpan().Clear();
            sampling.Draw(rows, random, drawn);
            if (drawn.Count > 0) sum[direction] = (float)clip;
            optimizer.Step(parameters, sum);
            score += PresenceScore.Of(seen.Gradient[direction] / clip, deviation, rate);
        }

        return score;
    }

    // Remembers what the local optimiser is given: everything after it is post-processing.
    private sealed class SeenStep : ILocalOptimizer
    {
        public float[] Gradient { get; } = new float[Dimension];

        public void Step(Span<float> parameters, ReadOnlySpan<float> gradient) => gradient.CopyTo(Gradient);
    }
}
