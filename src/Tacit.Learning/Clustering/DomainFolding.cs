namespace Tacit.Learning.Clustering;

/// <summary>Brings coordinates back into [−1, 1]; inside, both ways change nothing.</summary>
/// <remarks>Neither brings two points further apart, so a limited move stays limited.</remarks>
public static class DomainFolding
{
    /// <summary>Reflects at the ends as often as needed.</summary>
    /// <param name="coordinate">Finite.</param>
    public static double Fold(double coordinate)
    {
        if (Math.Abs(coordinate) <= 1) return coordinate;
        double v = (coordinate + 1) % 4;
        if (v < 0) v += 4;
        return (v > 2 ? 4 - v : v) - 1;
    }

    /// <summary>The nearest end.</summary>
    /// <param name="coordinate">Any number.</param>
    public static double Truncate(double coordinate) => Math.Clamp(coordinate, -1, 1);
}
