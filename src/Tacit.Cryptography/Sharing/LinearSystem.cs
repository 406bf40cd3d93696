namespace Tacit.Cryptography.Sharing;

/// <summary>Gaussian elimination over the field of 2⁶¹ − 1.</summary>
internal static class LinearSystem
{
    /// <summary>Finds one solution; free unknowns are zero.</summary>
    /// <param name="rows">Each row: coefficients, then the right side; overwritten.</param>
    /// <param name="unknowns">Coefficients in a row.</param>
    /// <param name="solution">One value for each unknown.</param>
    /// <returns>False if the equations contradict each other.</returns>
    public static bool TrySolve(ulong[][] rows, int unknowns, out ulong[] solution)
    {
        solution = new ulong[unknowns];
        var pivotColumns = new List<int>();
        for (int column = 0; column < unknowns && pivotColumns.Count < rows.Length; column++)
        {
            int rank = pivotColumns.Count;
            int pivot = Array.FindIndex(rows, rank, row => row[column] != 0);
            if (pivot < 0) continue;

            (rows[rank], rows[pivot]) = (rows[pivot], rows[rank]);
            Scale(rows[rank], Mersenne61.Inverse(rows[rank][column]), column);
            for (int r = 0; r < rows.Length; r++)
            {
                if (r != rank && rows[r][column] != 0) SubtractMultiple(rows[r], rows[rank], rows[r][column], column);
            }

            pivotColumns.Add(column);
        }

        for (int r = pivotColumns.Count; r < rows.Length; r++)
        {
            if (rows[r][unknowns] != 0) return false;
        }

        for (int r = 0; r < pivotColumns.Count; r++) solution[pivotColumns[r]] = rows[r][unknowns];
        return true;
    }

    private static void Scale(ulong[] row, ulong factor, int from)
    {
        for (int i = from; i < row.Length; i++) row[i] = Mersenne61.Multiply(row[i], factor);
    }

    private static void SubtractMultiple(ulong[] row, ulong[] pivot, ulong factor, int from)
    {
        for (int i = from; i < row.Length; i++) row[i] = Mersenne61.Subtract(row[i], Mersenne61.Multiply(factor, pivot[i]));
    }
}
