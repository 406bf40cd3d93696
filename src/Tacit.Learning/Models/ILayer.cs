using System.Collections.Immutable;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Kernels;

namespace Tacit.Learning.Models;

/// <summary>One step of a network on a batch stored row major, [batch, features].</summary>
internal interface ILayer
{
    /// <summary>Floats per example at the input.</summary>
    int InputSize { get; }

    /// <summary>Floats per example at the output.</summary>
    int OutputSize { get; }

    /// <summary>Names and shapes of the parameters, in the order of their slice of the flat vector; empty for layers without any.</summary>
    ImmutableArray<(string Name, ImmutableArray<int> Shape)> Parameters { get; }

    /// <summary>Overwrites this layer's parameters with starting values.</summary>
    void Initialize(Span<float> parameters, ref StatisticalGenerator random);

    /// <summary>Overwrites the output.</summary>
    /// <param name="pass">What the layer works on.</param>
    /// <param name="random">Null when evaluating: nothing is dropped.</param>
    void Forward(LayerPass pass, IRandomSource? random);

    /// <summary>
    /// Overwrites the gradients of the parameters and, unless empty, of the input. Follows a <see cref="Forward"/> of the same batch.
    /// </summary>
    void Backward(LayerPass pass, LayerGradients gradients);
}

/// <summary>A layer with parameters, whose gradients can be clipped example by example.</summary>
/// <remarks>
/// Clipping goes backwards once (Bu et al. 2022, book-keeping): <see cref="BackwardPerExample"/> of every layer gives the norms, and
/// <see cref="AddWeighted"/> forms the sum of the clipped gradients from the slopes at the outputs, which the network has kept.
/// </remarks>
internal interface IClippableLayer : ILayer
{
    /// <summary>Overwrites the gradient of the input, unless empty, and adds the squared norm of each example's gradient.</summary>
    /// <param name="pass">What the layer works on.</param>
    /// <param name="gradients">The parameters' part is empty: their gradient is not formed.</param>
    /// <param name="squaredNorms">Length batch: added to, rather too much than too little where rounding matters.</param>
    void BackwardPerExample(LayerPass pass, LayerGradients gradients, Span<double> squaredNorms);

    /// <summary>Adds Σᵢ weightᵢ · gᵢ, gᵢ the gradient of example i. Follows <see cref="BackwardPerExample"/> of the same batch.</summary>
    /// <param name="pass">As before.</param>
    /// <param name="outputGradient">As before; overwritten.</param>
    /// <param name="weights">Length batch, in [0, 1].</param>
    /// <param name="sum">As long as the layer's parameters: added to.</param>
    void AddWeighted(LayerPass pass, Span<float> outputGradient, ReadOnlySpan<float> weights, Span<float> sum);
}

/// <summary>One batch at one layer.</summary>
internal readonly ref struct LayerPass
{
    /// <summary>Examples.</summary>
    public required int Batch { get; init; }

    /// <summary>The layer's slice of the flat vector.</summary>
    public required ReadOnlySpan<float> Parameters { get; init; }

    /// <summary>[batch, InputSize].</summary>
    public required ReadOnlySpan<float> Input { get; init; }

    /// <summary>[batch, OutputSize].</summary>
    public required Span<float> Output { get; init; }
}

/// <summary>Derivatives of the loss at one layer.</summary>
internal readonly ref struct LayerGradients
{
    /// <summary>[batch, OutputSize]: given.</summary>
    public required ReadOnlySpan<float> Output { get; init; }

    /// <summary>[batch, InputSize]: overwritten; empty at the first layer, where nobody asks.</summary>
    public required Span<float> Input { get; init; }

    /// <summary>As long as the layer's parameters: overwritten with the sum over the batch.</summary>
    public required Span<float> Parameters { get; init; }
}
