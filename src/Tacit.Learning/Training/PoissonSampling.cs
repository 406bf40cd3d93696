using Tacit.Cryptography.Randomness;

namespace Tacit.Learning.Training;

/// <summary>Chooses each example independently with one probability, by integer coins.</summary>
/// <remarks>The privacy of a step is amplified by exactly this scheme (Abadi et al. 2016; Mironov, Talwar and Zhang 2019).</remarks>
public sealed class PoissonSampling
{
    private const int CoinsAtOnce = 1024;

    private readonly ulong threshold;
    private readonly ulong[] coins = new ulong[CoinsAtOnce];

    /// <summary>Fixes the probability.</summary>
    /// <param name="rate">q, in (0, 1]; coins come up with the largest multiple of 2⁻⁶⁴ that is not above it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside.</exception>
    public PoissonSampling(double rate)
    {
        if (!(rate > 0 && rate <= 1)) throw new ArgumentOutOfRangeException(nameof(rate), rate, "A sampling rate is in (0, 1].");
        Rate = rate;
        threshold = rate == 1 ? ulong.MaxValue : (ulong)Math.ScaleB(rate, 64);
    }

    /// <summary>q.</summary>
    public double Rate { get; }

    /// <summary>Draws one batch, possibly empty.</summary>
    /// <param name="rows">Examples to choose from, numbered from 0.</param>
    /// <param name="random">64 bits are drawn for each.</param>
    /// <param name="chosen">Overwritten with the numbers of the chosen ones, in order; which they are is secret.</param>
    public void Draw(int rows, IRandomSource random, List<int> chosen)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentNullException.ThrowIfNull(chosen);
        chosen.Clear();
        for (int first = 0; first < rows; first += CoinsAtOnce)
        {
            Span<ulong> drawn = coins.AsSpan(0, Math.Min(CoinsAtOnce, rows - first));
            random.Fill(drawn);
            for (int i = 0; i < drawn.Length; i++)
                if (drawn[i] < threshold || Rate == 1) chosen.Add(first + i);
        }
    }
}
