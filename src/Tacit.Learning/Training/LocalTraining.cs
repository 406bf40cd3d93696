using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Privacy.Accounting.Events;

namespace Tacit.Learning.Training;

/// <summary>What a participant does with its own rows in one round, as the plan says it.</summary>
public sealed record LocalTraining
{
    /// <summary>The local optimisers.</summary>
    public static ImmutableArray<string> OptimizerNames { get; } = ["sgd", "adam"];

    /// <summary>Passes over the local rows.</summary>
    /// <value>1, at least 1. More saves rounds and drifts further apart between participants.</value>
    public int Epochs { get; init; } = 1;

    /// <summary>Rows per step; the last batch of an epoch may be smaller.</summary>
    /// <value>32, at least 1.</value>
    public int BatchSize { get; init; } = 32;

    /// <summary>Step size of the local optimiser.</summary>
    /// <value>0.01, positive.</value>
    public double LearningRate { get; init; } = 0.01;

    /// <summary><c>sgd</c> or <c>adam</c>; its state starts anew each round and never leaves the participant.</summary>
    /// <value>sgd.</value>
    public string Optimizer { get; init; } = "sgd";

    /// <summary>Momentum of sgd.</summary>
    /// <value>0, in [0, 1).</value>
    public double Momentum { get; init; }

    /// <summary>
    /// μ of FedProx: the gradient grows by μ (w − w_global), which holds participants together (Li et al. 2020, equation 2).
    /// </summary>
    /// <value>0 (FedAvg), not negative.</value>
    public double Proximal { get; init; }

    /// <summary>Clipping and noise in the participant itself, so that its update is private before anything is summed.</summary>
    /// <value>null: none. When given, batches are drawn by Poisson sampling and <see cref="BatchSize"/> is not used.</value>
    public DpSgdSettings? DpSgd { get; init; }

    /// <summary>How examples are chosen, for the accountant to compare with.</summary>
    public SamplingScheme Sampling => DpSgd is null ? SamplingScheme.Shuffled : SamplingScheme.Poisson;

    /// <summary>Refuses values that cannot be trained with.</summary>
    /// <exception cref="FailureException">INVALID_VALUE: names the field, its value and what is allowed.</exception>
    public void Validate()
    {
        Require(Epochs > 0, "epochs", Epochs, "1 or more");
        Require(BatchSize > 0, "batchSize", BatchSize, "1 or more");
        Require(LearningRate > 0 && double.IsFinite(LearningRate), "learningRate", LearningRate, "a positive number");
        Require(OptimizerNames.Contains(Optimizer), "optimizer", Optimizer, string.Join(", ", OptimizerNames));
        Require(Momentum >= 0 && Momentum < 1, "momentum", Momentum, "0 up to but not including 1");
        Require(Momentum == 0 || Optimizer == "sgd", "momentum", Momentum, "0 unless optimizer is sgd");
        Require(Proximal >= 0 && double.IsFinite(Proximal), "proximal", Proximal, "0 or a positive number");
        if (DpSgd is null) return;
        Require(DpSgd.NoiseMultiplier > 0 && double.IsFinite(DpSgd.NoiseMultiplier), "noiseMultiplier", DpSgd.NoiseMultiplier, "a positive number");
        Require(DpSgd.MaxGradNorm > 0 && double.IsFinite(DpSgd.MaxGradNorm), "maxGradNorm", DpSgd.MaxGradNorm, "a positive number");
        Require(DpSgd.SamplingRate > 0 && DpSgd.SamplingRate <= 1, "samplingRate", DpSgd.SamplingRate, "in (0, 1]");
        Require(DpSgd.TailAverage is >= 0 and <= 1, "tailAverage", DpSgd.TailAverage, "in [0, 1]");
        Require(DpSgd.Steps is null or > 0, "steps", DpSgd.Steps ?? 0, "1 or more");
        Require(DpSgd.Microbatch is null or > 0, "microbatch", DpSgd.Microbatch ?? 0, "1 or more");
    }

    /// <summary>A fresh local optimiser.</summary>
    internal ILocalOptimizer CreateOptimizer() =>
        Optimizer == "adam" ? new Adam((float)LearningRate) : new Sgd((float)LearningRate, (float)Momentum);

    private static void Require(bool fulfilled, string field, object value, string allowed)
    {
        if (!fulfilled)
        {
            throw new FailureException(FailureCodes.InvalidValue,
                FormattableString.Invariant($"training.{field} is '{value}'; allowed: {allowed}; change the plan."));
        }
    }
}
