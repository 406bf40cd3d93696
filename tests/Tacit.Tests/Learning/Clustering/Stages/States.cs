using Tacit.Aggregation.Pipeline;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Clustering.Stages;

namespace Tacit.Tests.Learning.Clustering.Stages;

/// <summary>States, records and requests for the tests of this area.</summary>
internal static class States
{
    public static ClusteringRequest Request { get; } = new() { Records = 5000, Dimension = 2, Clusters = 15, Epsilon = 1, Delta = 1e-5, Participants = 10, NoiseShares = 9 };

    /// <summary>Centres and mean anywhere, some on borders, some the same; the radius from tiny to all.</summary>
    public static ClusteringState Random(int dimension, int clusters, SeededRandomSource random)
    {
        ClusteringState state = new(dimension, clusters, 100, random) { Radius = Math.Sqrt(dimension) * Math.Pow(10, -3 * random.NextDouble()) };
        for (int i = 0; i < state.Centres.Length; i++) state.Centres[i] = Coordinate(random);
        for (int a = 0; a < dimension; a++) state.Mean[a] = Coordinate(random);
        if (clusters > 1 && random.NextBelow(4) == 0) state.Centres.AsSpan(0, dimension).CopyTo(state.Centres.AsSpan(dimension));
        return state;
    }

    /// <summary>Records that are hardest: corners, the middle, centres, the mean, far outside, no numbers, on borders of cells, and a few at random.</summary>
    public static IEnumerable<float[]> Records(ClusteringState state, SeededRandomSource random)
    {
        int d = state.Dimension;
        foreach (float x in new[] { 1f, -1f, 0f, 0.5f, -0.25f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e30f, float.Epsilon, MathF.BitDecrement(1f) }) yield return [.. Enumerable.Repeat(x, d)];
        for (int j = 0; j < state.Clusters; j++) yield return [.. state.Centres.Skip(j * d).Take(d).Select(x => (float)x)];
        yield return [.. state.Mean.Select(x => (float)x)];
        yield return [.. Enumerable.Range(0, d).Select(a => a % 2 == 0 ? 1f : -1f)];
        yield return [.. Enumerable.Range(0, d).Select(a => a == 0 ? float.NaN : float.MaxValue)];
        for (int i = 0; i < 10; i++) yield return Uniform(d, random);
    }

    public static float[] Uniform(int length, SeededRandomSource random) => [.. Enumerable.Range(0, length).Select(_ => (float)((2 * random.NextDouble()) - 1))];

    /// <summary>A plan as a stage would get it, with noise of any scale.</summary>
    public static RecordSumPlan Plan(IClusteringStage stage, double scale = 50) => new()
    {
        Dimension = stage.Blocks.Sum(block => block.Length),
        Participants = 10,
        Blocks = [.. stage.Blocks.Select(block => block with { Scale = scale * block.Largest })],
        Records = 5000,
        NoiseShares = 9,
    };

    private static double Coordinate(SeededRandomSource random) => random.NextBelow(6) switch
    {
        0 => 1,
        1 => -1,
        2 => 0,
        _ => (2 * random.NextDouble()) - 1,
    };
}
