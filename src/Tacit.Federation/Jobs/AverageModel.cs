namespace Tacit.Federation.Jobs;

/// <summary>The mean of the models of the last rounds: released, not trained from.</summary>
/// <param name="rounds">How many; 1 for the last model itself.</param>
public sealed class AverageModel(int rounds)
{
    private double[]? sum;
    private int count;

    /// <summary>The model itself until the last rounds begin, then the mean of theirs so far.</summary>
    /// <param name="round">From 1, each once and in order.</param>
    /// <param name="total">Rounds of the job.</param>
    /// <param name="model">The model after the round.</param>
    public float[] Of(int round, int total, float[] model)
    {
        if (rounds == 1 || round <= total - rounds) return model;
        sum ??= new double[model.Length];
        count++;
        for (int i = 0; i < sum.Length; i++) sum[i] += model[i];
        return [.. sum.Select(x => (float)(x / count))];
    }
}
