namespace Tacit.Learning.Training;

/// <summary>The mean of the parameters after each of the last steps (Polyak and Juditsky 1992).</summary>
/// <param name="steps">All steps.</param>
/// <param name="share">Of the steps, in [0, 1]; 0 keeps the last parameters.</param>
internal sealed class TailAverage(int steps, double share)
{
    private readonly int averaged = (int)Math.Ceiling(share * steps);
    private float[]? mean;
    private int seen;

    /// <summary>Takes note of the parameters after the next step.</summary>
    public void Add(ReadOnlySpan<float> parameters)
    {
        if (++seen <= steps - averaged) return;
        if (mean is null)
        {
            mean = parameters.ToArray();
            return;
        }
        float weight = 1f / (seen - (steps - averaged));
        unchecked
        {
            for (int i = 0; i < mean.Length; i++) mean[i] += weight * (parameters[i] - mean[i]);
        }
    }

    /// <summary>Overwrites the parameters with the mean, unless none is wanted.</summary>
    public void CopyTo(Span<float> parameters) => mean?.CopyTo(parameters);
}
