using System.Runtime.CompilerServices;

namespace Tacit.Cryptography.Sharing;

/// <summary>Arithmetic modulo the Mersenne prime p = 2⁶¹ − 1; elements are canonical, in [0, p). No branch depends on a value.</summary>
internal static class Mersenne61
{
    public const ulong P = (1UL << 61) - 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Add(ulong a, ulong b) => Canonical(unchecked(a + b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Subtract(ulong a, ulong b) => Canonical(unchecked(a + (P - b)));

    /// <summary>a · b: the high part of the product counts once, because 2⁶¹ ≡ 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Multiply(ulong a, ulong b) => Canonical(FoldedProduct(a, b));

    /// <summary>a · b + c, as in Horner's rule.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MultiplyAdd(ulong a, ulong b, ulong c) => Canonical(unchecked(FoldedProduct(a, b) + c));

    /// <summary>a · x + c for a small x, not canonical: with a below 2⁶³ and c below 2⁶¹ the result is below 2⁶³ again.</summary>
    /// <remarks>a · x is below 2⁹⁵, so its high part adds less than 2³⁴ to two numbers below 2⁶¹.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MultiplyAddLazy(ulong a, uint x, ulong c) => unchecked(FoldedProduct(a, x) + c);

    /// <summary>a⁻¹ by Fermat: a^(p − 2); zero for zero.</summary>
    public static ulong Inverse(ulong a)
    {
        ulong result = 1;
        for (int bit = 60; bit >= 0; bit--)
        {
            result = Multiply(result, result);
            if (((P - 2) >> bit & 1) != 0) result = Multiply(result, a);   // the exponent is public
        }

        return result;
    }

    /// <summary>Inverts all elements with one inversion (Montgomery 1987). None may be zero.</summary>
    public static void InvertAll(Span<ulong> elements)
    {
        var prefix = new ulong[elements.Length];
        ulong product = 1;
        for (int i = 0; i < elements.Length; i++)
        {
            prefix[i] = product;
            product = Multiply(product, elements[i]);
        }

        ulong inverse = Inverse(product);
        for (int i = elements.Length - 1; i >= 0; i--)
        {
            (elements[i], inverse) = (Multiply(inverse, prefix[i]), Multiply(inverse, elements[i]));
        }
    }

    // a · b < 2¹²², so high < 2⁶¹ and the sum is below 2⁶²: adding one more element stays below 2⁶³.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong FoldedProduct(ulong a, ulong b)
    {
        unchecked
        {
            ulong high = Math.BigMul(a, b, out ulong low);
            return (low & P) + (high << 3 | low >> 61);
        }
    }

    /// <summary>The canonical form of a value below 2⁶³: one fold leaves at most p + 3, one conditional subtraction by mask ends it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Canonical(ulong value)
    {
        unchecked
        {
            value = (value & P) + (value >> 61);
            ulong reduced = value - P;
            return reduced + (P & (ulong)((long)reduced >> 63));
        }
    }
}
