namespace Tacit.Privacy.Accounting.Events;

/// <summary>How a trainer really draws its batches.</summary>
public enum SamplingScheme
{
    /// <summary>Every record takes part in every step.</summary>
    Whole,

    /// <summary>Each record is in a step's sample by a coin of its own.</summary>
    Poisson,

    /// <summary>Batches of one size, drawn anew without replacement at each step.</summary>
    WithoutReplacement,

    /// <summary>Batches cut from a shuffled or fixed order: one pass shows each record once. Nothing is amplified.</summary>
    Shuffled,
}
