using Tacit.Cryptography.Randomness;
using Tacit.Learning.Data;
using Tacit.Learning.Models;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Learning.Data;

public sealed class SyntheticActivityTests(ITestOutputHelper output)
{
    [Fact]
    public void One_stream_gives_one_data_set()
    {
        Dataset first = SyntheticActivity.Generate(3, 13, new SeededRandomSource(1)), second = SyntheticActivity.Generate(3, 13, new SeededRandomSource(1));

        Assert.Equal(first.Features, second.Features);
        Assert.NotEqual(first.Features, SyntheticActivity.Generate(3, 13, new SeededRandomSource(2)).Features);
    }

    [Fact]
    public void More_persons_do_not_change_the_first()
    {
        Dataset few = SyntheticActivity.Generate(2, 12, new SeededRandomSource(1)), more = SyntheticActivity.Generate(4, 12, new SeededRandomSource(1));

        Assert.Equal(few.Features, more.Features[..few.Features.Length]);
    }

    [Fact]
    public void Everybody_does_everything_in_equal_parts()
    {
        Dataset data = SyntheticActivity.Generate(4, 60, new SeededRandomSource(3));

        Assert.Equal(new InputShape(9, 128), data.InputShape);
        Assert.Equal([1, 2, 3, 4], data.ParticipantIds!.Distinct());
        Assert.All(data.CountByClass(), count => Assert.Equal(40, count));
        Assert.All(Partitioning.Natural(data).Split(data), person => Assert.All(person.CountByClass(), count => Assert.Equal(10, count)));
    }

    [Fact]
    public void Gravity_is_one_and_body_acceleration_has_no_mean()
    {
        Dataset data = SyntheticActivity.Generate(5, 60, new SeededRandomSource(4));
        for (int row = 0; row < data.Rows; row++)
        {
            double[] means = [.. Enumerable.Range(0, 9).Select(channel => (double)data.Row(row).Slice(channel * 128, 128).ToArray().Average())];

            // A window need not hold a whole number of steps, so a little of the gait stays in the mean.
            Assert.All(means[..3], mean => Assert.Equal(0, mean, 0.12));
            double gravity = Math.Sqrt(Enumerable.Range(0, 3).Sum(axis => (means[6 + axis] - means[axis]) * (means[6 + axis] - means[axis])));
            Assert.Equal(1, gravity, 0.1);
        }
    }

    [Fact]
    public void Federated_training_carries_over_to_new_people_without_being_perfect()
    {
        Dataset data = SyntheticActivity.Generate(30, 200, new SeededRandomSource(5));
        Dataset train = data.Subset([.. Enumerable.Range(0, data.Rows).Where(row => data.ParticipantIds![row] <= 21)]);
        Dataset test = data.Subset([.. Enumerable.Range(0, data.Rows).Where(row => data.ParticipantIds![row] > 21)]);

        double[] accuracy = Federation.Accuracies((train, test), new ModelSpecification { Kind = "mlp" }, Federation.Adam(epochs: 2), rounds: 10, perChannel: true);

        output.WriteLine(string.Join(" ", accuracy.Select(a => a.ToString("P1"))));
        Assert.InRange(accuracy[^1], 0.85, 0.99);
        Assert.True(accuracy[^1] > accuracy[0] + 0.03);
    }
}
