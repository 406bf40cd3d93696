namespace Tacit.Learning.Models;

/// <summary>Mean losses over a batch with their gradients at the network's outputs.</summary>
internal static class Losses
{
    /// <summary>Softmax and cross-entropy: mean of −ln p[label].</summary>
    /// <param name="outputs">[batch, classes], before the softmax.</param>
    /// <param name="labels">In [0, classes).</param>
    /// <param name="gradient">[batch, classes]; overwritten with (p − one-hot) / batch. Empty: only the loss is wanted.</param>
    public static double CrossEntropy(ReadOnlySpan<float> outputs, ReadOnlySpan<int> labels, Span<float> gradient)
    {
        int classes = outputs.Length / labels.Length;
        Span<float> probabilities = classes <= 256 ? stackalloc float[classes] : new float[classes];
        double loss = 0;
        float share = 1f / labels.Length;
        for (int row = 0; row < labels.Length; row++)
        {
            double logSum = Softmax.Apply(outputs.Slice(row * classes, classes), probabilities);
            loss += logSum - outputs[row * classes + labels[row]];
            if (gradient.IsEmpty) continue;

            Span<float> slopes = gradient.Slice(row * classes, classes);
            for (int j = 0; j < slopes.Length; j++) slopes[j] = probabilities[j] * share;
            slopes[labels[row]] -= share;
        }
        return loss / labels.Length;
    }

    /// <summary>
    /// Mean over batch and classes of (p − one-hot)², p the softmax of the outputs (the Brier score divided by the classes).
    /// </summary>
    /// <inheritdoc cref="CrossEntropy"/>
    public static double SquaredErrorOfProbabilities(ReadOnlySpan<float> outputs, ReadOnlySpan<int> labels, Span<float> gradient)
    {
        int classes = outputs.Length / labels.Length;
        Span<float> p = classes <= 256 ? stackalloc float[classes] : new float[classes];
        double loss = 0;
        float share = 2f / outputs.Length;
        for (int row = 0; row < labels.Length; row++)
        {
            _ = Softmax.Apply(outputs.Slice(row * classes, classes), p);
            float inner = 0;
            for (int j = 0; j < classes; j++)
            {
                float error = p[j] - (j == labels[row] ? 1 : 0);
                loss += (double)error * error;
                inner += error * p[j];
            }
            if (gradient.IsEmpty) continue;

            // The softmax's Jacobian is diag(p) − p pᵀ.
            Span<float> slopes = gradient.Slice(row * classes, classes);
            for (int j = 0; j < classes; j++) slopes[j] = share * p[j] * (p[j] - (j == labels[row] ? 1 : 0) - inner);
        }
        return loss / outputs.Length;
    }

    /// <summary>Mean over batch and outputs of (y − target)², for regression.</summary>
    /// <param name="outputs">[batch, outputs].</param>
    /// <param name="targets">As long as the outputs.</param>
    /// <param name="gradient">As long as the outputs; overwritten. Empty: only the loss is wanted.</param>
    public static double SquaredError(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, Span<float> gradient)
    {
        double loss = 0;
        float share = 2f / outputs.Length;
        for (int i = 0; i < outputs.Length; i++)
        {
            float error = outputs[i] - targets[i];
            loss += (double)error * error;
            if (!gradient.IsEmpty) gradient[i] = share * error;
        }
        return loss / outputs.Length;
    }
}
