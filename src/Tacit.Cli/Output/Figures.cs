using System.Globalization;

namespace Tacit.Cli.Output;

/// <summary>Numbers for people: six significant digits, no exponent where none is needed.</summary>
internal static class Figures
{
    private const int Digits = 6;

    public static string Of(double value)
    {
        double size = Math.Abs(value);
        if (size == 0) return "0";
        if (size is < 1e-4 or >= 1e9 || !double.IsFinite(value)) return value.ToString($"g{Digits}", CultureInfo.InvariantCulture);
        int decimals = Math.Max(0, Digits - 1 - (int)Math.Floor(Math.Log10(size)));
        return Math.Round(value, Math.Min(15, decimals)).ToString("0.##########", CultureInfo.InvariantCulture);
    }
}
