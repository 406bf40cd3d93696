namespace Tacit.Cryptography.Groups;

/// <summary>Eight points of P-256 side by side in projective coordinates: x = X/Z, y = Y/Z; (0 : 1 : 0) is infinity.</summary>
/// <remarks>Complete formulas: right for every pair of points, equal or infinite, so there is no exception to branch on.</remarks>
internal struct P256Points
{
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
        P256Lanes.Multiply(p.X, p.X, out P256Lanes t0);
        P256Lanes.Multiply(p.Y, p.Y, out P256Lanes t1);
        P256Lanes.Multiply(p.Z, p.Z, out P256Lanes t2);
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
}
