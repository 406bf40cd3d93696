using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tacit.Cryptography.Groups;

/// <summary>Eight elements of the field of p = 2²⁵⁶ − 2²²⁴ + 2¹⁹² + 2⁹⁶ − 1 side by side, one in each 64-bit lane.</summary>
/// <remarks>
/// Nine limbs of 29 bits in Montgomery form (times 2²⁶¹). Between operations a limb is at most a few units above 2²⁹ and a value a little
/// above 2²⁵⁶: not canonical, which only the way out needs. A product of limbs is below 2⁵⁸·⁰¹ and nine of them, with what reduction adds,
/// below 2⁶³, so sums stay in a signed lane. No branch and no index depends on a value.
/// </remarks>
internal partial struct P256Lanes
{
    private const int LimbBits = 29, Limbs = 9;

    /// <summary>The limbs, lowest first.</summary>
    public Vector512<ulong> L0, L1, L2, L3, L4, L5, L6, L7, L8;

    /// <summary>1 in every lane.</summary>
    public static P256Lanes One => Create([0x20, 0x0, 0x0, 0x1fffc000, 0x1fffffff, 0x1fffffff, 0x1f7fffff, 0x3ffffff, 0x0]);

    /// <summary>The curve's b in every lane.</summary>
    public static P256Lanes CurveB => Create([0x1897bbfb, 0x1cdf6229, 0x18486c4, 0x1732821, 0x1dad59e0, 0xabf7212, 0x1a06d110, 0x17721d20, 0x8600c3]);

    // 2⁵²² mod p: multiplying by it brings plain numbers into Montgomery form.
    private static P256Lanes SquareOfRadix => Create([0xc00, 0x0, 0x1fff0000, 0x1fdfffff, 0x1fbfffff, 0x1fffffff, 0x1fffffff, 0x1ffffffe, 0x13]);

    /// <summary>Whether this processor runs it.</summary>
    public static bool IsSupported => Avx512F.IsSupported && Vector512.IsHardwareAccelerated;

    /// <summary>Reads what <see cref="Store"/> wrote.</summary>
    /// <param name="limbs">72 values, limb by limb, lane by lane.</param>
    public static P256Lanes Load(ReadOnlySpan<ulong> limbs) => new()
    {
        L0 = Vector512.Create(limbs), L1 = Vector512.Create(limbs[8..]), L2 = Vector512.Create(limbs[16..]),
        L3 = Vector512.Create(limbs[24..]), L4 = Vector512.Create(limbs[32..]), L5 = Vector512.Create(limbs[40..]),
        L6 = Vector512.Create(limbs[48..]), L7 = Vector512.Create(limbs[56..]), L8 = Vector512.Create(limbs[64..]),
    };

    /// <summary>Writes the limbs as they are.</summary>
    /// <param name="limbs">72 values, limb by limb, lane by lane.</param>
    public readonly void Store(Span<ulong> limbs)
    {
        L0.CopyTo(limbs);
        L1.CopyTo(limbs[8..]);
        L2.CopyTo(limbs[16..]);
        L3.CopyTo(limbs[24..]);
        L4.CopyTo(limbs[32..]);
        L5.CopyTo(limbs[40..]);
        L6.CopyTo(limbs[48..]);
        L7.CopyTo(limbs[56..]);
        L8.CopyTo(limbs[64..]);
    }

    /// <summary>Adds what the mask lets through, by bitwise or: for reading a table in full.</summary>
    /// <param name="mask">All ones or zero.</param>
    /// <param name="entry">A table's entry.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Or(Vector512<ulong> mask, in P256Lanes entry)
    {
        L0 |= entry.L0 & mask;
        L1 |= entry.L1 & mask;
        L2 |= entry.L2 & mask;
        L3 |= entry.L3 & mask;
        L4 |= entry.L4 & mask;
        L5 |= entry.L5 & mask;
        L6 |= entry.L6 & mask;
        L7 |= entry.L7 & mask;
        L8 |= entry.L8 & mask;
    }

    /// <summary>a + b, with 4p on top as in <see cref="Subtract"/>: folding takes something away from limbs that could be zero.</summary>
    public static void Add(in P256Lanes a, in P256Lanes b, out P256Lanes sum)
    {
        unchecked
        {
            Normalise(
                a.L0 + b.L0 + Vector512.Create(0x5ffffffcUL),
                a.L1 + b.L1 + Vector512.Create(0x5ffffffdUL),
                a.L2 + b.L2 + Vector512.Create(0x5ffffffdUL),
                a.L3 + b.L3 + Vector512.Create(0x400007fdUL),
                a.L4 + b.L4 + Vector512.Create(0x3ffffffeUL),
                a.L5 + b.L5 + Vector512.Create(0x3ffffffeUL),
                a.L6 + b.L6 + Vector512.Create(0x400ffffeUL),
                a.L7 + b.L7 + Vector512.Create(0x5f7ffffeUL),
                a.L8 + b.L8 + Vector512.Create(0x3fffffdUL),
                out sum);
        }
    }

    /// <summary>a − b: 4p with every limb above those of b is added first, so that no lane goes below zero.</summary>
    public static void Subtract(in P256Lanes a, in P256Lanes b, out P256Lanes difference)
    {
        unchecked
        {
            Normalise(
                a.L0 - b.L0 + Vector512.Create(0x5ffffffcUL),
                a.L1 - b.L1 + Vector512.Create(0x5ffffffdUL),
                a.L2 - b.L2 + Vector512.Create(0x5ffffffdUL),
                a.L3 - b.L3 + Vector512.Create(0x400007fdUL),
                a.L4 - b.L4 + Vector512.Create(0x3ffffffeUL),
                a.L5 - b.L5 + Vector512.Create(0x3ffffffeUL),
                a.L6 - b.L6 + Vector512.Create(0x400ffffeUL),
                a.L7 - b.L7 + Vector512.Create(0x5f7ffffeUL),
                a.L8 - b.L8 + Vector512.Create(0x3fffffdUL),
                out difference);
        }
    }

    /// <summary>a · b / 2²⁶¹, row by row; after each row the lowest limb is cleared by a multiple of p (Montgomery 1985).</summary>
    /// <remarks>−p⁻¹ mod 2²⁹ is 1, so the multiple is the limb itself: m · p = m · 2²⁵⁶ − m · 2²²⁴ + m · 2¹⁹² + m · 2⁹⁶ − m.</remarks>
    public static void Multiply(in P256Lanes a, in P256Lanes b, out P256Lanes product)
    {
        unchecked
        {
            Vector512<ulong> mask = Vector512.Create((1UL << LimbBits) - 1), x, m;
            x = b.L0;
            Vector512<ulong> t0 = Product(a.L0, x); Vector512<ulong> t1 = Product(a.L1, x); Vector512<ulong> t2 = Product(a.L2, x);
            Vector512<ulong> t3 = Product(a.L3, x); Vector512<ulong> t4 = Product(a.L4, x); Vector512<ulong> t5 = Product(a.L5, x);
            Vector512<ulong> t6 = Product(a.L6, x); Vector512<ulong> t7 = Product(a.L7, x); Vector512<ulong> t8 = Product(a.L8, x);
            m = t0 & mask;
            t1 += Carry(t0); t3 += m << 9; t6 += m << 18; t7 -= m << 21; t8 += m << 24;
            x = b.L1;
            t1 += Product(a.L0, x); t2 += Product(a.L1, x); t3 += Product(a.L2, x);
            t4 += Product(a.L3, x); t5 += Product(a.L4, x); t6 += Product(a.L5, x);
            t7 += Product(a.L6, x); t8 += Product(a.L7, x); Vector512<ulong> t9 = Product(a.L8, x);
            m = t1 & mask;
            t2 += Carry(t1); t4 += m << 9; t7 += m << 18; t8 -= m << 21; t9 += m << 24;
            x = b.L2;
            t2 += Product(a.L0, x); t3 += Product(a.L1, x); t4 += Product(a.L2, x);
            t5 += Product(a.L3, x); t6 += Product(a.L4, x); t7 += Product(a.L5, x);
            t8 += Product(a.L6, x); t9 += Product(a.L7, x); Vector512<ulong> t10 = Product(a.L8, x);
            m = t2 & mask;
            t3 += Carry(t2); t5 += m << 9; t8 += m << 18; t9 -= m << 21; t10 += m << 24;
            x = b.L3;
            t3 += Product(a.L0, x); t4 += Product(a.L1, x); t5 += Product(a.L2, x);
            t6 += Product(a.L3, x); t7 += Product(a.L4, x); t8 += Product(a.L5, x);
            t9 += Product(a.L6, x); t10 += Product(a.L7, x); Vector512<ulong> t11 = Product(a.L8, x);
            m = t3 & mask;
            t4 += Carry(t3); t6 += m << 9; t9 += m << 18; t10 -= m << 21; t11 += m << 24;
            x = b.L4;
            t4 += Product(a.L0, x); t5 += Product(a.L1, x); t6 += Product(a.L2, x);
            t7 += Product(a.L3, x); t8 += Product(a.L4, x); t9 += Product(a.L5, x);
            t10 += Product(a.L6, x); t11 += Product(a.L7, x); Vector512<ulong> t12 = Product(a.L8, x);
            m = t4 & mask;
            t5 += Carry(t4); t7 += m << 9; t10 += m << 18; t11 -= m << 21; t12 += m << 24;
            x = b.L5;
            t5 += Product(a.L0, x); t6 += Product(a.L1, x); t7 += Product(a.L2, x);
            t8 += Product(a.L3, x); t9 += Product(a.L4, x); t10 += Product(a.L5, x);
            t11 += Product(a.L6, x); t12 += Product(a.L7, x); Vector512<ulong> t13 = Product(a.L8, x);
            m = t5 & mask;
            t6 += Carry(t5); t8 += m << 9; t11 += m << 18; t12 -= m << 21; t13 += m << 24;
            x = b.L6;
            t6 += Product(a.L0, x); t7 += Product(a.L1, x); t8 += Product(a.L2, x);
            t9 += Product(a.L3, x); t10 += Product(a.L4, x); t11 += Product(a.L5, x);
            t12 += Product(a.L6, x); t13 += Product(a.L7, x); Vector512<ulong> t14 = Product(a.L8, x);
            m = t6 & mask;
            t7 += Carry(t6); t9 += m << 9; t12 += m << 18; t13 -= m << 21; t14 += m << 24;
            x = b.L7;
            t7 += Product(a.L0, x); t8 += Product(a.L1, x); t9 += Product(a.L2, x);
            t10 += Product(a.L3, x); t11 += Product(a.L4, x); t12 += Product(a.L5, x);
            t13 += Product(a.L6, x); t14 += Product(a.L7, x); Vector512<ulong> t15 = Product(a.L8, x);
            m = t7 & mask;
            t8 += Carry(t7); t10 += m << 9; t13 += m << 18; t14 -= m << 21; t15 += m << 24;
            x = b.L8;
            t8 += Product(a.L0, x); t9 += Product(a.L1, x); t10 += Product(a.L2, x);
            t11 += Product(a.L3, x); t12 += Product(a.L4, x); t13 += Product(a.L5, x);
            t14 += Product(a.L6, x); t15 += Product(a.L7, x); Vector512<ulong> t16 = Product(a.L8, x);
            m = t8 & mask;
            t9 += Carry(t8); t11 += m << 9; t14 += m << 18; t15 -= m << 21; t16 += m << 24;
            Settle(t9, t10, t11, t12, t13, t14, t15, t16, out product);
        }
    }

    /// <summary>a² / 2²⁶¹: <see cref="Multiply"/> with the products that come twice computed once.</summary>
    public static void Square(in P256Lanes a, out P256Lanes square)
    {
        unchecked
        {
            Vector512<ulong> mask = Vector512.Create((1UL << LimbBits) - 1);
            Vector512<ulong> x = a.L0, m, t0 = Product(x, x);
            x += x;
            Vector512<ulong> t1 = Product(x, a.L1); Vector512<ulong> t2 = Product(x, a.L2); Vector512<ulong> t3 = Product(x, a.L3); Vector512<ulong> t4 = Product(x, a.L4);
            Vector512<ulong> t5 = Product(x, a.L5); Vector512<ulong> t6 = Product(x, a.L6); Vector512<ulong> t7 = Product(x, a.L7); Vector512<ulong> t8 = Product(x, a.L8);
            m = t0 & mask;
            t1 += Carry(t0); t3 += m << 9; t6 += m << 18; t7 -= m << 21; t8 += m << 24;
            x = a.L1;
            t2 += Product(x, x);
            x += x;
            t3 += Product(x, a.L2); t4 += Product(x, a.L3); t5 += Product(x, a.L4); t6 += Product(x, a.L5);
            t7 += Product(x, a.L6); t8 += Product(x, a.L7); Vector512<ulong> t9 = Product(x, a.L8);
            m = t1 & mask;
            t2 += Carry(t1); t4 += m << 9; t7 += m << 18; t8 -= m << 21; t9 += m << 24;
            x = a.L2;
            t4 += Product(x, x);
            x += x;
            t5 += Product(x, a.L3); t6 += Product(x, a.L4); t7 += Product(x, a.L5); t8 += Product(x, a.L6);
            t9 += Product(x, a.L7); Vector512<ulong> t10 = Product(x, a.L8);
            m = t2 & mask;
            t3 += Carry(t2); t5 += m << 9; t8 += m << 18; t9 -= m << 21; t10 += m << 24;
            x = a.L3;
            t6 += Product(x, x);
            x += x;
            t7 += Product(x, a.L4); t8 += Product(x, a.L5); t9 += Product(x, a.L6); t10 += Product(x, a.L7);
            Vector512<ulong> t11 = Product(x, a.L8);
            m = t3 & mask;
            t4 += Carry(t3); t6 += m << 9; t9 += m << 18; t10 -= m << 21; t11 += m << 24;
            x = a.L4;
            t8 += Product(x, x);
            x += x;
            t9 += Product(x, a.L5); t10 += Product(x, a.L6); t11 += Product(x, a.L7); Vector512<ulong> t12 = Product(x, a.L8);
            m = t4 & mask;
            t5 += Carry(t4); t7 += m << 9; t10 += m << 18; t11 -= m << 21; t12 += m << 24;
            x = a.L5;
            t10 += Product(x, x);
            x += x;
            t11 += Product(x, a.L6); t12 += Product(x, a.L7); Vector512<ulong> t13 = Product(x, a.L8);
            m = t5 & mask;
            t6 += Carry(t5); t8 += m << 9; t11 += m << 18; t12 -= m << 21; t13 += m << 24;
            x = a.L6;
            t12 += Product(x, x);
            x += x;
            t13 += Product(x, a.L7); Vector512<ulong> t14 = Product(x, a.L8);
            m = t6 & mask;
            t7 += Carry(t6); t9 += m << 9; t12 += m << 18; t13 -= m << 21; t14 += m << 24;
            x = a.L7;
            t14 += Product(x, x);
            x += x;
            Vector512<ulong> t15 = Product(x, a.L8);
            m = t7 & mask;
            t8 += Carry(t7); t10 += m << 9; t13 += m << 18; t14 -= m << 21; t15 += m << 24;
            Vector512<ulong> t16 = Product(a.L8, a.L8);
            m = t8 & mask;
            t9 += Carry(t8); t11 += m << 9; t14 += m << 18; t15 -= m << 21; t16 += m << 24;
            Settle(t9, t10, t11, t12, t13, t14, t15, t16, out square);
        }
    }

    // Passes the carries of the upper half up to the last limb.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Settle(
        Vector512<ulong> t9, Vector512<ulong> t10, Vector512<ulong> t11, Vector512<ulong> t12, Vector512<ulong> t13,
        Vector512<ulong> t14, Vector512<ulong> t15, Vector512<ulong> t16, out P256Lanes result)
    {
        unchecked
        {
            Vector512<ulong> mask = Vector512.Create((1UL << LimbBits) - 1);
            Vector512<ulong> t17 = Vector512<ulong>.Zero;
            t10 += Carry(t9);
            t11 += Carry(t10);
            t12 += Carry(t11);
            t13 += Carry(t12);
            t14 += Carry(t13);
            t15 += Carry(t14);
            t16 += Carry(t15);
            t17 += Carry(t16);
            result.L0 = t9 & mask;
            result.L1 = t10 & mask;
            result.L2 = t11 & mask;
            result.L3 = t12 & mask;
            result.L4 = t13 & mask;
            result.L5 = t14 & mask;
            result.L6 = t15 & mask;
            result.L7 = t16 & mask;
            result.L8 = t17;
        }
    }

    private static P256Lanes Create(ReadOnlySpan<ulong> limbs) => new()
    {
        L0 = Vector512.Create(limbs[0]), L1 = Vector512.Create(limbs[1]), L2 = Vector512.Create(limbs[2]),
        L3 = Vector512.Create(limbs[3]), L4 = Vector512.Create(limbs[4]), L5 = Vector512.Create(limbs[5]),
        L6 = Vector512.Create(limbs[6]), L7 = Vector512.Create(limbs[7]), L8 = Vector512.Create(limbs[8]),
    };

    // Folds what is above 2²⁵⁶ (bit 24 of the top limb) back and passes one carry on: 2²⁵⁶ ≡ 2²²⁴ − 2¹⁹² − 2⁹⁶ + 1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Normalise(
        Vector512<ulong> t0, Vector512<ulong> t1, Vector512<ulong> t2, Vector512<ulong> t3, Vector512<ulong> t4,
        Vector512<ulong> t5, Vector512<ulong> t6, Vector512<ulong> t7, Vector512<ulong> t8, out P256Lanes result)
    {
        unchecked
        {
            Vector512<ulong> mask = Vector512.Create((1UL << LimbBits) - 1), q = t8 >> 24;
            t8 &= Vector512.Create((1UL << 24) - 1);
            t0 += q;
            t3 -= q << 9;
            t6 -= q << 18;
            t7 += q << 21;
            result.L0 = t0 & mask;
            result.L1 = (t1 & mask) + Carry(t0);
            result.L2 = (t2 & mask) + Carry(t1);
            result.L3 = (t3 & mask) + Carry(t2);
            result.L4 = (t4 & mask) + Carry(t3);
            result.L5 = (t5 & mask) + Carry(t4);
            result.L6 = (t6 & mask) + Carry(t5);
            result.L7 = (t7 & mask) + Carry(t6);
            result.L8 = t8 + Carry(t7);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Product(Vector512<ulong> a, Vector512<ulong> b) => Avx512F.Multiply(a.AsUInt32(), b.AsUInt32());

    // Arithmetic, because a lane may be negative on the way.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Carry(Vector512<ulong> t) => Avx512F.ShiftRightArithmetic(t.AsInt64(), LimbBits).AsUInt64();
}
