using System.Numerics;

namespace Tacit.Cryptography.Sharing;

/// <summary>Whether a public number is prime.</summary>
public static class Primality
{
    // The first 40 primes: bases that no known composite survives together, and exact below 3.3 · 10²⁴ (Sorenson and Webster 2015).
    private static readonly int[] bases =
    [
        2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71,
        73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167, 173,
    ];

    /// <summary>Miller and Rabin's test with fixed bases, for public constants such as field moduli; not for numbers an adversary made.</summary>
    /// <param name="n">Any number; those below 2 are not prime.</param>
    /// <remarks>Fixed bases can be fooled on purpose (Arnault 1995): keys of peers need random ones.</remarks>
    public static bool IsProbablePrime(BigInteger n)
    {
        if (n < 2) return false;
        foreach (int small in bases)
        {
            if (n == small) return true;
            if (n % small == 0) return false;
        }

        int twos = (int)BigInteger.TrailingZeroCount(n - 1);
        BigInteger odd = (n - 1) >> twos;
        return bases.All(a => Passes(n, a, odd, twos));
    }

    private static bool Passes(BigInteger n, BigInteger a, BigInteger odd, int twos)
    {
        BigInteger x = BigInteger.ModPow(a, odd, n);
        if (x.IsOne || x == n - 1) return true;
        for (int i = 1; i < twos; i++)
        {
            x = x * x % n;
            if (x == n - 1) return true;
        }

        return false;
    }
}
