using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Simulation.Clustering;

namespace Tacit.Cli.Reports;

/// <summary>Everything a clustering report is made of.</summary>
/// <param name="Job">What was asked for.</param>
/// <param name="Table">The records.</param>
/// <param name="Simulation">Participants and noise shares.</param>
/// <param name="Result">What came of it.</param>
/// <param name="Elapsed">Wall clock.</param>
internal sealed record ClusterOutcome(ClusteringJob Job, FeatureTable Table, ClusteringSimulation Simulation, ClusteringResult Result, TimeSpan Elapsed)
{
    /// <summary>What was real and what was not.</summary>
    public string Nature => Job.Protection.Protocol == "plain-sum"
        ? "Sums were added in the clear: nothing was masked. Noise follows from the seed."
        : "The cryptography is real. Network and drop-outs are simulated, and noise follows from the seed.";

    /// <summary>Whether the coordinator sees sums only.</summary>
    public bool IsHidden => Job.Protection.Protocol is not ("plain-sum" or "shared-mask");

    /// <summary>What the budget covers, in a sentence.</summary>
    public string Promise => Result.Spent is not { } spent
        ? "Sums are exact: no differential privacy."
        : FormattableString.Invariant($"epsilon {spent.Epsilon:g4} at delta {Simulation.Delta:g3} for one record, present or not, whose number is public; against readers of the centres, participants among them{Coordinator}. {Domain}");

    private string Coordinator => Job.Protection.Protocol switch
    {
        "plain-sum" => ", and not against the coordinator, who sees each participant's sums",
        "shared-mask" => "; the coordinator follows the protocol and cannot read sums, but knows the noise: together with a participant it sees exact ones",
        _ => ", and against the coordinator",
    };

    /// <summary>What is said about the range of the features.</summary>
    public string Domain => Job.Bounds.Source switch
    {
        BoundsSource.File => "The range of each feature is that of the file, taken as public: epsilon does not cover it.",
        BoundsSource.Private => "The range of each feature was found by noised sums; epsilon covers it.",
        _ => "The range of the features was given.",
    };

    public string RoundsText => Result.Rounds.Length == 1 ? "1 round" : FormattableString.Invariant($"{Result.Rounds.Length} rounds");

    public string BoundsName => Job.Bounds.Source.ToString().ToLowerInvariant();

    public ReadOnlySpan<double> Centre(int cluster) => Result.Centres.AsSpan(cluster * Table.Dimension, Table.Dimension);
}
