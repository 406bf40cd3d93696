using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Learning.Models;
using Tacit.Learning.Optimizers;
using Tacit.Learning.Training;

namespace Tacit.Learning.Jobs;

/// <summary>A federated training job, as its owner wrote it. docs/plans.md describes every key.</summary>
public sealed record TrainingPlan
{
    /// <summary>What the job is called.</summary>
    public string Name { get; init; } = "";

    /// <summary>How participants learn together, or whether one trains alone.</summary>
    public TrainingMode Mode { get; init; } = TrainingMode.Secure;

    /// <summary>Where the examples come from and who has which.</summary>
    public required DataPlan Data { get; init; }

    /// <summary>The network.</summary>
    public required ModelSpecification Model { get; init; }

    /// <summary>What a participant does with its examples in one round.</summary>
    public required LocalTraining Training { get; init; }

    /// <summary>What the coordinator does with the mean update.</summary>
    public required ServerOptimization Server { get; init; }

    /// <summary>Rounds of the job.</summary>
    public required int Rounds { get; init; }

    /// <summary>Who takes part in a round.</summary>
    public required CohortPlan Cohort { get; init; }

    /// <summary>How updates are protected.</summary>
    public required ProtectionPlan Protection { get; init; }

    /// <summary>Which differential privacy is promised.</summary>
    public PrivacyPlan Privacy { get; init; } = PrivacyPlan.None;

    /// <summary>Simulated drop-outs: the probability for each participant in each round.</summary>
    public double Dropout { get; init; }

    /// <summary>Everything random follows from it.</summary>
    public ulong Seed { get; init; } = 1;
}

/// <summary>The three ways to train that are compared with each other.</summary>
public enum TrainingMode
{
    /// <summary>Federated, and updates are protected as the plan says.</summary>
    Secure = 0,

    /// <summary>Federated averaging in the clear, in floating point: the same cohorts, drop-outs, training and clipping, no masks and no quantiser.</summary>
    Plain = 1,

    /// <summary>One model trained on all participants' examples in one place: the baseline that federated learning is measured against.</summary>
    Central = 2,
}

/// <summary>Where the examples come from.</summary>
public sealed record DataPlan
{
    /// <summary>synthetic-activity, har-windows, har-features, motion-sense, csv, npy or idx.</summary>
    public required string Format { get; init; }

    /// <summary>File or folder, relative to the plan; the command line may name another.</summary>
    public string? Path { get; init; }

    /// <summary>The column that says whose row it is (csv).</summary>
    public string? Participant { get; init; }

    /// <summary>The column that holds the class (csv).</summary>
    public string? Label { get; init; }

    /// <summary>Columns that are neither (csv).</summary>
    public ImmutableArray<string> Ignore { get; init; } = [];

    /// <summary>Channels to keep of windowed data, from 0; empty keeps all.</summary>
    public ImmutableArray<int> Channels { get; init; } = [];

    /// <summary>How examples are dealt out.</summary>
    public PartitionPlan Partition { get; init; } = new();

    /// <summary>Participants kept for testing, by id; empty to use the format's own split or the fraction.</summary>
    public ImmutableArray<string> TestParticipants { get; init; } = [];

    /// <summary>Fraction of rows kept for testing where no participants are named.</summary>
    public double TestFraction { get; init; } = 0.2;

    /// <summary>Whether features are scaled to mean 0 and deviation 1, with moments that come out of a secure sum.</summary>
    public bool Standardize { get; init; }

    /// <summary>L2 norm that every row's features are scaled to, or null. Touches one row at a time, so it costs no privacy.</summary>
    public double? RowNorm { get; init; }

    /// <summary>L2 norm that a row, or its squared deviations, is clipped to when private moments are summed. Public: chosen without looking at the data.</summary>
    public double StandardizeNorm { get; init; } = 10;

    /// <summary>The largest absolute value a feature's moments may have when they are summed.</summary>
    public double StandardizeRange { get; init; } = 1000;

    /// <summary>Persons (synthetic-activity).</summary>
    public int Persons { get; init; } = 50;

    /// <summary>Windows of each person (synthetic-activity).</summary>
    public int Windows { get; init; } = 80;
}

/// <summary>How examples are dealt out.</summary>
public sealed record PartitionPlan
{
    /// <summary>iid, dirichlet, shard, size or natural; auto: natural where the data say whose they are, else iid.</summary>
    public string Kind { get; init; } = "natural";

    /// <summary>How many participants; natural partitions say so themselves.</summary>
    public int Participants { get; init; } = 20;

    /// <summary>α of a Dirichlet partition.</summary>
    public double Alpha { get; init; } = 0.5;

    /// <summary>Shards of each participant.</summary>
    public int Shards { get; init; } = 2;

    /// <summary>Exponent of a power law of sizes.</summary>
    public double Exponent { get; init; } = 1;
}

/// <summary>Who takes part in a round.</summary>
/// <param name="Size">Participants drawn for each round; null means everybody.</param>
/// <param name="Minimum">The fewest inputs that may be opened as a sum.</param>
public sealed record CohortPlan(int? Size, int Minimum);

/// <summary>How updates are protected.</summary>
public sealed record ProtectionPlan
{
    /// <summary>plain-sum, secagg or secagg-plus.</summary>
    public string Protocol { get; init; } = "secagg-plus";

    /// <summary>Whether the coordinator is trusted to follow the protocol.</summary>
    public bool Malicious { get; init; } = true;

    /// <summary>k, or null to have it found.</summary>
    public int? Neighbours { get; init; }

    /// <summary>t, or null to have it found.</summary>
    public int? Threshold { get; init; }

    /// <summary>γ.</summary>
    public double Corrupt { get; init; } = 0.05;

    /// <summary>δ.</summary>
    public double Drop { get; init; } = 0.1;

    /// <summary>σ of a random graph.</summary>
    public int Sigma { get; init; } = ProtectionTerms.LeastSigma;

    /// <summary>aes-128 or aes-256.</summary>
    public string Cipher { get; init; } = "aes-128";

    /// <summary>Bits of one quantised value.</summary>
    public int ValueBits { get; init; } = 16;

    /// <summary>The largest absolute value of an update's element; larger ones saturate and are counted.</summary>
    public double Range { get; init; } = 1;

    /// <summary>The largest weight of one participant.</summary>
    public int WeightCap { get; init; } = 1024;

    /// <summary>L2 norm that updates are clipped to, or null.</summary>
    public double? Clip { get; init; }
}
