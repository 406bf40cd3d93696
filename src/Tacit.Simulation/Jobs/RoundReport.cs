using System.Collections.Immutable;
using Tacit.Aggregation.Planning;
using Tacit.Aggregation.Rounds;
using Tacit.Learning.Models;
using Tacit.Learning.Training;

namespace Tacit.Simulation.Jobs;

/// <summary>What one round of a job came to.</summary>
public sealed record RoundReport
{
    /// <summary>From 1; 0 is the round that sums the features' moments.</summary>
    public required int Round { get; init; }

    /// <summary>Names of those whose updates are in the model.</summary>
    public required ImmutableArray<string> Included { get; init; }

    /// <summary>Who stopped answering, and when.</summary>
    public required ImmutableArray<(string Participant, Phase Phase, bool Recovered)> Dropped { get; init; }

    /// <summary>Why the round gave nothing, or null.</summary>
    public RoundOutcome.Aborted? Aborted { get; init; }

    /// <summary>The model after the round, on the test examples; null in round 0.</summary>
    public Evaluation? Metrics { get; init; }

    /// <summary>Bytes that participants sent and received: mean and most of one participant.</summary>
    public required RoundCost Cost { get; init; }

    /// <summary>Time the coordinator and all participants computed, by phase.</summary>
    public required ImmutableDictionary<Phase, TimeSpan> ComputeTime { get; init; }

    /// <summary>Time that local training took, all participants together.</summary>
    public TimeSpan TrainingTime { get; init; }

    /// <summary>Values beyond the range, over all included: clipped, and counted inside the protected sum.</summary>
    public long Saturated { get; init; }

    /// <summary>Sum of the included weights.</summary>
    public long Weight { get; init; }

    /// <summary>What the round did to the budget; null without differential privacy.</summary>
    public RoundPrivacy? Privacy { get; init; }

    /// <summary>What each participant that trained knows of its own training. Sensitive in production: it stays with the participant.</summary>
    public ImmutableArray<LocalReport> Local { get; init; } = [];

    /// <summary>What machines held against others.</summary>
    public ImmutableArray<string> Incidents { get; init; } = [];
}

/// <summary>Bytes of a round, envelope headers included.</summary>
/// <param name="MeanUp">Sent by a participant, on average.</param>
/// <param name="MeanDown">Received by a participant, on average.</param>
/// <param name="MostUp">Sent by the one that sent most.</param>
/// <param name="MostDown">Received by the one that received most.</param>
public sealed record RoundCost(double MeanUp, double MeanDown, long MostUp, long MostDown)
{
    /// <summary>Nothing was sent.</summary>
    public static RoundCost None { get; } = new(0, 0, 0, 0);
}

/// <summary>One participant's training in one round, as itself sees it.</summary>
/// <param name="Participant">Its name.</param>
/// <param name="MeanLoss">Mean training loss; of all shards, where there are several.</param>
/// <param name="Examples">Its rows.</param>
/// <param name="Time">How long it trained.</param>
/// <param name="DpSgd">What private steps did, or null.</param>
public sealed record LocalReport(string Participant, double MeanLoss, int Examples, TimeSpan Time, DpSgdReport? DpSgd);

/// <summary>What a round did to the budget.</summary>
/// <param name="Spent">ε since the job began, for both observers and by both accountants.</param>
/// <param name="HonestShares">Shares of noise that count: of included participants, less those that may collude.</param>
public sealed record RoundPrivacy(PrivacySpending Spent, int HonestShares)
{
    /// <summary>The norm that updates were clipped to.</summary>
    public double Clip { get; init; }

    /// <summary>Share of coordinates beyond three quarters of the modulus' half: above 1 % the sum is likely to have wrapped.</summary>
    public double NearModulus { get; init; }

    /// <summary>Estimated energy of the mean over that of its noise; needs nobody's plain update.</summary>
    public double SignalToNoise { get; init; }

    /// <summary>What only a simulation can know.</summary>
    public SimulatedErrors? Simulated { get; init; }
}

/// <summary>Norms of the difference between the true mean of the updates and the decoded one, and what encoding did. From plain updates.</summary>
/// <param name="L1">ℓ₁.</param>
/// <param name="L2">ℓ₂.</param>
/// <param name="Infinity">ℓ∞.</param>
/// <param name="ClippedFraction">Updates above the norm.</param>
/// <param name="MeanTries">Tries of conditional rounding.</param>
public sealed record SimulatedErrors(double L1, double L2, double Infinity, double ClippedFraction, double MeanTries);
