using System.Globalization;

namespace Tacit.Benchmarks.Harness;

/// <summary>One measured number.</summary>
/// <param name="Name">What of.</param>
/// <param name="Value">The median.</param>
/// <param name="Unit">Such as ms.</param>
/// <param name="Least">The least sample, if there were several.</param>
/// <param name="Most">The largest sample.</param>
internal sealed record Figure(string Name, double Value, string Unit, double? Least = null, double? Most = null);

/// <summary>A bar and whether it held.</summary>
/// <param name="Name">What is held to it.</param>
/// <param name="Must">In words.</param>
/// <param name="Limit">In numbers.</param>
/// <param name="Measured">Against the limit.</param>
/// <param name="Held">Whether.</param>
internal sealed record Gate(string Name, string Must, double Limit, double Measured, bool Held);

/// <summary>What one benchmark found; printed as it goes.</summary>
/// <param name="Name">The benchmark's.</param>
internal sealed record Section(string Name)
{
    public List<Figure> Figures { get; } = [];

    public List<Gate> Gates { get; } = [];

    public List<string> Notes { get; } = [];

    public void Add(string name, double value, string unit) => Add(new Figure(name, value, unit));

    /// <summary>Reports samples in a unit.</summary>
    /// <param name="name">What of.</param>
    /// <param name="samples">In seconds.</param>
    /// <param name="unit">s, ms or us.</param>
    public void Add(string name, Samples samples, string unit)
    {
        double scale = unit switch { "s" => 1, "ms" => 1e3, "us" => 1e6, _ => throw new ArgumentException($"{unit} is no unit of time.", nameof(unit)) };
        Add(new Figure(name, samples.Median * scale, unit, samples.Least * scale, samples.Most * scale));
    }

    public void AtLeast(string name, double limit, double measured, string unit = "") =>
        Add(new Gate(name, FormattableString.Invariant($">= {limit:G4} {unit}").Trim(), limit, measured, measured >= limit));

    public void AtMost(string name, double limit, double measured, string unit = "") =>
        Add(new Gate(name, FormattableString.Invariant($"<= {limit:G4} {unit}").Trim(), limit, measured, measured <= limit));

    public void Note(string text)
    {
        Notes.Add(text);
        Console.WriteLine($"  note: {text}");
    }

    /// <summary>A result that is wrong is no result.</summary>
    public static void Verify(bool correct, string what)
    {
        if (!correct) throw new InvalidOperationException($"Wrong result: {what}.");
    }

    private void Add(Figure figure)
    {
        Figures.Add(figure);
        string range = figure.Least is null ? "" : string.Create(CultureInfo.InvariantCulture, $"   [{figure.Least:G4} … {figure.Most:G4}]");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {figure.Name,-64} {figure.Value,10:G4} {figure.Unit}{range}"));
    }

    private void Add(Gate gate)
    {
        Gates.Add(gate);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {(gate.Held ? "HELD  " : "MISSED")} {gate.Name}: {gate.Measured:G4}, must be {gate.Must}"));
    }
}
