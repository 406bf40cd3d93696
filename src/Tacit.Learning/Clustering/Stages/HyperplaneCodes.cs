using Tacit.Cryptography.Randomness;
using Tacit.Learning.Kernels;

namespace Tacit.Learning.Clustering.Stages;

/// <summary>Splits space by hyperplanes through a point: a record's code says on which side of each it lies.</summary>
/// <remarks>Directions are random, public, and orthogonal as far as the dimension allows, so that they repeat each other as little as possible.</remarks>
internal sealed class HyperplaneCodes
{
    private readonly double[] directions;
    private readonly int dimension;

    public HyperplaneCodes(int bits, int dimension, IRandomSource random)
    {
        (Bits, this.dimension) = (bits, dimension);
        directions = new double[bits * dimension];
        StatisticalGenerator generator = new(random);
        for (int b = 0; b < bits; b++)
        {
            Span<double> row = directions.AsSpan(b * dimension, dimension);
            for (int a = 0; a < dimension; a++) row[a] = generator.NextNormal();
            for (int before = b / dimension * dimension; before < b; before++) Remove(row, directions.AsSpan(before * dimension, dimension));
            double norm = Math.Sqrt(Dot(row, row));
            for (int a = 0; a < dimension; a++) row[a] /= norm;
        }
    }

    public int Bits { get; }

    /// <summary>One bit for each hyperplane.</summary>
    public int CodeOf(ReadOnlySpan<float> point, ReadOnlySpan<double> origin)
    {
        int code = 0;
        for (int b = 0; b < Bits; b++)
        {
            double side = 0;
            for (int a = 0; a < dimension; a++) side += directions[(b * dimension) + a] * (point[a] - origin[a]);
            if (side > 0) code |= 1 << b;
        }

        return code;
    }

    private static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double sum = 0;
        for (int a = 0; a < x.Length; a++) sum += x[a] * y[a];
        return sum;
    }

    private static void Remove(Span<double> row, ReadOnlySpan<double> unit)
    {
        double part = Dot(row, unit);
        for (int a = 0; a < row.Length; a++) row[a] -= part * unit[a];
    }
}
