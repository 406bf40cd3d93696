namespace Tacit.Simulation.Jobs;

/// <summary>The mean of the models of the last rounds.</summary>
internal sealed class AverageModel(int rounds)
{
    private double[]? sum;
    private int count;

    /// <summary>The model itself until the last rounds begin, then the mean of theirs so far.</summary>
    public float[] Of(int round, int total, float[] model)
    {
        if (rounds == 1 || round <= total - rounds) return model;
        sum ??= new double[model.Length];
        count++;
        for (int i = 0; i < sum.Length; i++) sum[i] += model[i];
        return [.. sum.Select(x => (float)(x / count))];
    }
}
