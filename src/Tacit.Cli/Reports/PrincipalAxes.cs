namespace Tacit.Cli.Reports;

/// <summary>Where records lie in a plane: the two features themselves, or the two directions in which scaled records spread most.</summary>
internal sealed class PrincipalAxes
{
    private const int Iterations = 60;

    private readonly double[] mean;
    private readonly double[][] axes;

    private PrincipalAxes(double[] mean, double[][] axes) => (this.mean, this.axes) = (mean, axes);

    /// <summary>By power iteration on the covariance of the rows.</summary>
    public static PrincipalAxes Of(double[][] rows)
    {
        int d = rows[0].Length;
        double[] mean = new double[d];
        foreach (double[] row in rows) for (int a = 0; a < d; a++) mean[a] += row[a] / rows.Length;
        double[] first = Direction(rows, mean, null);
        return new PrincipalAxes(mean, [first, Direction(rows, mean, first)]);
    }

    public (double X, double Y) Project(ReadOnlySpan<double> row)
    {
        (double x, double y) = (0, 0);
        for (int a = 0; a < row.Length; a++)
        {
            x += (row[a] - mean[a]) * axes[0][a];
            y += (row[a] - mean[a]) * axes[1][a];
        }

        return (x, y);
    }

    private static double[] Direction(double[][] rows, double[] mean, double[]? other)
    {
        int d = mean.Length;
        double[] axis = [.. Enumerable.Range(0, d).Select(a => 1.0 / (a + 1 + (other is null ? 0 : 0.5)))];
        for (int i = 0; i < Iterations; i++)
        {
            double[] next = new double[d];
            foreach (double[] row in rows)
            {
                double part = 0;
                for (int a = 0; a < d; a++) part += (row[a] - mean[a]) * axis[a];
                for (int a = 0; a < d; a++) next[a] += part * (row[a] - mean[a]);
            }

            double along = other is null ? 0 : Dot(next, other);
            for (int a = 0; a < d && other is not null; a++) next[a] -= along * other[a];
            double norm = Math.Sqrt(Dot(next, next));
            if (norm == 0) return next;
            axis = [.. next.Select(x => x / norm)];
        }

        return axis;
    }

    private static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();
}
