using Tacit.Learning.Kernels;

namespace Tacit.Learning.Models;

/// <summary>Random weights that keep the size of signals and gradients from layer to layer.</summary>
internal static class StartingValues
{
    /// <summary>Normal with variance 2 / inputs, for layers before a ReLU (He et al. 2015, equation 10).</summary>
    public static void He(Span<float> weights, int inputs, ref StatisticalGenerator random)
    {
        double deviation = Math.Sqrt(2.0 / inputs);
        foreach (ref float weight in weights) weight = (float)(deviation * random.NextNormal());
    }

    /// <summary>Uniform within ±√(6 / (inputs + outputs)) (Glorot and Bengio 2010, equation 16).</summary>
    public static void Glorot(Span<float> weights, int inputs, int outputs, ref StatisticalGenerator random)
    {
        double bound = Math.Sqrt(6.0 / (inputs + outputs));
        foreach (ref float weight in weights) weight = (float)random.NextBetween(-bound, bound);
    }
}
