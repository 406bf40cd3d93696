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

    /// <summary>What has to be kept between rounds: how many models were added up, and their sum, which is empty for none.</summary>
    public (int Count, double[] Sum) SaveState() => (count, sum is null ? [] : [.. sum]);

    /// <summary>Continues from what <see cref="SaveState"/> gave.</summary>
    /// <param name="models">How many were added up.</param>
    /// <param name="total">Their sum.</param>
    /// <exception cref="ArgumentException">A sum without models, or models without a sum.</exception>
    public void LoadState(int models, double[] total)
    {
        ArgumentNullException.ThrowIfNull(total);
        if (models < 0 || (models == 0) != (total.Length == 0)) throw new ArgumentException($"{models} models cannot have a sum of {total.Length} values.", nameof(models));
        (count, sum) = (models, models == 0 ? null : [.. total]);
    }
}
