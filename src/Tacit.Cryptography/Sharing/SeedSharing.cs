using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tacit.Cryptography.Randomness;

namespace Tacit.Cryptography.Sharing;

/// <summary>Shamir's t-of-n sharing (Shamir 1979) of 32-byte secrets over the field of 2⁶¹ − 1.</summary>
/// <remarks>
/// A secret is five field elements: four of 7 bytes and one of 4. A share is five elements of 8 bytes, little-endian, each canonical.
/// Coefficients are uniform in the whole field, zero included: leaving zero out leaks (Cure53 on blahaj).
/// </remarks>
public static class SeedSharing
{
    /// <summary>Bytes of a secret.</summary>
    public const int SecretBytes = 32;

    /// <summary>Bytes of a share.</summary>
    public const int ShareBytes = Elements * 8;

    internal const int Elements = 5;
    private const int BytesPerElement = 7;

    /// <summary>Splits a secret.</summary>
    /// <param name="secret">32 bytes; cleared by the caller.</param>
    /// <param name="threshold">t: any t shares give the secret, t − 1 give nothing; in [1, n].</param>
    /// <param name="points">The n holders' x coordinates: distinct and not zero.</param>
    /// <param name="random">Where the coefficients come from.</param>
    /// <param name="shares">n · 40 bytes, overwritten with the shares in the order of the points; secret, cleared by the caller.</param>
    /// <exception cref="ArgumentException">A length is wrong, the threshold is outside [1, n], or a point is zero or appears twice.</exception>
    public static void Split(ReadOnlySpan<byte> secret, int threshold, ReadOnlySpan<uint> points, IRandomSource random, Span<byte> shares)
    {
        if (secret.Length != SecretBytes) throw new ArgumentException($"A secret has {SecretBytes} bytes.", nameof(secret));
        if (shares.Length != points.Length * ShareBytes) throw new ArgumentException($"{points.Length} shares take {points.Length * ShareBytes} bytes.", nameof(shares));
        if (threshold < 1 || threshold > points.Length) throw new ArgumentException($"The threshold {threshold} is not in [1, {points.Length}].", nameof(threshold));
        if (!AreDistinct(points)) throw new ArgumentException("A point is zero or appears twice.", nameof(points));

        ulong[] coefficients = GC.AllocateArray<ulong>(threshold * Elements, pinned: true);
        FillUniform(coefficients.AsSpan(Elements), random);
        ReadSecret(secret, coefficients);
        Span<ulong> values = MemoryMarshal.Cast<byte, ulong>(shares);
        for (int i = 0; i < points.Length; i++) Evaluate(coefficients, points[i], values.Slice(i * Elements, Elements));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(coefficients.AsSpan()));
    }

    /// <summary>Whether 40 bytes from a peer are a share: five elements below 2⁶¹ − 1.</summary>
    /// <param name="share">Any bytes.</param>
    public static bool IsShare(ReadOnlySpan<byte> share)
    {
        if (share.Length != ShareBytes) return false;
        foreach (ulong y in MemoryMarshal.Cast<byte, ulong>(share))
        {
            if (y >= Mersenne61.P) return false;
        }

        return true;
    }

    /// <summary>Puts a secret together from t or more shares, and checks every share beyond the t-th.</summary>
    /// <param name="threshold">t, at least 1.</param>
    /// <param name="points">The holders' x coordinates.</param>
    /// <param name="shares">40 bytes for each point, in the same order; may come from hostile peers.</param>
    /// <param name="secret">32 bytes, overwritten on success; cleared by the caller.</param>
    /// <returns>What happened; with e wrong shares and at least t + 2e in all, the secret is right and the wrong ones are named.</returns>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public static SharingResult TryReconstruct(int threshold, ReadOnlySpan<uint> points, ReadOnlySpan<byte> shares, Span<byte> secret)
    {
        if (secret.Length != SecretBytes) throw new ArgumentException($"A secret has {SecretBytes} bytes.", nameof(secret));
        if (shares.Length != points.Length * ShareBytes) throw new ArgumentException($"{points.Length} shares take {points.Length * ShareBytes} bytes.", nameof(shares));
        ArgumentOutOfRangeException.ThrowIfLessThan(threshold, 1);

        if (points.Length < threshold) return new SharingResult(SharingError.TooFewShares, []);
        for (int i = 0; i < points.Length; i++)
        {
            if (points[i] == 0 || !IsShare(shares.Slice(i * ShareBytes, ShareBytes))) return new SharingResult(SharingError.InvalidShare, [points[i]]);
            if (points[..i].Contains(points[i])) return new SharingResult(SharingError.DuplicateShare, [points[i]]);
        }

        ReadOnlySpan<ulong> values = MemoryMarshal.Cast<byte, ulong>(shares);
        Span<ulong> elements = stackalloc ulong[Elements];
        uint[] wrong = [];
        if (ShareConsistency.Holds(threshold, points, values))
        {
            Interpolate(points[..threshold], values, elements);
        }
        else if (!ShareCorrection.TryCorrect(threshold, points, values, elements, out wrong))
        {
            return new SharingResult(SharingError.InconsistentShares, [.. points]);
        }

        bool fits = TryWriteSecret(elements, secret);
        elements.Clear();
        return fits ? new SharingResult(SharingError.None, [.. wrong]) : new SharingResult(SharingError.InconsistentShares, [.. points]);
    }

    private static bool AreDistinct(ReadOnlySpan<uint> points)
    {
        HashSet<uint> seen = [];
        foreach (uint point in points)
        {
            if (point == 0 || !seen.Add(point)) return false;
        }

        return true;
    }

    /// <summary>Uniform in [0, p) by rejecting the one 61-bit string that is p.</summary>
    private static void FillUniform(Span<ulong> elements, IRandomSource random)
    {
        random.Fill(MemoryMarshal.AsBytes(elements));
        foreach (ref ulong element in elements)
        {
            element >>= 3;
            while (element == Mersenne61.P) element = random.NextUInt64() >> 3;
        }
    }

    /// <summary>Horner's rule for the five polynomials side by side: their multiplications do not wait for each other.</summary>
    private static void Evaluate(ReadOnlySpan<ulong> coefficients, uint x, Span<ulong> y)
    {
        unchecked
        {
            int top = coefficients.Length - Elements;
            ReadOnlySpan<ulong> c = coefficients.Slice(top, Elements);
            ulong y0 = c[0], y1 = c[1], y2 = c[2], y3 = c[3], y4 = c[4];
            for (int i = top - Elements; i >= 0; i -= Elements)
            {
                c = coefficients.Slice(i, Elements);
                y0 = Mersenne61.MultiplyAddLazy(y0, x, c[0]);
                y1 = Mersenne61.MultiplyAddLazy(y1, x, c[1]);
                y2 = Mersenne61.MultiplyAddLazy(y2, x, c[2]);
                y3 = Mersenne61.MultiplyAddLazy(y3, x, c[3]);
                y4 = Mersenne61.MultiplyAddLazy(y4, x, c[4]);
            }

            y[4] = Mersenne61.Canonical(y4);
            y[3] = Mersenne61.Canonical(y3);
            y[2] = Mersenne61.Canonical(y2);
            y[1] = Mersenne61.Canonical(y1);
            y[0] = Mersenne61.Canonical(y0);
        }
    }

    private static void Interpolate(ReadOnlySpan<uint> points, ReadOnlySpan<ulong> values, Span<ulong> elements)
    {
        Span<ulong> weights = points.Length <= 256 ? stackalloc ulong[points.Length] : new ulong[points.Length];
        LagrangeWeights.AtZero(points, weights);
        elements.Clear();
        for (int i = 0; i < points.Length; i++)
        {
            for (int e = 0; e < Elements; e++) elements[e] = Mersenne61.MultiplyAdd(weights[i], values[i * Elements + e], elements[e]);
        }
    }

    private static void ReadSecret(ReadOnlySpan<byte> secret, Span<ulong> elements)
    {
        Span<byte> word = stackalloc byte[8];
        for (int e = 0; e < Elements; e++)
        {
            word.Clear();
            secret[(e * BytesPerElement)..Math.Min(SecretBytes, (e + 1) * BytesPerElement)].CopyTo(word);
            elements[e] = BinaryPrimitives.ReadUInt64LittleEndian(word);
        }

        CryptographicOperations.ZeroMemory(word);
    }

    private static bool TryWriteSecret(ReadOnlySpan<ulong> elements, Span<byte> secret)
    {
        Span<byte> word = stackalloc byte[8];
        bool fits = true;
        for (int e = 0; e < Elements; e++)
        {
            Span<byte> part = secret[(e * BytesPerElement)..Math.Min(SecretBytes, (e + 1) * BytesPerElement)];
            BinaryPrimitives.WriteUInt64LittleEndian(word, elements[e]);
            word[..part.Length].CopyTo(part);
            fits &= elements[e] >> (8 * part.Length) == 0;
        }

        CryptographicOperations.ZeroMemory(word);
        if (!fits) secret.Clear();
        return fits;
    }
}
