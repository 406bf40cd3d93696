using Tacit.Aggregation.Rounds;

namespace Tacit.Protocols.SecAggPlus;

/// <summary>What a graph has to withstand.</summary>
/// <param name="Participants">n.</param>
/// <param name="Corrupt">γ: fraction of participants that may collude with the coordinator.</param>
/// <param name="Drop">δ: fraction that may drop out.</param>
public sealed record GraphRequirements(int Participants, double Corrupt, double Drop)
{
    /// <summary>σ: security fails with probability at most 2^−σ.</summary>
    /// <value>40.</value>
    public double Sigma { get; init; } = 40;

    /// <summary>η: a round that stays within δ fails with probability at most 2^−η.</summary>
    /// <value>30.</value>
    public double Eta { get; init; } = 30;

    /// <summary>Against a coordinator that shows neighbours different views, the threshold must be above half of them and the corrupt ones.</summary>
    public bool SplitView { get; init; }

    /// <summary>Whether the drop-outs may all happen before the graph is drawn, which leaves the same corrupt among fewer.</summary>
    /// <value>False, as in the published parameters; plans choose parameters with true.</value>
    public bool MayShrink { get; init; }

    /// <summary>
    /// With the constants of the published finder (σ = 40, η = 20) its rule applies, so that its table is reproduced: a threshold of 1 is raised
    /// to 2 after E3 was checked. It matters for a dozen participants at most; all other constants demand 2 from the start.
    /// </summary>
    internal bool IsPublishedRule => Sigma == 40 && Eta == 20;

    /// <summary>⌊γn⌋.</summary>
    public int CorruptCount => Count(Corrupt);

    /// <summary>⌊δn⌋.</summary>
    public int DropCount => Count(Drop);

    /// <summary>The requirements that a mode implies.</summary>
    /// <param name="participants">n.</param>
    /// <param name="corrupt">γ.</param>
    /// <param name="drop">δ.</param>
    /// <param name="mode">Malicious means a split view.</param>
    public static GraphRequirements For(int participants, double corrupt, double drop, ProtectionMode mode) =>
        new(participants, corrupt, drop) { SplitView = mode == ProtectionMode.Malicious };

    // Fractions come from decimal text: 0.29 · 100 must be 29 although the product of the doubles is below it.
    private int Count(double fraction) => (int)Math.Floor((fraction * Participants) + 1e-9);
}

/// <summary>A graph that withstands them.</summary>
/// <param name="Neighbours">k, even, or n − 1 for the complete graph.</param>
/// <param name="Threshold">t of k.</param>
/// <param name="LogCaptured">log₂ of the bound on: some honest participant has t or more corrupt neighbours (E1).</param>
/// <param name="LogIsolated">log₂ of the bound on: the honest survivors are not connected (E2).</param>
/// <param name="LogStarved">log₂ of the bound on: some participant is left with fewer than t live neighbours (E3).</param>
public sealed record GraphParameters(int Neighbours, int Threshold, double LogCaptured, double LogIsolated, double LogStarved);
