using Tacit.Aggregation.Pipeline;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Privacy.Sampling;

namespace Tacit.Simulation.Audits;

/// <summary>A job of noised sums, in which one contribution is a canary: a random direction as long as the clip.</summary>
/// <remarks>
/// Clipping, rotation, rounding, noise and decoding are the product's. Masks cancel exactly and are left out. Everybody else sends zeros,
/// because an observer may know their updates, and only the shares of noise that are certain are in the sum: the claim's worst case.
/// </remarks>
public sealed class SumCanary : ICanaryJob
{
    private readonly NoisedSumPlan plan;
    private readonly IIntegerSampler sampler;
    private readonly int shares;
    private readonly int rounds;
    private readonly double rate;
    private readonly double deviation;
    private readonly IRandomSource random;
    private readonly float[] zeros;

    private SumCanary(NoisedSumPlan plan, IIntegerSampler sampler, int shares, int rounds, double rate, IRandomSource random)
    {
        (this.plan, this.sampler, this.shares, this.rounds, this.rate, this.random) = (plan, sampler, shares, rounds, rate, random);
        zeros = new float[plan.Dimension];
        deviation = plan.NoiseScale * plan.Granularity * Math.Sqrt(shares) / plan.Clip;
    }

    /// <summary>Prepares a job.</summary>
    /// <param name="plan">Of every round; each draws signs of its own.</param>
    /// <param name="sampler">Draws the noise. That of <see cref="NoiseSamplers"/> is the product's; another is a build that the audit has to catch.</param>
    /// <param name="shares">Contributions in a sum, the canary's with them; each with its noise where noise is distributed.</param>
    /// <param name="rounds">Sums that the observer sees.</param>
    /// <param name="rate">q: how likely the canary is drawn into a round, unknown to the observer; 1 for one who knows the cohorts.</param>
    /// <param name="seed">All randomness follows from it and from the lane.</param>
    /// <param name="lane">Jobs of different lanes are independent.</param>
    public static SumCanary Create(NoisedSumPlan plan, IIntegerSampler sampler, int shares, int rounds, double rate, ulong seed, int lane) =>
        new(plan, sampler, shares, rounds, rate, new SeededRandomSource(seed, FormattableString.Invariant($"audit of sums at rate {rate:r}, lane {lane}")));

    /// <inheritdoc/>
    public CanaryScores Run()
    {
        float[] canary = DrawDirection();
        double absent = 0, present = 0;
        byte[] signs = new byte[32];
        for (int round = 0; round < rounds; round++)
        {
            random.Fill(signs);
            NoisedSumPipeline pipeline = new(plan with { SignSeed = [.. signs] }, sampler);
            ModularVector without = new(plan.Ring, plan.Length), with = new(plan.Ring, plan.Length);
            for (int share = 1; share < shares; share++) pipeline.AddTo(zeros, random, without);
            with.Add(without);   // the two sides of a trial may depend on each other, so the others' noise is drawn once
            absent += Open(pipeline, without, zeros, canary);
            present += Open(pipeline, with, rate == 1 || random.NextDouble() < rate ? canary : zeros, canary);
        }

        return new CanaryScores(absent, present);
    }

    private double Open(NoisedSumPipeline pipeline, ModularVector sum, float[] update, float[] canary)
    {
        pipeline.AddTo(update, random, sum);
        if (plan.Placement == NoisePlacement.Central) pipeline.AddNoise(random, sum);
        float[] mean = pipeline.Decode(sum, shares).Mean;
        double product = 0;
        for (int i = 0; i < mean.Length; i++) product += (double)mean[i] * canary[i];
        return PresenceScore.Of(product * shares / (plan.Clip * plan.Clip), deviation, rate);
    }

    private float[] DrawDirection()
    {
        double[] normals = new double[plan.Dimension];
        double squares = 0;
        for (int i = 0; i < normals.Length; i++)
        {
            normals[i] = random.NextNormal();
            squares += normals[i] * normals[i];
        }

        double scale = plan.Clip / Math.Sqrt(squares);
        return [.. normals.Select(x => (float)(x * scale))];
    }
}
