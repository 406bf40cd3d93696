namespace Tacit.Cryptography.Groups;

/// <summary>What is computed once of a public point P, so that a multiple of it takes fewer doublings: every sum of some of P, 2^s·P, 2^(2s)·P, … (Lim and Lee 1994).</summary>
/// <remarks>With t teeth and s = 256/t, digit i of a scalar is made of its bits i, s + i, 2s + i, …, and there are s digits. For public points and scalars only: entries are looked up.</remarks>
internal sealed class P256Comb
{
    private const int Lanes = 8, CoordinateLimbs = 9, PointLimbs = 3 * CoordinateLimbs, ScalarBits = 256;

    private static readonly Lazy<P256Comb> basePoint = new(() => Of(
        Convert.FromHexString("046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"), teeth: 8));

    private readonly int teeth;
    private readonly ulong[] entries;   // entry after entry, coordinate after coordinate

    private P256Comb(int teeth)
    {
        this.teeth = teeth;
        entries = new ulong[PointLimbs << teeth];
    }

    /// <summary>The comb of the curve's base point, with 8 teeth; 55 kB.</summary>
    public static P256Comb BasePoint => basePoint.Value;

    /// <summary>Digits of a scalar, 256 over the teeth.</summary>
    public int Digits => ScalarBits / teeth;

    /// <summary>Combs of 4 teeth of eight points, 3.5 kB each.</summary>
    /// <param name="points">Eight validated points, 65 bytes each.</param>
    public static P256Comb[] Of(ReadOnlySpan<ReadOnlyMemory<byte>> points) => Of(points, teeth: 4);

    /// <summary>A digit of a scalar: the index of an entry.</summary>
    /// <param name="scalar">Four words, lowest first.</param>
    /// <param name="digit">0 for the lowest.</param>
    public int DigitOf(ReadOnlySpan<ulong> scalar, int digit)
    {
        int index = 0;
        for (int tooth = 0; tooth < teeth; tooth++)
        {
            int bit = (tooth * Digits) + digit;
            index |= (int)(scalar[bit / 64] >> (bit % 64) & 1) << tooth;
        }

        return index;
    }

    /// <summary>An entry of each of eight combs, side by side.</summary>
    /// <param name="combs">Eight combs.</param>
    /// <param name="indices">Eight indices.</param>
    public static P256Points Select(ReadOnlySpan<P256Comb> combs, ReadOnlySpan<int> indices)
    {
        Span<ulong> limbs = stackalloc ulong[PointLimbs * Lanes];
        for (int lane = 0; lane < Lanes; lane++)
        {
            ReadOnlySpan<ulong> entry = combs[lane].entries.AsSpan(indices[lane] * PointLimbs, PointLimbs);
            for (int i = 0; i < PointLimbs; i++) limbs[(i * Lanes) + lane] = entry[i];
        }

        return new P256Points
        {
            X = P256Lanes.Load(limbs),
            Y = P256Lanes.Load(limbs[(CoordinateLimbs * Lanes)..]),
            Z = P256Lanes.Load(limbs[(2 * CoordinateLimbs * Lanes)..]),
        };
    }

    private static P256Comb Of(byte[] point, int teeth) => Of([point, point, point, point, point, point, point, point], teeth)[0];

    private static P256Comb[] Of(ReadOnlySpan<ReadOnlyMemory<byte>> points, int teeth)
    {
        P256Lanes b = P256Lanes.CurveB;
        P256Comb[] combs = [.. Enumerable.Range(0, Lanes).Select(_ => new P256Comb(teeth))];
        var sums = new P256Points[1 << teeth];
        sums[0] = P256Points.Infinity;
        P256Points tooth = P256Points.Read(points);
        for (int top = 0; top < teeth; top++)
        {
            if (top > 0) P256Points.DoubleRepeatedly(tooth, ScalarBits / teeth, out tooth);
            for (int rest = 0; rest < 1 << top; rest++) P256Points.Add(sums[rest], tooth, b, out sums[(1 << top) + rest]);
        }

        for (int index = 0; index < sums.Length; index++) Keep(sums[index], index, combs);
        return combs;
    }

    private static void Keep(in P256Points point, int index, P256Comb[] combs)
    {
        Span<ulong> limbs = stackalloc ulong[PointLimbs * Lanes];
        point.X.Store(limbs);
        point.Y.Store(limbs[(CoordinateLimbs * Lanes)..]);
        point.Z.Store(limbs[(2 * CoordinateLimbs * Lanes)..]);
        for (int lane = 0; lane < Lanes; lane++)
        {
            for (int i = 0; i < PointLimbs; i++) combs[lane].entries[(index * PointLimbs) + i] = limbs[(i * Lanes) + lane];
        }
    }
}
