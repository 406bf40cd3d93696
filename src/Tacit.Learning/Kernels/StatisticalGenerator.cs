using System.Numerics;
using Tacit.Cryptography.Randomness;

namespace Tacit.Learning.Kernels;

/// <summary>
/// Millions of random numbers for dropout, initial weights and synthetic signals. <b>Not for keys, masks or noise</b>: the state can be
/// guessed.
/// </summary>
/// <remarks>xoshiro256++ (Blackman and Vigna 2021) from a 256-bit seed that the caller's source gives, so replay stays exact.</remarks>
internal struct StatisticalGenerator
{
    private ulong s0, s1, s2, s3;

    /// <summary>Draws a seed of four words.</summary>
    public StatisticalGenerator(IRandomSource random)
    {
        Span<ulong> seed = stackalloc ulong[4];
        random.Fill(seed);
        (s0, s1, s2, s3) = (seed[0] | 1, seed[1], seed[2], seed[3]);
    }

    /// <summary>A uniform 64-bit word.</summary>
    public ulong Next()
    {
        unchecked
        {
            ulong result = BitOperations.RotateLeft(s0 + s3, 23) + s0;
            ulong shifted = s1 << 17;
            s2 ^= s0;
            s3 ^= s1;
            s1 ^= s2;
            s0 ^= s3;
            s2 ^= shifted;
            s3 = BitOperations.RotateLeft(s3, 45);
            return result;
        }
    }

    /// <summary>A uniform number in [0, 1).</summary>
    public double NextUniform() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A uniform number in [low, high).</summary>
    public double NextBetween(double low, double high) => low + (high - low) * NextUniform();

    /// <summary>A standard normal number (Box and Muller 1958; the second of the pair is dropped).</summary>
    public double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - NextUniform())) * Math.Cos(2 * Math.PI * NextUniform());

    /// <summary>
    /// A nearly normal number of mean 0 and variance 1 within ±3.5: the centred sum of four 16-bit numbers, one word each.
    /// </summary>
    public float NextSensorNoise()
    {
        unchecked
        {
            ulong word = Next();
            int sum = (int)(word & 0xffff) + (int)(word >> 16 & 0xffff) + (int)(word >> 32 & 0xffff) + (int)(word >> 48);
            return (sum - 131070) * (1.7320508f / 65536);
        }
    }
}
