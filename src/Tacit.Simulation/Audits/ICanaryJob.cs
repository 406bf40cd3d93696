namespace Tacit.Simulation.Audits;

/// <summary>A job's noise with and without one canary, as often as asked. Not thread-safe: each thread has one of its own.</summary>
public interface ICanaryJob
{
    /// <summary>Runs the job once without the canary and once with it, with fresh randomness.</summary>
    /// <returns>The two may share randomness with each other, never with another run.</returns>
    CanaryScores Run();
}

/// <summary>What an observer of all rounds makes of them: the larger, the likelier it is that the canary was there.</summary>
/// <param name="Absent">Of the job without the canary.</param>
/// <param name="Present">Of the job with it.</param>
public readonly record struct CanaryScores(double Absent, double Present);

/// <summary>The log likelihood ratio of one round: the best that an observer can do with it where noise is normal (Neyman and Pearson 1933).</summary>
internal static class PresenceScore
{
    /// <summary>ln of the density with the canary over that without.</summary>
    /// <param name="seen">What the round shows along the canary: 0 on average without it, 1 with it.</param>
    /// <param name="deviation">Of the noise as planned, in the same unit.</param>
    /// <param name="rate">q: how likely the canary was drawn into the round.</param>
    public static double Of(double seen, double deviation, double rate)
    {
        double certain = (seen - 0.5) / (deviation * deviation);
        if (rate == 1) return certain;
        return certain > 0
            ? certain + Math.Log(rate + ((1 - rate) * Math.Exp(-certain)))
            : Math.Log(1 - rate + (rate * Math.Exp(certain)));
    }
}
