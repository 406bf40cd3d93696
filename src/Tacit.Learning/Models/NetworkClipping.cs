using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Randomness;

namespace Tacit.Learning.Models;

/// <content>Sums of gradients that are clipped example by example.</content>
public sealed partial class Network
{
    private double[] squaredNorms = [];
    private float[] factors = [];

    /// <summary>Adds Σᵢ min(1, C / ‖gᵢ‖) gᵢ, gᵢ the gradient of the loss of example i alone over all parameters.</summary>
    /// <param name="parameters">Length <see cref="ParameterCount"/>.</param>
    /// <param name="features">[batch, Input.Size], row major; a batch of 0 adds nothing.</param>
    /// <param name="labels">Length batch, each in [0, <see cref="Outputs"/>).</param>
    /// <param name="bound">C; positive.</param>
    /// <param name="sum">Length <see cref="ParameterCount"/>: added to.</param>
    /// <param name="random">For dropout; unused by networks without it.</param>
    /// <returns>Counts, which are as sensitive as the examples.</returns>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    /// <exception cref="FailureException">INVALID_LABEL: a label is outside the outputs.</exception>
    /// <remarks>
    /// Abadi et al. 2016, Algorithm 1, in one backward pass (Bu et al. 2022) with norms that need no gradients where that is cheaper
    /// (Goodfellow 2015; Li et al. 2022). An example whose gradient is not finite adds 0. Norms and factors are in double precision; a
    /// clipped gradient as it is added, in single precision, can be longer than C by a relative 2⁻¹² at most.
    /// </remarks>
    public ClippedGradients AddClippedGradients(
        ReadOnlySpan<float> parameters, ReadOnlySpan<float> features, ReadOnlySpan<int> labels, double bound, Span<float> sum, IRandomSource random)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        Layout.RequireLength(sum.Length);
        int batch = labels.Length;
        if (batch == 0) return default;

        Span<float> outputs = Forward(parameters, features, batch, random);
        Span<float> slopes = gradients[^1].AsSpan(0, outputs.Length);
        double loss = LabelLoss(outputs, labels, slopes) * batch;
        unchecked
        {
            for (int i = 0; i < slopes.Length; i++) slopes[i] *= batch;   // from the mean loss to the loss of each
        }

        Span<double> norms = Norms(parameters, features, batch);
        int clipped = 0, notFinite = 0;
        if (factors.Length < batch) factors = new float[batch];
        for (int i = 0; i < batch; i++)
        {
            factors[i] = ClipFactor.Of(norms[i], bound);
            if (!double.IsFinite(norms[i])) notFinite++;
            else if (factors[i] < 1) clipped++;
        }
        if (notFinite > 0) return AddWithoutNotFinite(parameters, features, labels, bound, sum, random, notFinite);

        for (int i = layers.Length - 1; i >= 0; i--)
        {
            if (layers[i] is not IClippableLayer layer) continue;
            Span<float> outputGradient = gradients[i].AsSpan(0, batch * layer.OutputSize);
            layer.AddWeighted(PassAt(i, parameters, features, batch), outputGradient, factors.AsSpan(0, batch), sum.Slice(offsets[i], lengths[i]));
        }
        return new ClippedGradients(batch, clipped, NotFinite: 0, loss);
    }

    private Span<double> Norms(ReadOnlySpan<float> parameters, ReadOnlySpan<float> features, int batch)
    {
        if (squaredNorms.Length < batch) squaredNorms = new double[batch];
        Span<double> norms = squaredNorms.AsSpan(0, batch);
        norms.Clear();
        for (int i = layers.Length - 1; i >= firstWithParameters; i--)
        {
            LayerGradients at = new()
            {
                Output = gradients[i].AsSpan(0, batch * layers[i].OutputSize),
                Input = i == firstWithParameters ? [] : gradients[i - 1].AsSpan(0, batch * layers[i].InputSize),
                Parameters = [],
            };
            if (layers[i] is IClippableLayer layer) layer.BackwardPerExample(PassAt(i, parameters, features, batch), at, norms);
            else layers[i].Backward(PassAt(i, parameters, features, batch), at);
        }
        return norms;
    }

    // 0 · NaN is NaN: such an example has to be left out, not multiplied by 0. Dropout is drawn anew, so more may have to go.
    private ClippedGradients AddWithoutNotFinite(
        ReadOnlySpan<float> parameters, ReadOnlySpan<float> features, ReadOnlySpan<int> labels, double bound, Span<float> sum, IRandomSource random, int notFinite)
    {
        int[] finite = [.. Enumerable.Range(0, labels.Length).Where(i => double.IsFinite(squaredNorms[i]))];
        float[] keptFeatures = new float[finite.Length * Input.Size];
        int[] keptLabels = new int[finite.Length];
        for (int i = 0; i < finite.Length; i++)
        {
            features.Slice(finite[i] * Input.Size, Input.Size).CopyTo(keptFeatures.AsSpan(i * Input.Size));
            keptLabels[i] = labels[finite[i]];
        }
        return AddClippedGradients(parameters, keptFeatures, keptLabels, bound, sum, random) + new ClippedGradients(notFinite, 0, notFinite, 0);
    }

    private LayerPass PassAt(int layer, ReadOnlySpan<float> parameters, ReadOnlySpan<float> features, int batch) => Pass(
        layer,
        parameters,
        layer == 0 ? features : activations[layer - 1].AsSpan(0, batch * layers[layer].InputSize),
        activations[layer].AsSpan(0, batch * layers[layer].OutputSize),
        batch);
}
