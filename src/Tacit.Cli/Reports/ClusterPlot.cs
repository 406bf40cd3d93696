using System.Text;
using static Tacit.Cli.Reports.HtmlReport;

namespace Tacit.Cli.Reports;

/// <summary>Records and centres in a plane, as inline SVG.</summary>
internal static class ClusterPlot
{
    private const int MostRecords = 3000;
    private const double Width = 960, Height = 620, Margin = 34;

    /// <summary>A hue for each cluster, neighbours far apart.</summary>
    public static string Colour(int cluster) => Text($"hsl({cluster * 137.508 % 360:F0} 62% 48%)");

    public static string Of(ClusterOutcome outcome)
    {
        int d = outcome.Table.Dimension, n = outcome.Table.Count, step = Math.Max(1, n / MostRecords);
        int[] shown = [.. Enumerable.Range(0, n).Where(i => i % step == 0)];
        double[][] rows = [.. shown.Select(i => Scaled(outcome, [.. outcome.Table.Records.AsSpan(i * d, d).ToArray().Select(x => (double)x)]))];
        PrincipalAxes? axes = d > 2 ? PrincipalAxes.Of(rows) : null;
        (double X, double Y)[] places = [.. rows.Select(row => Place(row, axes))];
        (double X, double Y)[] centres = [.. Enumerable.Range(0, outcome.Job.Clusters).Select(j => Place(Scaled(outcome, outcome.Centre(j).ToArray()), axes))];
        (double Low, double High) x = Range(places.Concat(centres).Select(place => place.X)), y = Range(places.Concat(centres).Select(place => place.Y));

        StringBuilder svg = new(Text($"<figure><svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"records and cluster centres\"><rect x=\"{Margin}\" y=\"{Margin / 2}\" width=\"{Width - (2 * Margin)}\" height=\"{Height - (1.5 * Margin)}\" fill=\"none\" stroke=\"var(--line)\"/>"));
        for (int i = 0; i < places.Length; i++) svg.Append(Text($"<circle cx=\"{Across(places[i].X, x):F1}\" cy=\"{Down(places[i].Y, y):F1}\" r=\"2.2\" fill=\"{Colour(outcome.Result.Labels[shown[i]])}\" opacity=\".55\"/>"));
        for (int j = 0; j < centres.Length; j++)
        {
            (double cx, double cy) = (Across(centres[j].X, x), Down(centres[j].Y, y));
            svg.Append(Text($"<g><title>cluster {j + 1}</title><circle cx=\"{cx:F1}\" cy=\"{cy:F1}\" r=\"7\" fill=\"var(--card)\" stroke=\"var(--ink)\" stroke-width=\"2\"/><circle cx=\"{cx:F1}\" cy=\"{cy:F1}\" r=\"3.5\" fill=\"{Colour(j)}\"/></g>"));
        }

        string[] names = axes is not null ? ["first principal axis", "second principal axis"] : [Encode(outcome.Table.Features[0]), d > 1 ? Encode(outcome.Table.Features[1]) : ""];
        svg.Append(Text($"<text x=\"{Width / 2}\" y=\"{Height - 6}\" text-anchor=\"middle\">{names[0]}</text><text x=\"14\" y=\"{Height / 2}\" text-anchor=\"middle\" transform=\"rotate(-90 14 {Height / 2})\">{names[1]}</text></svg>"));
        string which = step > 1 ? Text($"Every {step}th record") : "Every record";
        return svg.Append(Text($"<figcaption>{which} by its nearest centre (rings). Drawn from the records themselves: a federation never has this picture, only its simulation.</figcaption></figure>")).ToString();
    }

    private static double[] Scaled(ClusterOutcome outcome, double[] row) =>
        [.. row.Select((value, a) => outcome.Result.Bounds.Ranges[a] is var (low, high) && high > low ? (2 * (value - low) / (high - low)) - 1 : 0)];

    private static (double X, double Y) Place(double[] row, PrincipalAxes? axes) => axes?.Project(row) ?? (row[0], row.Length > 1 ? row[1] : 0);

    private static (double Low, double High) Range(IEnumerable<double> values)
    {
        (double low, double high) = (values.Min(), values.Max());
        double room = Math.Max(high - low, 1e-9) * 0.04;
        return (low - room, high + room);
    }

    private static double Across(double value, (double Low, double High) range) => Margin + ((Width - (2 * Margin)) * (value - range.Low) / (range.High - range.Low));

    private static double Down(double value, (double Low, double High) range) => (Margin / 2) + ((Height - (1.5 * Margin)) * (1 - ((value - range.Low) / (range.High - range.Low))));
}
