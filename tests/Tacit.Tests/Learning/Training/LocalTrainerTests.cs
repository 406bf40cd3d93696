using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Data;
using Tacit.Learning.Models;
using Tacit.Learning.Training;
using Xunit;

namespace Tacit.Tests.Learning.Training;

public sealed class LocalTrainerTests
{
    private static readonly Network Linear = Network.Create(new ModelSpecification { Kind = "linear" }, InputShape.Vector(4), 3);

    [Fact]
    public void Train_learns_separable_clouds()
    {
        float[] model = new float[Linear.ParameterCount];

        ModelUpdate update = LocalTrainer.Train(Linear, model, Given.Clouds(300), new LocalTraining { Epochs = 5, LearningRate = 0.1 }, new SeededRandomSource(1));

        Assert.Equal(300, update.Examples);
        Assert.True(Evaluation.Of(Linear, update.Delta, Given.Clouds(300, seed: 2)).Accuracy > 0.98);
    }

    [Fact]
    public void Train_with_one_stream_gives_one_update()
    {
        LocalTraining training = new() { Epochs = 2, BatchSize = 7, Optimizer = "adam" };
        Network network = Network.Create(new ModelSpecification { Kind = "conv1d", Pool = 2 }, InputShape.Vector(4), 3);
        float[] model = new float[network.ParameterCount];
        network.Initialize(model, new SeededRandomSource(3));

        float[] first = LocalTrainer.Train(network, model, Given.Clouds(50), training, new SeededRandomSource(4)).Delta;
        float[] second = LocalTrainer.Train(network, model, Given.Clouds(50), training, new SeededRandomSource(4)).Delta;
        float[] other = LocalTrainer.Train(network, model, Given.Clouds(50), training, new SeededRandomSource(5)).Delta;

        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public void Train_of_one_full_batch_is_one_gradient_step()
    {
        Dataset data = Given.Clouds(12);
        float[] model = Given.Normals(Linear.ParameterCount, new SeededRandomSource(6)), gradient = new float[Linear.ParameterCount];
        Linear.LossAndGradient(model, data.Features, data.Labels, gradient, new SeededRandomSource(1));

        float[] delta = LocalTrainer.Train(Linear, model, data, new LocalTraining { BatchSize = 12, LearningRate = 0.5 }, new SeededRandomSource(1)).Delta;

        for (int i = 0; i < delta.Length; i++) Assert.Equal(-0.5f * gradient[i], delta[i], 1e-5f);
    }

    [Fact]
    public void A_proximal_term_holds_the_model_closer()
    {
        LocalTraining free = new() { Epochs = 5, LearningRate = 0.1 };
        float[] model = new float[Linear.ParameterCount];

        double far = Norm(LocalTrainer.Train(Linear, model, Given.Clouds(60), free, new SeededRandomSource(1)).Delta);
        double near = Norm(LocalTrainer.Train(Linear, model, Given.Clouds(60), free with { Proximal = 1 }, new SeededRandomSource(1)).Delta);

        Assert.True(near < 0.7 * far, $"{near} against {far}");
    }

    [Fact]
    public void An_update_that_diverged_names_its_index()
    {
        float[] model = new float[Linear.ParameterCount];
        model[0] = float.NaN;

        Given.Failure(FailureCodes.UpdateNotFinite,
            () => LocalTrainer.Train(Linear, model, Given.Clouds(6), new LocalTraining(), new SeededRandomSource(1)), "update[0]");
    }

    [Fact]
    public void No_rows_are_refused() => Given.Failure(FailureCodes.EmptyData,
        () =>
            LocalTrainer.Train(Linear, new float[Linear.ParameterCount], Given.Clouds(0), new LocalTraining(), new SeededRandomSource(1)));

    public static TheoryData<string> BadFields => new() { "epochs", "batchSize", "learningRate", "optimizer", "momentum", "proximal" };

    [Theory]
    [MemberData(nameof(BadFields))]
    public void Training_that_cannot_be_done_names_its_field(string field)
    {
        LocalTraining good = new();
        LocalTraining bad = field switch
        {
            "epochs" => good with { Epochs = 0 },
            "batchSize" => good with { BatchSize = 0 },
            "learningRate" => good with { LearningRate = double.NaN },
            "optimizer" => good with { Optimizer = "lbfgs" },
            "momentum" => good with { Momentum = 1 },
            _ => good with { Proximal = -1 },
        };

        Given.Failure(FailureCodes.InvalidValue, bad.Validate, $"training.{field}");
    }

    private static double Norm(float[] vector) => Math.Sqrt(vector.Sum(x => (double)x * x));
}
