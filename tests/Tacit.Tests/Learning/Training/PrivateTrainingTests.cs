using Tacit.Privacy.Accounting.Events;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Data;
using Tacit.Learning.Models;
using Tacit.Learning.Training;
using Xunit;

namespace Tacit.Tests.Learning.Training;

public sealed class PrivateTrainingTests
{
    private static readonly Network Linear = Network.Create(new ModelSpecification { Kind = "linear" }, InputShape.Vector(4), 3);
    private static readonly DpSgdSettings Settings = new() { NoiseMultiplier = 1, MaxGradNorm = 1, SamplingRate = 0.1 };
    private static readonly LocalTraining Training = new() { LearningRate = 0.5, Epochs = 10, DpSgd = Settings };

    [Theory]
    [InlineData("sgd")]
    [InlineData("adam")]
    public void Settings_alone_make_training_private(string optimizer)
    {
        LocalTraining training = Training with { Optimizer = optimizer, LearningRate = optimizer == "sgd" ? 0.5 : 0.05 };

        ModelUpdate update = LocalTrainer.Train(Linear, new float[15], Given.Clouds(1000), training, new SeededRandomSource(1));

        Assert.Equal(SamplingScheme.Poisson, training.Sampling);
        Assert.Equal(100, update.DpSgd!.Steps);
        Assert.True(update.DpSgd.Simulated);
        Assert.InRange(update.DpSgd.Drawn, 9_000, 11_000);
        Assert.True(Evaluation.Of(Linear, update.Delta, Given.Clouds(300, seed: 9)).Accuracy > 0.95);
    }

    [Fact]
    public void Noise_from_a_production_source_is_not_marked_as_simulated()
    {
        ModelUpdate update = LocalTrainer.Train(Linear, new float[15], Given.Clouds(30), Training, SystemRandomSource.Instance);

        Assert.False(update.DpSgd!.Simulated);
        Assert.DoesNotContain(update.DpSgd.Drawn.ToString(System.Globalization.CultureInfo.InvariantCulture), $"{update.DpSgd}", StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_batches_are_noised_and_counted()
    {
        LocalTraining training = Training with { DpSgd = Settings with { SamplingRate = 0.001, Steps = 50 } };

        ModelUpdate update = LocalTrainer.Train(Linear, new float[15], Given.Clouds(3), training, new SeededRandomSource(1));

        Assert.Equal((50, 50), (update.DpSgd!.Steps, update.DpSgd.EmptyBatches));
        Assert.All(update.Delta, x => Assert.NotEqual(0, x));
    }

    [Fact]
    public void One_stream_gives_one_update_however_the_lanes_are_run()
    {
        float[] first = LocalTrainer.Train(Linear, new float[15], Given.Clouds(500), Training, new SeededRandomSource(4)).Delta;
        float[] second = LocalTrainer.Train(Linear, new float[15], Given.Clouds(500), Training, new SeededRandomSource(4), new Backwards()).Delta;
        float[] other = LocalTrainer.Train(Linear, new float[15], Given.Clouds(500), Training, new SeededRandomSource(5)).Delta;

        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public void The_size_of_a_microbatch_changes_rounding_alone()
    {
        float[] large = LocalTrainer.Train(Linear, new float[15], Given.Clouds(500), Training, new SeededRandomSource(4)).Delta;
        float[] small = LocalTrainer.Train(
            Linear, new float[15], Given.Clouds(500), Training with { DpSgd = Settings with { Microbatch = 7 } }, new SeededRandomSource(4)).Delta;

        for (int i = 0; i < large.Length; i++) Assert.Equal(large[i], small[i], 1e-4f);
    }

    [Fact]
    public void A_broken_example_is_counted_and_changes_nothing()
    {
        Dataset data = Given.Clouds(300);
        Array.Fill(data.Features, float.NaN, 5 * 4, 4);

        ModelUpdate update = LocalTrainer.Train(Linear, new float[15], data, Training, new SeededRandomSource(1));

        Assert.InRange(update.DpSgd!.NotFinite, 1, 40);
        Assert.True(double.IsFinite(update.MeanLoss));
    }

    [Fact]
    public void The_tail_is_averaged()
    {
        float[] After(int steps, double average) => LocalTrainer.Train(
            Linear, new float[15], Given.Clouds(500), Training with { DpSgd = Settings with { Steps = steps, TailAverage = average } }, new SeededRandomSource(4)).Delta;

        float[] averaged = After(4, 0.5), third = After(3, 0), fourth = After(4, 0);

        for (int i = 0; i < averaged.Length; i++) Assert.Equal((third[i] + fourth[i]) / 2, averaged[i], 1e-5f);
    }

    [Fact]
    public void A_proximal_term_holds_the_private_update_back()
    {
        double free = Length(Training);
        double held = Length(Training with { Proximal = 5, LearningRate = 0.1 });

        Assert.True(held < free / 2, $"{held} of {free}");
    }

    [Theory]
    [InlineData(0, 1, 0.1, "noiseMultiplier")]
    [InlineData(1, -1, 0.1, "maxGradNorm")]
    [InlineData(1, 1, 0, "samplingRate")]
    [InlineData(1, 1, 1.5, "samplingRate")]
    [InlineData(double.NaN, 1, 0.5, "noiseMultiplier")]
    public void Settings_that_cannot_be_are_refused(double noise, double bound, double rate, string named) => Given.Failure(
        FailureCodes.InvalidValue,
        () => (Training with { DpSgd = new DpSgdSettings { NoiseMultiplier = noise, MaxGradNorm = bound, SamplingRate = rate } }).Validate(),
        named);

    [Fact]
    public void Coins_have_the_rate_and_are_independent_of_each_other()
    {
        SeededRandomSource random = new(7);
        PoissonSampling sampling = new(0.3);
        List<int> chosen = [];
        int[] counts = new int[2000];
        int together = 0;
        for (int draw = 0; draw < 500; draw++)
        {
            sampling.Draw(2000, random, chosen);
            Assert.Equal(chosen.Distinct().Order(), chosen);
            foreach (int row in chosen) counts[row]++;
            together += chosen.Zip(chosen.Skip(1)).Count(pair => pair.Second == pair.First + 1);
        }

        // 10⁶ coins: six and a half deviations on either side are missed with probability below 1e-9.
        Assert.InRange(counts.Sum(), 300_000 - 2980, 300_000 + 2980);
        Assert.InRange(together, 89_955 - 2600, 89_955 + 2600);
    }

    [Fact]
    public void A_rate_of_one_draws_everybody()
    {
        List<int> chosen = [];

        new PoissonSampling(1).Draw(1500, new SeededRandomSource(1), chosen);

        Assert.Equal(Enumerable.Range(0, 1500), chosen);
    }

    private static double Length(LocalTraining training) => Math.Sqrt(
        LocalTrainer.Train(Linear, new float[15], Given.Clouds(300), training, new SeededRandomSource(1)).Delta.Sum(x => (double)x * x));

    private sealed class Backwards : IParallelLoop
    {
        public void For(int count, Action<int> body)
        {
            for (int i = count - 1; i >= 0; i--) body(i);
        }
    }
}
