using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;

namespace Tacit.Aggregation.Encodings;

/// <summary>Reals in [−range, range] to integers in [−L, L], L = 2^(bits − 1) − 1, by stochastic rounding: unbiased, zero stays zero.</summary>
/// <remarks>Both directions are here: <see cref="Encode"/> is step 3 of a contribution, <see cref="Decode"/> is step 8.</remarks>
public readonly record struct Quantization
{
    /// <summary>The most bits of one value: beyond them doubles cannot tell neighbouring levels apart.</summary>
    public const int MaxBits = 50;

    /// <summary>Chooses the grid.</summary>
    /// <param name="range">The largest absolute value that is represented, from 1e-30 to 1e30; larger ones saturate and are counted.</param>
    /// <param name="bits">Bits of one value, from 2 to 50.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is outside its range.</exception>
    public Quantization(double range, int bits)
    {
        if (!(range >= 1e-30) || range > 1e30) throw new ArgumentOutOfRangeException(nameof(range), range, "The range must be in [1e-30, 1e30].");
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, MaxBits);
        Range = range;
        Bits = bits;
    }

    /// <summary>The largest absolute value.</summary>
    public double Range { get; }

    /// <summary>Bits of one value.</summary>
    public int Bits { get; }

    /// <summary>L: the largest integer.</summary>
    public long Magnitude => (1L << (Bits - 1)) - 1;

    /// <summary>The distance of two neighbouring levels, in the units of the range.</summary>
    public double Step => Range / Magnitude;

    /// <summary>Quantises a vector.</summary>
    /// <param name="values">Length d, finite.</param>
    /// <param name="factor">Multiplies each value first, such as a weight in [0, 1].</param>
    /// <param name="random">Where the rounding comes from.</param>
    /// <param name="destination">At least d residues; the first d are overwritten.</param>
    /// <returns>How many values were beyond the range and were saturated: never silent, always reported.</returns>
    /// <exception cref="FailureException"><see cref="FailureCodes.UpdateNotFinite"/> with the index of the first NaN or infinity.</exception>
    public int Encode(ReadOnlySpan<float> values, double factor, IRandomSource random, ModularVector destination)
    {
        if (destination.Ring.Bits < Bits) throw new ArgumentException($"{Bits}-bit values do not fit into {destination.Ring}.", nameof(destination));
        const int Batch = 1024;
        Span<ulong> coins = stackalloc ulong[Batch];
        double scale = factor / Step;
        int saturated = 0;
        for (int start = 0; start < values.Length; start += Batch)
        {
            ReadOnlySpan<float> batch = values.Slice(start, Math.Min(Batch, values.Length - start));
            random.Fill(coins[..batch.Length]);
            for (int i = 0; i < batch.Length; i++)
            {
                double scaled = batch[i] * scale;
                if (!double.IsFinite(scaled)) throw NotFinite(batch[i], start + i);
                destination[start + i] = destination.Ring.Reduce(Round(scaled, coins[i], ref saturated));
            }
        }

        return saturated;
    }

    /// <summary>Turns a sum of integers back into a sum of reals.</summary>
    /// <param name="sum">A residue, read as a signed number: right as long as the sum did not wrap.</param>
    /// <param name="ring">ℤ/2ᵇ.</param>
    public double Decode(ulong sum, ResidueRing ring) => ring.Centre(sum) * Step;

    private long Round(double scaled, ulong coin, ref int saturated)
    {
        if (Math.Abs(scaled) > Magnitude)
        {
            saturated++;
            return scaled > 0 ? Magnitude : -Magnitude;
        }

        double floor = Math.Floor(scaled);
        double unit = (coin >> 11) * (1.0 / (1UL << 53));
        return (long)floor + (unit < scaled - floor ? 1 : 0);   // a value at ±L has no fraction, so the result stays in range
    }

    private static FailureException NotFinite(float value, int index) => new(
        FailureCodes.UpdateNotFinite,
        $"update[{index}] is {value.ToString(System.Globalization.CultureInfo.InvariantCulture)}; every element must be finite: lower the learning rate or check the data");
}
