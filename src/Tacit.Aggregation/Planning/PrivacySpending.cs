namespace Tacit.Aggregation.Planning;

/// <summary>ε at a job's δ, for whoever reads the models and for the coordinator.</summary>
/// <param name="Readers">Against readers of the models, who do not know who was drawn: with amplification by sampling.</param>
/// <param name="Coordinator">Against the coordinator, who knows the cohort: without. Null where it sees sums without noise and is trusted.</param>
/// <param name="Accountant">Whose both numbers are: <c>renyi</c> or <c>pld</c>.</param>
public sealed record PrivacySpending(double Readers, double? Coordinator, string Accountant)
{
    /// <summary>Against readers by a second accountant; null where none is proved.</summary>
    public double? Second { get; init; }

    /// <summary>The second accountant, such as <c>zcdp</c>, which claims nothing from sampling.</summary>
    public string? SecondAccountant { get; init; }

    /// <summary>The smaller proved ε against readers: what ceilings are compared with.</summary>
    public double Epsilon => Math.Min(Readers, Second ?? double.PositiveInfinity);
}
