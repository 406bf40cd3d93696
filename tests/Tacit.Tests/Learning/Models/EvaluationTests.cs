using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Data;
using Tacit.Learning.Models;
using Tacit.Simulation.Parallelism;
using Xunit;

namespace Tacit.Tests.Learning.Models;

public sealed class EvaluationTests
{
    [Fact]
    public void Of_counts_what_was_taken_for_what()
    {
        // One feature x, two classes, outputs (0, x): positive x is taken for class b.
        Network network = Network.Create(new ModelSpecification { Kind = "linear" }, InputShape.Vector(1), 2);
        Dataset data = new(InputShape.Vector(1), [-1, 2, 3, -4], [0, 0, 1, 1], ["a", "b"]);

        Evaluation evaluation = Evaluation.Of(network, new float[] { 0, 1, 0, 0 }, data, batchSize: 3);

        Assert.Equal(0.5, evaluation.Accuracy);
        Assert.Equal(new int[] { 1, 1 }, evaluation.Confusion[0].AsEnumerable());
        Assert.Equal(new int[] { 1, 1 }, evaluation.Confusion[1].AsEnumerable());
        Assert.Equal(new ClassEvaluation("b", Precision: 0.5, Recall: 0.5, Support: 2), evaluation.Classes[1]);
    }

    [Fact]
    public void Of_gives_the_same_on_many_threads()
    {
        Network network = Network.Create(new ModelSpecification { Kind = "mlp", Hidden = [8] }, InputShape.Vector(4), 3);
        float[] model = new float[network.ParameterCount];
        network.Initialize(model, new SeededRandomSource(1, "model"));
        Dataset data = Given.Clouds(500);

        Evaluation alone = Evaluation.Of(network, model, data, batchSize: 7), together = Evaluation.Of(network, model, data, batchSize: 7, new ThreadPoolLoop(8));

        Assert.Equal(alone.MeanLoss, together.MeanLoss);
        Assert.Equal(alone.Confusion.SelectMany(row => row), together.Confusion.SelectMany(row => row));
    }

    [Fact]
    public void Of_no_rows_is_refused()
    {
        Network network = Network.Create(new ModelSpecification { Kind = "linear" }, InputShape.Vector(1), 2);

        Given.Failure(FailureCodes.EmptyData, () =>
            Evaluation.Of(network, new float[4], new Dataset(InputShape.Vector(1), [], [], ["a", "b"])));
    }

    [Fact]
    public void Of_another_shape_is_refused()
    {
        Network network = Network.Create(new ModelSpecification { Kind = "linear" }, InputShape.Vector(2), 3);

        Given.Failure(FailureCodes.ShapeMismatch, () => Evaluation.Of(network, new float[9], Given.Clouds(9)), "1×2", "1×4");
    }
}
