using Tacit.Learning.Kernels;

namespace Tacit.Learning.Models;

/// <summary>The norm of a gradient Σₜ δₜ aₜᵀ that is never formed, from the inner products of positions.</summary>
/// <param name="positions">T.</param>
/// <param name="inputs">Floats of one aₜ.</param>
/// <param name="outputs">Floats of one δₜ.</param>
/// <remarks>
/// ‖Σₜ δₜ aₜᵀ‖² = Σₜ Σₛ ⟨aₜ, aₛ⟩ ⟨δₜ, δₛ⟩ (Li et al. 2022, section 4.1); a bias adds 1 to ⟨aₜ, aₛ⟩. The terms can cancel, so a bound of
/// what rounding may have lost is added: a norm that is a little too large clips a little too much, one too small would not clip.
/// </remarks>
internal sealed class GhostNorm(int positions, int inputs, int outputs)
{
    private const double RoundingAllowance = 1.0 / (1 << 20);

    private readonly float[] ofInputs = new float[positions * positions];
    private readonly float[] ofOutputs = new float[positions * positions];

    /// <summary>The squared norm for one example.</summary>
    /// <param name="a">[positions, inputs].</param>
    /// <param name="delta">[positions, outputs].</param>
    public double Squared(ReadOnlySpan<float> a, ReadOnlySpan<float> delta) =>
        Squared(new MatrixView(a, positions, inputs), new MatrixView(delta, positions, outputs));

    /// <inheritdoc cref="Squared(ReadOnlySpan{float}, ReadOnlySpan{float})"/>
    public double Squared(MatrixView a, MatrixView delta)
    {
        MatrixProduct.Multiply(a, a.Transposed, new MatrixTarget(ofInputs, positions, positions));
        MatrixProduct.Multiply(delta, delta.Transposed, new MatrixTarget(ofOutputs, positions, positions));
        double lengths = 0;
        for (int t = 0; t < ofInputs.Length; t += positions + 1) lengths += Math.Sqrt((ofInputs[t] + 1.0) * ofOutputs[t]);
        return Sums.OfProducts(ofInputs, ofOutputs, shift: 1) + RoundingAllowance * lengths * lengths;
    }
}
