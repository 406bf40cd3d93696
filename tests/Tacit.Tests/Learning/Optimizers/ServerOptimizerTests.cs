using Tacit.Aggregation.Failures;
using Tacit.Learning.Optimizers;
using Xunit;

namespace Tacit.Tests.Learning.Optimizers;

public sealed class ServerOptimizerTests
{
    public static TheoryData<string> Adaptive => new() { "fedadam", "fedyogi", "fedadagrad" };

    [Theory]
    [InlineData("fedavg")]
    [InlineData("fedprox")]
    public void The_plain_optimisers_add_the_scaled_mean_update(string name)
    {
        float[] model = [1, 2];

        new ServerOptimization { Name = name, LearningRate = 0.5 }.Create().Apply(model, [2, -2]);

        Assert.Equal([2, 1], model);
    }

    [Theory]
    [MemberData(nameof(Adaptive))]
    public void The_adaptive_optimisers_follow_Algorithm_2_computed_by_hand(string name)
    {
        IServerOptimizer optimizer = new ServerOptimization { Name = name, LearningRate = 0.1, Tau = 0.01 }.Create();
        float[] model = [0];
        double x = 0, m = 0, v = 0.01 * 0.01;

        foreach (double delta in (double[])[0.5, -0.25, 0.001])
        {
            optimizer.Apply(model, [(float)delta]);
            m = 0.9 * m + 0.1 * delta;
            v = name switch
            {
                "fedadagrad" => v + delta * delta,
                "fedyogi" => v - 0.01 * delta * delta * Math.Sign(v - delta * delta),
                _ => 0.99 * v + 0.01 * delta * delta,
            };
            x += 0.1 * m / (Math.Sqrt(v) + 0.01);
        }

        Assert.Equal(x, model[0], 1e-6);
    }

    [Theory]
    [MemberData(nameof(Adaptive))]
    public void A_saved_state_continues_as_if_nothing_happened(string name)
    {
        ServerOptimization options = new() { Name = name };
        IServerOptimizer whole = options.Create(), half = options.Create(), resumed = options.Create();
        float[] expected = [1, 2, 3], actual = [1, 2, 3];
        whole.Apply(expected, [1, 0, -1]);
        half.Apply(actual, [1, 0, -1]);

        resumed.LoadState(half.SaveState());
        whole.Apply(expected, [0.5f, 1, 2]);
        resumed.Apply(actual, [0.5f, 1, 2]);

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Vectors_of_two_lengths_throw() => Assert.Throws<ArgumentException>(() =>
        new ServerOptimization().Create().Apply(new float[2], new float[3]));

    [Fact]
    public void An_unknown_name_is_refused_with_the_known_ones() =>
        Given.Failure(FailureCodes.InvalidValue, () =>
            new ServerOptimization { Name = "fedsgd" }.Create(), "server.name", "fedsgd", "fedyogi");
}
