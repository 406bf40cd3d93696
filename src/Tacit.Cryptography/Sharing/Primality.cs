using System.Numerics;
using System.Security.Cryptography;

namespace Tacit.Cryptography.Sharing;

/// <summary>Whether a public number is prime.</summary>
public static class Primality
{
    // The first 40 primes decide below 3.3 · 10²⁴ (Sorenson and Webster 2015). Composites that survive all of them are known (Arnault 1995),
    // so bases that follow from the number itself come after them.
    private static readonly int[] bases =
    [
        2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71,
        73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167, 173,
    ];

    /// <summary>Miller and Rabin's test, for public constants such as field moduli; not for numbers an adversary made.</summary>
    /// <param name="n">Any number; those below 2 are not prime.</param>
    /// <remarks>The bases are the first 40 primes and 16 that are hashed from n. Deterministic, so whoever can choose n has many tries: keys of peers need random bases.</remarks>
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
        return bases.All(a => Passes(n, a, odd, twos)) && Enumerable.Range(0, 16).All(i => Passes(n, HashedBase(n, i), odd, twos));
    }

    // In [2, n − 2], from SHA-256 of the counter and the number.
    private static BigInteger HashedBase(BigInteger n, int counter)
    {
        byte[] digest = SHA256.HashData([(byte)counter, .. n.ToByteArray(isUnsigned: true)]);
        return 2 + (new BigInteger(digest, isUnsigned: true) % (n - 3));
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
