using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Data;
using Tacit.Learning.Kernels;
using Tacit.Learning.Models;

namespace Tacit.Learning.Training;

/// <summary>The steps of differentially private training on one participant's rows (Abadi et al. 2016, Algorithm 1).</summary>
/// <remarks>
/// A batch is dealt to <see cref="Lanes"/> lanes in microbatches. Each lane has a network and a sum of its own, and the sums are added in
/// order, so the result does not depend on how many threads there are.
/// </remarks>
internal sealed class DpSgdTrainer
{
    /// <summary>What can run at the same time.</summary>
    public const int Lanes = 2;

    private readonly Dataset data;
    private readonly DpSgdSettings settings;
    private readonly IParallelLoop loop;
    private readonly IRandomSource random;
    private readonly Lane[] lanes;
    private readonly float[] sum;
    private readonly List<int> chosen = [];

    public DpSgdTrainer(Network network, Dataset data, DpSgdSettings settings, IParallelLoop loop, IRandomSource random)
    {
        (this.data, this.settings, this.loop, this.random) = (data, settings, loop, random);
        sum = new float[network.ParameterCount];
        int microbatch = Math.Min(settings.Microbatch ?? network.MicrobatchSize, data.Rows);
        lanes = [.. Enumerable.Range(0, Lanes).Select(lane => new Lane(lane == 0 ? network : network.Twin(), microbatch))];
    }

    /// <summary>Trains in place.</summary>
    /// <param name="parameters">Length d; overwritten.</param>
    /// <param name="optimizer">Takes the noised steps.</param>
    /// <param name="epochs">Expected passes, where the settings do not fix the steps.</param>
    /// <returns>The report, and the mean loss of the examples drawn in the last expected pass.</returns>
    public (DpSgdReport Report, double MeanLoss) Train(float[] parameters, ILocalOptimizer optimizer, int epochs)
    {
        DPOptimizer privately = new(optimizer, settings.NoiseMultiplier, settings.MaxGradNorm)
        {
            ExpectedBatchSize = settings.SamplingRate * data.Rows,
            Random = random,
        };
        PoissonSampling sampling = new(settings.SamplingRate);
        int steps = settings.StepsOf(epochs), lastPass = steps - (int)Math.Ceiling(1 / settings.SamplingRate);
        int emptyBatches = 0;
        long drawn = 0, clipped = 0, notFinite = 0;
        ClippedGradients last = default;
        TailAverage average = new(steps, settings.TailAverage);
        for (int step = 0; step < steps; step++)
        {
            sampling.Draw(data.Rows, random, chosen);
            ClippedGradients batch = SumClipped(parameters);
            privately.Step(parameters, sum);
            average.Add(parameters);

            if (chosen.Count == 0) emptyBatches++;
            drawn += batch.Examples;
            clipped += batch.Clipped;
            notFinite += batch.NotFinite;
            if (step >= lastPass) last += batch;
        }
        average.CopyTo(parameters);
        DpSgdReport report = new(privately.Steps, emptyBatches, drawn, clipped, notFinite, Simulated: random is not SystemRandomSource);
        return (report, last.Loss / Math.Max(1, last.Examples - last.NotFinite));
    }

    private ClippedGradients SumClipped(float[] parameters)
    {
        foreach (Lane lane in lanes) lane.Coins = new StatisticalSource(random);
        loop.For(Lanes, i => lanes[i].Run(parameters, data, chosen, i, settings.MaxGradNorm));
        sum.AsSpan().Clear();
        ClippedGradients total = default;
        foreach (Lane lane in lanes)
        {
            VectorLoops.AddScaled(sum, lane.Sum, 1);
            total += lane.Result;
        }
        return total;
    }

    private sealed class Lane(Network network, int microbatch)
    {
        private readonly float[] features = new float[microbatch * network.Input.Size];
        private readonly int[] labels = new int[microbatch];

        public float[] Sum { get; } = new float[network.ParameterCount];

        public ClippedGradients Result { get; private set; }

        public IRandomSource? Coins { get; set; }

        public void Run(float[] parameters, Dataset data, List<int> chosen, int lane, double bound)
        {
            Sum.AsSpan().Clear();
            Result = default;
            for (int first = lane * microbatch; first < chosen.Count; first += Lanes * microbatch)
            {
                int count = Math.Min(microbatch, chosen.Count - first);
                for (int i = 0; i < count; i++)
                {
                    data.Row(chosen[first + i]).CopyTo(features.AsSpan(i * network.Input.Size));
                    labels[i] = data.Labels[chosen[first + i]];
                }
                Result += network.AddClippedGradients(
                    parameters, features.AsSpan(0, count * network.Input.Size), labels.AsSpan(0, count), bound, Sum, Coins!);
            }
        }
    }
}
