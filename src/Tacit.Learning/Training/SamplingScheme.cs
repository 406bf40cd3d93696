namespace Tacit.Learning.Training;

/// <summary>How the examples of a step are chosen: an accountant's theorem holds for one of these and not for the others.</summary>
public enum SamplingScheme
{
    /// <summary>Every example of a pass once, in a random order. Not covered by accounting for Poisson sampling.</summary>
    Shuffled = 1,

    /// <summary>Each example by a coin of its own, so that batches differ in size and may be empty.</summary>
    Poisson = 2,
}
