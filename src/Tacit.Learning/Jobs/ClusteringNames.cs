using System.Globalization;
using Tacit.Aggregation.Failures;
using Tacit.Learning.Clustering.Stages;

namespace Tacit.Learning.Jobs;

/// <summary>How methods and bounds of clustering jobs are written in plans and on the command line.</summary>
public static class ClusteringNames
{
    private static readonly (string Name, ClusteringMethod Method)[] methods =
    [
        ("auto", ClusteringMethod.Auto), ("histogram", ClusteringMethod.Histogram), ("histogram-lloyd", ClusteringMethod.HistogramLloyd), ("summary-lloyd", ClusteringMethod.SummaryLloyd),
        ("fastlloyd", ClusteringMethod.FastLloyd), ("g-lloyd", ClusteringMethod.GLloyd), ("su-lloyd", ClusteringMethod.SuLloyd), ("lloyd", ClusteringMethod.Lloyd),
    ];

    /// <summary>Names of all methods.</summary>
    public static IEnumerable<string> Methods => methods.Select(method => method.Name);

    /// <summary>The name of a method.</summary>
    /// <param name="method">Any.</param>
    public static string Of(ClusteringMethod method) => methods.First(entry => entry.Method == method).Name;

    /// <summary>The method of a name.</summary>
    /// <param name="name">One of <see cref="Methods"/>.</param>
    /// <param name="field">For the message.</param>
    /// <exception cref="FailureException">INVALID_VALUE with all names.</exception>
    public static ClusteringMethod Method(string name, string field) => methods.Where(entry => entry.Name == name).Select(entry => (ClusteringMethod?)entry.Method).FirstOrDefault()
        ?? throw new FailureException(FailureCodes.InvalidValue, $"{field} is \"{name}\"; it must be one of {string.Join(", ", Methods)}{(EditDistance.Nearest(name, Methods) is { } near ? $": did you mean {near}?" : "")}");

    /// <summary>Bounds as they are written: <c>file</c>, <c>private</c>, or <c>LOW:HIGH</c> for all features or, separated by commas, for each.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="field">For messages.</param>
    /// <exception cref="FailureException">INVALID_VALUE.</exception>
    public static BoundsChoice Bounds(string text, string field)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text == "file") return BoundsChoice.OfFile;
        return text == "private" ? BoundsChoice.Private : new BoundsChoice(BoundsSource.Given, [.. text.Split(',').Select(range => Range(range, field))]);
    }

    private static (double Low, double High) Range(string text, string field)
    {
        string[] ends = text.Split(':');
        if (ends.Length == 2 && TryRead(ends[0], out double low) && TryRead(ends[1], out double high) && low < high && high - low < float.MaxValue) return (low, high);
        throw new FailureException(FailureCodes.InvalidValue, $"{field} has the range \"{text}\"; write LOW:HIGH with LOW below HIGH, such as 0:100, one for all features or one for each separated by commas; or file, or private");
    }

    private static bool TryRead(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
