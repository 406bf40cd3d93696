namespace Tacit.Privacy.Accounting;

/// <summary>Ranges that many functions share; the parameter's name is in the message.</summary>
internal static class Require
{
    public static void Positive(double value, string name)
    {
        if (!(value > 0) || !double.IsFinite(value)) throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and greater than 0");
    }

    public static void NotNegative(double value, string name)
    {
        if (!(value >= 0) || !double.IsFinite(value)) throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and at least 0");
    }

    /// <summary>Refuses what would take gigabytes or minutes: a distribution over more outcomes than a grid has.</summary>
    public static void Cells(double cells)
    {
        const double Most = 1 << 22;
        if (!(cells <= Most)) throw new AccountantMismatchException(FormattableString.Invariant($"the privacy loss is spread over {cells:g3} outcomes; at most {Most:N0} are computed: the noise is far too small or its scale far too large for this accountant"));
    }

    public static void Delta(double delta)
    {
        if (!(delta is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(delta), delta, "delta must be in (0, 1)");
    }

    public static void Rate(double rate)
    {
        if (!(rate is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(rate), rate, "the sampling rate must be in (0, 1]");
    }

    public static void Order(double order)
    {
        if (!(order > 1) || !double.IsFinite(order)) throw new ArgumentOutOfRangeException(nameof(order), order, "the order must be finite and above 1");
    }
}
