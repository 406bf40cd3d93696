using System.Threading;
using Tacit.Cryptography.Parallelism;
using Tacit.Privacy.Auditing;

namespace Tacit.Simulation.Audits;

/// <summary>Sets a claimed ε against how well canaries are recognised.</summary>
/// <remarks>
/// A quarter of the trials chooses a threshold, the others count its errors. Clopper–Pearson bounds on both error rates refute every (ε, δ) that
/// would not allow them; nothing is assumed about the noise (Jagielski, Ullman and Oprea 2020; Nasr et al. 2021). The bound is looked at along
/// the whole curve ε(δ) that is claimed, because few trials say little about a large ε at a small δ and much about the same noise at a larger δ.
/// An audit that refutes nothing proves nothing: it is a lower bound.
/// </remarks>
public static class CanaryAudit
{
    /// <summary>The fewest trials that an audit may have.</summary>
    public const int FewestTrials = 100;

    private const int Lanes = 16;
    private const int CalibrationShare = 4;

    private static readonly double[] largerDeltas = [1e-4, 1e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7];

    /// <summary>Runs the trials and compares.</summary>
    /// <param name="claim">What is audited.</param>
    /// <param name="job">Prepares the job of a lane; lanes run at the same time, so they must be independent.</param>
    /// <param name="trials">At least <see cref="FewestTrials"/>: jobs with, and as many without the canary.</param>
    /// <param name="confidence">In (0, 1), such as 0.95.</param>
    /// <param name="loop">Spreads the lanes; the result does not depend on how.</param>
    /// <param name="progress">Told the number of trials done, from any thread; may throw to stop.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static AuditFinding Run(PrivacyClaim claim, Func<int, ICanaryJob> job, int trials, double confidence, IParallelLoop loop, Action<int>? progress = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, FewestTrials);
        double[] absent = new double[trials], present = new double[trials];
        int done = 0;
        loop.For(Lanes, lane =>
        {
            ICanaryJob mine = job(lane);
            for (int trial = lane; trial < trials; trial += Lanes)
            {
                (absent[trial], present[trial]) = mine.Run();
                progress?.Invoke(Interlocked.Increment(ref done));
            }
        });
        return Compare(claim, absent, present, confidence);
    }

    private static AuditFinding Compare(PrivacyClaim claim, double[] absent, double[] present, double confidence)
    {
        int calibration = absent.Length / CalibrationShare, counted = absent.Length - calibration;
        double threshold = CanaryThreshold.Choose(absent.AsSpan(0, calibration), present.AsSpan(0, calibration), counted, claim.Delta, confidence);
        CanaryGuesses guesses = CanaryGuesses.Count(absent.AsSpan(calibration), present.AsSpan(calibration), threshold);
        GuessErrors errors = guesses.Bound(confidence);
        double[] deltas = [claim.Delta, .. largerDeltas.Where(delta => delta > claim.Delta)];
        return new AuditFinding(
            claim.Observer, guesses, errors, confidence, ScoreMoments.Separation(ScoreMoments.Of(absent), ScoreMoments.Of(present)),
            [.. deltas.Select(delta => new AuditedPoint(delta, claim.Epsilon(delta), errors.Epsilon(delta)))]);
    }
}
