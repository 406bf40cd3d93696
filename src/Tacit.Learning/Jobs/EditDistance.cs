namespace Tacit.Learning.Jobs;

/// <summary>Suggestions for misspelt words.</summary>
public static class EditDistance
{
    /// <summary>The closest of some words, if it is close at all; a word that begins with the one given is close.</summary>
    /// <param name="word">What was written.</param>
    /// <param name="among">What could have been meant.</param>
    public static string? Nearest(string word, IEnumerable<string> among) => among
        .Select(candidate => (candidate, Distance: word.Length > 2 && candidate.StartsWith(word, StringComparison.Ordinal) ? 1 : Between(word, candidate)))
        .Where(pair => pair.Distance <= Math.Max(2, word.Length / 3))
        .OrderBy(pair => pair.Distance)
        .Select(pair => pair.candidate)
        .FirstOrDefault();

    /// <summary>Letters to insert, delete or replace (Levenshtein 1966).</summary>
    /// <param name="a">One word.</param>
    /// <param name="b">Another.</param>
    public static int Between(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
            }
        }

        return row[b.Length];
    }
}
