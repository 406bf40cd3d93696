using System.Collections.Immutable;
using Tacit.Privacy.Auditing;

namespace Tacit.Simulation.Audits;

/// <summary>What a job says that an observer may learn.</summary>
/// <param name="Observer"><c>readers</c> or <c>coordinator</c>.</param>
/// <param name="Delta">δ that the plan names.</param>
/// <param name="Epsilon">ε at any δ in (0, 1): accountants claim a whole curve.</param>
public sealed record PrivacyClaim(string Observer, double Delta, Func<double, double> Epsilon);

/// <summary>One point of a claimed curve, and what the audit has to say about it.</summary>
/// <param name="Delta">δ.</param>
/// <param name="Claimed">ε of the accountant.</param>
/// <param name="LowerBound">ε below which the guesser's success cannot be explained.</param>
public readonly record struct AuditedPoint(double Delta, double Claimed, double LowerBound)
{
    /// <summary>Whether the claim is refuted here.</summary>
    public bool IsRefuted => LowerBound > Claimed;
}

/// <summary>An empirical lower bound beside a claim.</summary>
/// <param name="Observer">Whose claim.</param>
/// <param name="Guesses">Errors that were counted, on trials that the threshold was not chosen from.</param>
/// <param name="Errors">Upper bounds on the error rates.</param>
/// <param name="Confidence">With which all points hold together.</param>
/// <param name="Separation">Of the scores with and without the canary, in standard deviations.</param>
/// <param name="Points">The plan's δ first, then larger ones up to 0.7.</param>
public sealed record AuditFinding(string Observer, CanaryGuesses Guesses, GuessErrors Errors, double Confidence, double Separation, ImmutableArray<AuditedPoint> Points)
{
    /// <summary>At the plan's δ.</summary>
    public AuditedPoint Headline => Points[0];

    /// <summary>Where the bound comes closest to the claim, or goes farthest beyond it.</summary>
    public AuditedPoint Sharpest => Points.Where(point => point.LowerBound > 0).DefaultIfEmpty(Headline).MaxBy(point => point.LowerBound - point.Claimed);

    /// <summary>Whether the claim is refuted at any point of its curve.</summary>
    public bool IsRefuted => Points.Any(point => point.IsRefuted);

    /// <summary>The largest ε that guesses without a single error could have shown at the plan's δ: what these trials can see at all.</summary>
    public double Ceiling => new CanaryGuesses(0, Guesses.Absent, 0, Guesses.Present).Bound(Confidence).Epsilon(Headline.Delta);
}
