namespace Tacit.Learning.Models;

/// <summary>Turns the outputs of a classifier into probabilities.</summary>
public static class Softmax
{
    /// <summary>Overwrites <paramref name="probabilities"/> with exp(x) / Σ exp(x), without overflow for any finite input.</summary>
    /// <param name="outputs">One example's outputs, one per class; at least one.</param>
    /// <param name="probabilities">As long; may be the same memory.</param>
    /// <returns>ln Σ exp(x).</returns>
    /// <exception cref="ArgumentException">The lengths differ or are zero.</exception>
    public static double Apply(ReadOnlySpan<float> outputs, Span<float> probabilities)
    {
        if (outputs.IsEmpty || outputs.Length != probabilities.Length)
        {
            throw new ArgumentException(
                $"Got {outputs.Length} outputs and room for {probabilities.Length}; give one or more of each.", nameof(probabilities));
        }

        float largest = outputs[0];
        foreach (float x in outputs) largest = MathF.Max(largest, x);

        double sum = 0;
        for (int i = 0; i < outputs.Length; i++)
        {
            probabilities[i] = MathF.Exp(outputs[i] - largest);
            sum += probabilities[i];
        }
        float scale = (float)(1 / sum);
        foreach (ref float p in probabilities) p *= scale;
        return largest + Math.Log(sum);
    }
}
