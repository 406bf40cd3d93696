using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tacit.Aggregation.Encodings;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Privacy.Mechanisms;

namespace Tacit.Simulation.Jobs;

/// <summary>Standardisation without anybody's statistics: two secure sums give the means and the mean squares around them.</summary>
internal static class MomentRounds
{
    // Squares of values in the range, with a step below a millionth of it.
    private const int ValueBits = Quantization.MaxBits;

    public static (Standardization Standardization, RoundReport[] Reports) Run(TrainingPlan plan, AggregationStep step, Dataset[] shares, string[] names, bool perChannel)
    {
        FeatureMoments[] local = [.. shares.Select(share => Standardization.LocalMoments(share, perChannel))];
        int features = local[0].Mean.Length;
        double[] mean = Sum(plan, step, -1, plan.Data.StandardizeRange, names, [.. local.Select(m => (ToSingles(m.Mean), m.Rows))], out RoundReport first);

        // Around the mean, so that a large mean does not swallow a small deviation.
        (float[] Vector, int Weight)[] squares = [.. local.Select(m => (ToSingles([.. Enumerable.Range(0, features).Select(j => m.MeanSquare[j] - (2 * mean[j] * m.Mean[j]) + (mean[j] * mean[j]))]), m.Rows))];
        double[] variance = Sum(plan, step, 0, plan.Data.StandardizeRange * plan.Data.StandardizeRange, names, squares, out RoundReport second);
        double[] meanSquare = [.. variance.Select((v, j) => Math.Max(0, v) + (mean[j] * mean[j]))];
        return (Standardization.FromMoments(mean, meanSquare), [first with { Round = 0 }, second]);
    }

    /// <summary>The same with noise that a budget pays for, see <see cref="PrivateMoments"/>.</summary>
    public static (Standardization Standardization, RoundReport[] Reports) RunPrivately(TrainingPlan plan, AggregationStep step, Dataset[] shares, string[] names, double noiseMultiplier)
    {
        double norm = plan.Data.StandardizeNorm;
        GaussianSum noise = new(norm, noiseMultiplier, shares[0].InputShape.Size);
        double[] mean = Sum(plan, step, -1, plan.Data.StandardizeRange, names, Noised(null), out RoundReport first);
        double[] variance = Sum(plan, step, 0, plan.Data.StandardizeRange, names, Noised(mean), out RoundReport second);
        double deviation = noise.Deviation * Math.Sqrt(shares.Length) / shares.Sum(share => (double)share.Rows);
        return (PrivateMoments.Standardize(mean, variance, deviation), [first with { Round = 0 }, second]);

        (float[], int)[] Noised(double[]? centre) => [.. shares.Select((share, i) =>
            (ToSingles(PrivateMoments.Mean(share, noise, norm, centre, new SeededRandomSource(plan.Seed, $"moments {(centre is null ? 1 : 2)} {names[i]}"))), share.Rows))];
    }

    private static double[] Sum(TrainingPlan plan, AggregationStep step, int round, double range, string[] names, (float[], int)[] inputs, out RoundReport report)
    {
        int bits = ValueBits;
        while (ModulusSizing.SignedBits(inputs.Length, new Quantization(range, bits).Magnitude) > 64) bits--;
        WeightedMeanPlan contribution = new()
        {
            Dimension = inputs[0].Item1.Length,
            Participants = inputs.Length,
            Quantization = new Quantization(range, bits),
            WeightCap = Math.Max(1, plan.Protection.WeightCap),
        };
        contribution.Validate();
        byte[] statistics = SHA256.HashData("tacit/moments"u8);
        AggregationResult result = step.Run(new AggregationRequest(round, [.. statistics], [.. names]), contribution, inputs);
        report = result.Report;
        if (result.Aggregate is { } released) step.Receipts?.Issue(MemoryMarshal.AsBytes<float>(released.Mean));
        if (result.Aggregate is null) throw new FailureException(report.Aborted!.Reason, $"the round that sums the features' moments aborted: {report.Aborted.Detail}");
        if (result.Report.Saturated > 0)
        {
            throw new FailureException(FailureCodes.ValueOutOfBounds, FormattableString.Invariant(
                $"data.standardize-range is {plan.Data.StandardizeRange}; {result.Report.Saturated} moments are beyond it: enlarge it"));
        }

        return [.. result.Aggregate.Mean.Select(x => (double)x)];
    }

    private static float[] ToSingles(double[] values) => [.. values.Select(x => (float)x)];
}
