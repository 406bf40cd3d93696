using System.Text;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Data;
using Tacit.Learning.Kernels;
using Tacit.Learning.Models;
using Xunit;

namespace Tacit.Tests.Learning;

/// <summary>Inputs for the tests of this area.</summary>
internal static class Given
{
    public static float[] Normals(int length, IRandomSource random)
    {
        StatisticalGenerator generator = new(random);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) values[i] = (float)generator.NextNormal();
        return values;
    }

    /// <summary>Three well separated clouds in four dimensions, ids 1 to 5.</summary>
    public static Dataset Clouds(int rows, ulong seed = 1)
    {
        SeededRandomSource random = new(seed);
        float[] features = Normals(rows * 4, random);
        int[] labels = [.. Enumerable.Range(0, rows).Select(row => row % 3)];
        for (int row = 0; row < rows; row++) features[row * 4 + labels[row]] += 6;
        return new Dataset(InputShape.Vector(4), features, labels, ["red", "green", "blue"])
        {
            ParticipantIds = [.. Enumerable.Range(0, rows).Select(row => row / 3 % 5 + 1)],
        };
    }

    public static ReadOnlyMemory<byte> Text(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Asserts the code and that the one-line message names what it should.</summary>
    public static void Failure(FailureCode code, Action action, params string[] named)
    {
        FailureException failure = Assert.Throws<FailureException>(action);
        Assert.Equal(code, failure.Code);
        Assert.DoesNotContain('\n', failure.Message);
        Assert.All(named, part => Assert.Contains(part, failure.Message, StringComparison.Ordinal));
    }
}
