using System.Globalization;
using Tacit.Privacy.Accounting.Distributed;
using Tacit.Privacy.Accounting.Events;

namespace Tacit.Privacy.Budgets;

/// <summary>Events as one line of text that says everything an accountant needs, such as <c>repeat(50,poisson(0.1,gaussian(1.5)))</c>.</summary>
/// <remarks>Numbers are written so that reading gives the same bits back. Only what a participant can be charged for has a form.</remarks>
public static class EventText
{
    private const int DeepestNesting = 4;

    /// <summary>Writes an event.</summary>
    /// <param name="happened">A Gaussian, discrete Laplace, zero-concentrated, pure, distributed discrete Gaussian or distributed Skellam event, perhaps two joint, sampled or repeated.</param>
    /// <exception cref="ArgumentException">The event has no form.</exception>
    public static string Write(PrivacyEvent happened) => happened switch
    {
        GaussianEvent e => string.Create(CultureInfo.InvariantCulture, $"gaussian({e.NoiseMultiplier:R})"),
        DistributedDiscreteGaussianEvent { Parameters: var p } => string.Create(CultureInfo.InvariantCulture, $"ddg({p.Clip:R},{p.Granularity:R},{p.Dimension},{p.Beta:R},{p.Noise:R},{p.Shares})"),
        DistributedSkellamEvent { Parameters: var p } => string.Create(CultureInfo.InvariantCulture, $"skellam({p.Clip:R},{p.Granularity:R},{p.Dimension},{p.Beta:R},{p.Noise:R},{p.Shares})"),
        DiscreteLaplaceEvent e => string.Create(CultureInfo.InvariantCulture, $"dlaplace({e.Decay:R},{e.Sensitivity})"),
        EpsilonDeltaEvent { Delta: 0 } e => string.Create(CultureInfo.InvariantCulture, $"pure({e.Epsilon:R})"),
        ZeroConcentratedEvent e => string.Create(CultureInfo.InvariantCulture, $"zcdp({e.Rho:R})"),
        JointEvent e => $"joint({Write(e.First)},{Write(e.Second)})",
        PoissonSampledEvent e => string.Create(CultureInfo.InvariantCulture, $"poisson({e.Rate:R},{Write(e.Mechanism)})"),
        SelfComposedEvent e => string.Create(CultureInfo.InvariantCulture, $"repeat({e.Count},{Write(e.Repeated)})"),
        _ => throw new ArgumentException($"{happened} has no text in a ledger.", nameof(happened)),
    };

    /// <summary>Reads an event back.</summary>
    /// <param name="text">As <see cref="Write"/> gives it.</param>
    /// <param name="happened">The event.</param>
    /// <returns>False if the text is anything else.</returns>
    public static bool TryRead(string text, out PrivacyEvent? happened)
    {
        happened = Read(text, 0);
        return happened is not null && Write(happened) == text;
    }

    private static PrivacyEvent? Read(string text, int depth)
    {
        int open = text.IndexOf('(', StringComparison.Ordinal);
        if (depth > DeepestNesting || open < 1 || text[^1] != ')') return null;
        string name = text[..open], inside = text[(open + 1)..^1];
        if (name is "poisson" or "repeat")
        {
            int comma = inside.IndexOf(',', StringComparison.Ordinal);
            if (comma < 1 || Read(inside[(comma + 1)..], depth + 1) is not { } mechanism) return null;
            if (name == "poisson") return Number(inside[..comma]) is { } rate and > 0 and <= 1 ? new PoissonSampledEvent(rate, mechanism) : null;
            return long.TryParse(inside[..comma], NumberStyles.None, CultureInfo.InvariantCulture, out long count) && count > 0 ? new SelfComposedEvent(mechanism, count) : null;
        }

        if (name == "joint") return Joint(inside, depth);
        string[] parts = inside.Split(',');
        if (name == "gaussian") return parts.Length == 1 && Number(parts[0]) is { } multiplier and > 0 ? new GaussianEvent(multiplier) : null;
        if (name == "zcdp") return parts.Length == 1 && Number(parts[0]) is { } rho and > 0 ? new ZeroConcentratedEvent(rho) : null;
        if (name == "pure") return parts.Length == 1 && Number(parts[0]) is { } epsilon and > 0 ? new EpsilonDeltaEvent(epsilon, 0) : null;
        if (name == "dlaplace") return parts.Length == 2 && Number(parts[0]) is { } decay and > 0 && Count(parts[1]) is { } sensitivity ? new DiscreteLaplaceEvent(decay, sensitivity) : null;
        if (name is not ("ddg" or "skellam") || parts.Length != 6) return null;
        if (Number(parts[0]) is not { } clip || Number(parts[1]) is not { } step || Number(parts[3]) is not { } beta || Number(parts[4]) is not { } noise) return null;
        if (Count(parts[2]) is not { } dimension || Count(parts[5]) is not { } shares || clip <= 0 || step <= 0 || noise <= 0 || beta is < 0 or >= 1) return null;
        return name == "ddg"
            ? new DistributedDiscreteGaussianEvent(new DistributedDiscreteGaussianParameters(clip, step, dimension, beta, noise, shares))
            : new DistributedSkellamEvent(new DistributedSkellamParameters(clip, step, dimension, beta, noise, shares));
    }

    // The first event ends with the parenthesis that closes its own.
    private static JointEvent? Joint(string inside, int depth)
    {
        int open = 0, end = 0;
        for (; end < inside.Length && (open > 0 || inside[end] != ','); end++) open += inside[end] switch { '(' => 1, ')' => -1, _ => 0 };
        if (end == inside.Length || Read(inside[..end], depth + 1) is not { } first || Read(inside[(end + 1)..], depth + 1) is not { } second) return null;
        return new JointEvent(first, second);
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : null;

    private static int? Count(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0 ? value : null;
}
