namespace Tacit.Learning.Clustering;

/// <summary>Keeps a centre's move within the radius of its round.</summary>
public static class MoveLimit
{
    /// <summary>Shortens a move to a length, in its direction.</summary>
    /// <param name="move">d coordinates; overwritten.</param>
    /// <param name="length">Not negative.</param>
    public static void Clip(Span<double> move, double length)
    {
        double squares = 0;
        foreach (double x in move) squares += x * x;
        double norm = Math.Sqrt(squares);
        if (norm <= length) return;
        foreach (ref double x in move) x = double.IsFinite(norm) ? x * (length / norm) : 0;
    }
}
