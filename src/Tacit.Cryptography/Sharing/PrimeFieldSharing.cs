using System.Numerics;
using Tacit.Cryptography.Randomness;

namespace Tacit.Cryptography.Sharing;

/// <summary>One share of a sharing over a prime field.</summary>
/// <param name="Sharing">Tells sharings apart, so that shares of two secrets are never mixed.</param>
/// <param name="X">The holder's coordinate, in [1, p).</param>
/// <param name="Y">The value, in [0, p). Secret: this type is for the reference implementation and its vectors.</param>
public readonly record struct FieldShare(ulong Sharing, BigInteger X, BigInteger Y)
{
    /// <inheritdoc/>
    public override string ToString() => $"share of x = {X}: <redacted>";
}

/// <summary>Shamir's sharing over any prime field: the plain reference that <see cref="SeedSharing"/> is checked against.</summary>
/// <remarks>Arbitrary precision, so not constant-time: for secrets in production use <see cref="SeedSharing"/>.</remarks>
public sealed class PrimeFieldSharing
{
    private readonly BigInteger p;

    /// <summary>Chooses the field.</summary>
    /// <param name="p">A prime.</param>
    /// <exception cref="ArgumentException"><paramref name="p"/> is not prime.</exception>
    public PrimeFieldSharing(BigInteger p)
    {
        if (!Primality.IsProbablePrime(p)) throw new ArgumentException("The modulus is not prime.", nameof(p));
        this.p = p;
    }

    /// <summary>Splits a secret for the holders 1…n.</summary>
    /// <param name="secret">In [0, p).</param>
    /// <param name="threshold">t, in [1, n].</param>
    /// <param name="holders">n, below p.</param>
    /// <param name="random">Where the coefficients come from.</param>
    /// <exception cref="ArgumentException">A parameter is outside its range.</exception>
    public FieldShare[] Split(BigInteger secret, int threshold, int holders, IRandomSource random)
    {
        if (secret.Sign < 0 || secret >= p) throw new ArgumentException("The secret is not in [0, p).", nameof(secret));
        if (threshold < 1 || threshold > holders) throw new ArgumentException($"The threshold {threshold} is not in [1, {holders}].", nameof(threshold));
        if (holders >= p) throw new ArgumentException("There must be fewer holders than field elements.", nameof(holders));

        BigInteger[] coefficients = [secret, .. Enumerable.Range(1, threshold - 1).Select(_ => Uniform(random))];
        ulong sharing = random.NextUInt64();
        return [.. Enumerable.Range(1, holders).Select(x => new FieldShare(sharing, x, Evaluate(coefficients, x)))];
    }

    /// <summary>f(x) for coefficients from the constant upwards.</summary>
    /// <param name="coefficients">In [0, p), lowest degree first.</param>
    /// <param name="x">In [0, p).</param>
    public BigInteger Evaluate(IReadOnlyList<BigInteger> coefficients, BigInteger x) =>
        coefficients.Reverse().Aggregate(BigInteger.Zero, (y, c) => (y * x + c) % p);

    /// <summary>Puts a secret together.</summary>
    /// <param name="threshold">t, at least 1.</param>
    /// <param name="shares">At least t; those beyond t are checked.</param>
    /// <param name="secret">In [0, p) on success.</param>
    /// <returns><see cref="SharingError.None"/>, or why not.</returns>
    public SharingError TryReconstruct(int threshold, IReadOnlyList<FieldShare> shares, out BigInteger secret)
    {
        secret = 0;
        if (threshold < 1 || shares.Count < threshold) return SharingError.TooFewShares;
        if (shares.Any(s => s.X.Sign <= 0 || s.X >= p || s.Y.Sign < 0 || s.Y >= p)) return SharingError.InvalidShare;
        if (shares.DistinctBy(s => s.X).Count() != shares.Count) return SharingError.DuplicateShare;
        if (shares.DistinctBy(s => s.Sharing).Count() != 1) return SharingError.InconsistentShares;

        FieldShare[] basis = [.. shares.Take(threshold)];
        if (shares.Skip(threshold).Any(extra => Interpolate(basis, extra.X) != extra.Y)) return SharingError.InconsistentShares;
        secret = Interpolate(basis, 0);
        return SharingError.None;
    }

    /// <summary>The Lagrange coefficient of one point for the value at <paramref name="at"/>.</summary>
    /// <param name="points">Distinct x coordinates.</param>
    /// <param name="index">Which of them.</param>
    /// <param name="at">Where f is wanted.</param>
    public BigInteger LagrangeCoefficient(IReadOnlyList<BigInteger> points, int index, BigInteger at)
    {
        BigInteger numerator = 1, denominator = 1;
        for (int j = 0; j < points.Count; j++)
        {
            if (j == index) continue;
            numerator = numerator * (at - points[j]) % p;
            denominator = denominator * (points[index] - points[j]) % p;
        }

        return Modulo(numerator * BigInteger.ModPow(Modulo(denominator), p - 2, p));
    }

    private BigInteger Interpolate(FieldShare[] basis, BigInteger at)
    {
        BigInteger[] points = [.. basis.Select(s => s.X)];
        return basis.Select((s, i) => s.Y * LagrangeCoefficient(points, i, at)).Aggregate(BigInteger.Zero, (sum, term) => Modulo(sum + term));
    }

    private BigInteger Modulo(BigInteger value) => (value % p + p) % p;

    private BigInteger Uniform(IRandomSource random)
    {
        byte[] bytes = new byte[p.GetByteCount(isUnsigned: true)];
        int excess = 8 * bytes.Length - (int)p.GetBitLength();
        while (true)
        {
            random.Fill(bytes);
            bytes[^1] = (byte)(bytes[^1] >> excess);
            BigInteger candidate = new(bytes, isUnsigned: true);
            if (candidate < p) return candidate;
        }
    }
}
