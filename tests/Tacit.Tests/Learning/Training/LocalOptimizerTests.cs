using Tacit.Learning.Training;
using Xunit;

namespace Tacit.Tests.Learning.Training;

public sealed class LocalOptimizerTests
{
    [Fact]
    public void Sgd_moves_against_the_gradient()
    {
        float[] parameters = [1, 2];

        new Sgd(0.5f).Step(parameters, [2, -4]);

        Assert.Equal([0, 4], parameters);
    }

    [Fact]
    public void Sgd_with_momentum_remembers()
    {
        float[] parameters = [0];
        Sgd sgd = new(1, momentum: 0.5f);

        sgd.Step(parameters, [1]);
        sgd.Step(parameters, [1]);

        Assert.Equal([-1 - 1.5f], parameters);
    }

    [Fact]
    public void Adam_follows_the_algorithm_computed_by_hand()
    {
        float[] parameters = new float[11];
        Adam adam = new(0.1f);
        double m = 0, v = 0, w = 0;

        foreach (float g in (float[])[1, -2, 3])
        {
            float[] gradient = new float[11];
            gradient.AsSpan().Fill(g);
            adam.Step(parameters, gradient);
        }
        for (int t = 1; t <= 3; t++)
        {
            double g = t == 2 ? -2 : t;
            m = 0.9 * m + 0.1 * g;
            v = 0.999 * v + 0.001 * g * g;
            w -= 0.1 * (m / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(v / (1 - Math.Pow(0.999, t))) + 1e-8);
        }

        Assert.All(parameters, parameter => Assert.Equal(w, parameter, 1e-5));
    }

    [Fact]
    public void Step_with_another_length_throws()
    {
        Adam adam = new(0.1f);
        adam.Step(new float[3], new float[3]);

        Assert.Throws<ArgumentException>(() => adam.Step(new float[4], new float[4]));
        Assert.Throws<ArgumentException>(() => new Sgd(0.1f).Step(new float[3], new float[4]));
    }
}
