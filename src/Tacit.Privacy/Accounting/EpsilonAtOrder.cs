namespace Tacit.Privacy.Accounting;

/// <summary>An ε and the Rényi order that gave it.</summary>
/// <param name="Epsilon">ε ≥ 0; infinite when no order gives a finite one.</param>
/// <param name="Order">α > 1; NaN when ε is infinite.</param>
public readonly record struct EpsilonAtOrder(double Epsilon, double Order);
