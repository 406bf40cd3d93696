namespace Tacit.Cryptography.Groups;

/// <summary>Eight points of P-256 side by side in projective coordinates: x = X/Z, y = Y/Z; (0 : 1 : 0) is infinity.</summary>
/// <remarks>Complete formulas: right for every pair of points, equal or infinite, so there is no exception to branch on.</remarks>
internal struct P256Points
{
    private const int CoordinateBytes = 32;

    public P256Lanes X, Y, Z;

    /// <summary>Infinity in every lane.</summary>
    public static P256Points Infinity => new() { Y = P256Lanes.One };

    /// <summary>P + Q: Renes, Costello and Batina 2016, Algorithm 4 (a = −3), line by line.</summary>
    public static void Add(in P256Points p, in P256Points q, in P256Lanes b, out P256Points sum)
    {
        P256Lanes.Multiply(p.X, q.X, out P256Lanes t0);
        P256Lanes.Multiply(p.Y, q.Y, out P256Lanes t1);
        P256Lanes.Multiply(p.Z, q.Z, out P256Lanes t2);
        P256Lanes.Add(p.X, p.Y, out P256Lanes t3);
        P256Lanes.Add(q.X, q.Y, out P256Lanes t4);
        P256Lanes.Multiply(t3, t4, out t3);
        P256Lanes.Add(t0, t1, out t4);
        P256Lanes.Subtract(t3, t4, out t3);
        P256Lanes.Add(p.Y, p.Z, out t4);
        P256Lanes.Add(q.Y, q.Z, out P256Lanes x);
        P256Lanes.Multiply(t4, x, out t4);
        P256Lanes.Add(t1, t2, out x);
        P256Lanes.Subtract(t4, x, out t4);
        P256Lanes.Add(p.X, p.Z, out x);
        P256Lanes.Add(q.X, q.Z, out P256Lanes y);
        P256Lanes.Multiply(x, y, out x);
        P256Lanes.Add(t0, t2, out y);
        P256Lanes.Subtract(x, y, out y);
        P256Lanes.Multiply(b, t2, out P256Lanes z);
        P256Lanes.Subtract(y, z, out x);
        P256Lanes.Add(x, x, out z);
        P256Lanes.Add(x, z, out x);
        P256Lanes.Subtract(t1, x, out z);
        P256Lanes.Add(t1, x, out x);
        P256Lanes.Multiply(b, y, out y);
        P256Lanes.Add(t2, t2, out t1);
        P256Lanes.Add(t1, t2, out t2);
        P256Lanes.Subtract(y, t2, out y);
        P256Lanes.Subtract(y, t0, out y);
        P256Lanes.Add(y, y, out t1);
        P256Lanes.Add(t1, y, out y);
        P256Lanes.Add(t0, t0, out t1);
        P256Lanes.Add(t1, t0, out t0);
        P256Lanes.Subtract(t0, t2, out t0);
        P256Lanes.Multiply(t4, y, out t1);
        P256Lanes.Multiply(t0, y, out t2);
        P256Lanes.Multiply(x, z, out y);
        P256Lanes.Add(y, t2, out y);
        P256Lanes.Multiply(t3, x, out x);
        P256Lanes.Subtract(x, t1, out x);
        P256Lanes.Multiply(t4, z, out z);
        P256Lanes.Multiply(t3, t0, out t1);
        P256Lanes.Add(z, t1, out z);
        (sum.X, sum.Y, sum.Z) = (x, y, z);
    }

    /// <summary>2P: Renes, Costello and Batina 2016, Algorithm 6 (a = −3), line by line.</summary>
    public static void Double(in P256Points p, in P256Lanes b, out P256Points twice)
    {
        P256Lanes.Square(p.X, out P256Lanes t0);
        P256Lanes.Square(p.Y, out P256Lanes t1);
        P256Lanes.Square(p.Z, out P256Lanes t2);
        P256Lanes.Multiply(p.X, p.Y, out P256Lanes t3);
        P256Lanes.Add(t3, t3, out t3);
        P256Lanes.Multiply(p.X, p.Z, out P256Lanes z);
        P256Lanes.Add(z, z, out z);
        P256Lanes.Multiply(b, t2, out P256Lanes y);
        P256Lanes.Subtract(y, z, out y);
        P256Lanes.Add(y, y, out P256Lanes x);
        P256Lanes.Add(x, y, out y);
        P256Lanes.Subtract(t1, y, out x);
        P256Lanes.Add(t1, y, out y);
        P256Lanes.Multiply(x, y, out y);
        P256Lanes.Multiply(x, t3, out x);
        P256Lanes.Add(t2, t2, out t3);
        P256Lanes.Add(t2, t3, out t2);
        P256Lanes.Multiply(b, z, out z);
        P256Lanes.Subtract(z, t2, out z);
        P256Lanes.Subtract(z, t0, out z);
        P256Lanes.Add(z, z, out t3);
        P256Lanes.Add(z, t3, out z);
        P256Lanes.Add(t0, t0, out t3);
        P256Lanes.Add(t3, t0, out t0);
        P256Lanes.Subtract(t0, t2, out t0);
        P256Lanes.Multiply(t0, z, out t0);
        P256Lanes.Add(y, t0, out y);
        P256Lanes.Multiply(p.Y, p.Z, out t0);
        P256Lanes.Add(t0, t0, out t0);
        P256Lanes.Multiply(t0, z, out z);
        P256Lanes.Subtract(x, z, out x);
        P256Lanes.Multiply(t0, t1, out z);
        P256Lanes.Add(z, z, out z);
        P256Lanes.Add(z, z, out z);
        (twice.X, twice.Y, twice.Z) = (x, y, z);
    }

    /// <summary>Reads eight points.</summary>
    /// <param name="points">Eight validated points, 65 bytes each.</param>
    public static P256Points Read(ReadOnlySpan<ReadOnlyMemory<byte>> points)
    {
        var x = new ReadOnlyMemory<byte>[points.Length];
        var y = new ReadOnlyMemory<byte>[points.Length];
        for (int lane = 0; lane < points.Length; lane++) (x[lane], y[lane]) = (points[lane].Slice(1, CoordinateBytes), points[lane][(1 + CoordinateBytes)..]);
        return new P256Points { X = P256Lanes.Read(x), Y = P256Lanes.Read(y), Z = P256Lanes.One };
    }

    /// <summary>2ⁿ·P by way of Jacobian coordinates, x = X/Z² and y = Y/Z³, which double with eight products: Bernstein and Lange's "dbl-2001-b" (a = −3).</summary>
    /// <param name="p">Points other than infinity: of odd order, so doubling never leads there.</param>
    /// <param name="times">n, at least 1.</param>
    /// <param name="result">The multiples.</param>
    public static void DoubleRepeatedly(in P256Points p, int times, out P256Points result)
    {
        P256Lanes.Multiply(p.X, p.Z, out P256Lanes x);
        P256Lanes.Square(p.Z, out P256Lanes square);
        P256Lanes.Multiply(p.Y, square, out P256Lanes y);
        P256Lanes z = p.Z;
        for (int i = 0; i < times; i++)
        {
            P256Lanes.Square(z, out P256Lanes delta);
            P256Lanes.Square(y, out P256Lanes gamma);
            P256Lanes.Multiply(x, gamma, out P256Lanes beta);
            P256Lanes.Subtract(x, delta, out P256Lanes minus);
            P256Lanes.Add(x, delta, out P256Lanes plus);
            P256Lanes.Multiply(minus, plus, out P256Lanes third);
            P256Lanes.Add(third, third, out P256Lanes alpha);
            P256Lanes.Add(alpha, third, out alpha);
            P256Lanes.Add(beta, beta, out beta);
            P256Lanes.Add(beta, beta, out beta);   // 4β
            P256Lanes.Add(y, z, out z);
            P256Lanes.Square(z, out z);
            P256Lanes.Subtract(z, gamma, out z);
            P256Lanes.Subtract(z, delta, out z);   // (Y + Z)² − γ − δ
            P256Lanes.Square(alpha, out x);
            P256Lanes.Subtract(x, beta, out x);
            P256Lanes.Subtract(x, beta, out x);    // α² − 8β
            P256Lanes.Subtract(beta, x, out y);
            P256Lanes.Multiply(alpha, y, out y);
            P256Lanes.Square(gamma, out gamma);
            P256Lanes.Add(gamma, gamma, out gamma);
            P256Lanes.Add(gamma, gamma, out gamma);
            P256Lanes.Add(gamma, gamma, out gamma);
            P256Lanes.Subtract(y, gamma, out y);   // α(4β − X) − 8γ²
        }

        P256Lanes.Multiply(x, z, out result.X);
        P256Lanes.Square(z, out square);
        P256Lanes.Multiply(square, z, out result.Z);
        result.Y = y;
    }
}
