using System.Collections.Immutable;
using Tacit.Aggregation.Failures;

namespace Tacit.Learning.Models;

/// <summary>Which network to build, as a plan says it. The parameters are not part of it.</summary>
public sealed record ModelSpecification
{
    /// <summary>The kinds of network.</summary>
    public static ImmutableArray<string> Kinds { get; } = ["linear", "mlp", "conv1d"];

    /// <summary>The losses.</summary>
    public static ImmutableArray<string> LossNames { get; } = ["cross-entropy", "mse"];

    /// <summary>
    /// <c>linear</c>: one dense layer; <c>mlp</c>: dense layers with ReLU; <c>conv1d</c>: Conv1D, ReLU, dropout, max-pooling, then as
    /// <c>mlp</c>.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>Widths of the hidden dense layers, from input to output.</summary>
    /// <value>[20] for conv1d, [64] for mlp, empty for linear. More is more capacity, and more coordinates to protect and to noise.</value>
    public ImmutableArray<int> Hidden
    {
        get => field.IsDefault ? DefaultHidden(Kind) : field;
        init;
    }

    /// <summary>Filters of the convolution; used by conv1d.</summary>
    /// <value>8, at least 1.</value>
    public int Filters { get; init; } = 8;

    /// <summary>Samples under one filter; used by conv1d.</summary>
    /// <value>3, from 1 to the steps of the input.</value>
    public int Kernel { get; init; } = 3;

    /// <summary>Width and stride of the max-pooling; used by conv1d.</summary>
    /// <value>3, from 1 (none) to the steps after the convolution.</value>
    public int Pool { get; init; } = 3;

    /// <summary>Probability of dropping a value after the convolution, in training; used by conv1d.</summary>
    /// <value>0.5, in [0, 1). Higher resists overfitting and needs more rounds.</value>
    public double Dropout { get; init; } = 0.5;

    /// <summary>
    /// <c>cross-entropy</c>, or <c>mse</c>: squared error of the softmax probabilities for labels, of the outputs for numeric targets.
    /// </summary>
    /// <value>cross-entropy.</value>
    public string Loss { get; init; } = "cross-entropy";

    /// <summary>Refuses what cannot be built for an input.</summary>
    /// <param name="input">The shape of one example.</param>
    /// <param name="outputs">Classes, or numbers to predict.</param>
    /// <exception cref="FailureException">INVALID_VALUE: names the field, its value and what is allowed.</exception>
    public void Validate(InputShape input, int outputs)
    {
        Require(Kinds.Contains(Kind), "model.kind", Kind, string.Join(", ", Kinds));
        Require(LossNames.Contains(Loss), "model.loss", Loss, string.Join(", ", LossNames));
        Require(input.Channels > 0 && input.Steps > 0, "model input", input, "at least 1×1");
        Require(outputs > 0, "model outputs", outputs, "1 or more");
        Require(Hidden.All(width => width > 0), "model.hidden", string.Join(",", Hidden), "widths of 1 or more");
        Require(Kind != "linear" || Hidden.IsEmpty, "model.hidden", string.Join(",", Hidden), "nothing for kind linear (use mlp)");
        if (Kind != "conv1d") return;

        Require(Filters > 0, "model.filters", Filters, "1 or more");
        Require(Kernel > 0 && Kernel <= input.Steps, "model.kernel", Kernel, $"1 to {input.Steps}, the steps of the input");
        int positions = input.Steps - Kernel + 1;
        Require(Pool > 0 && Pool <= positions, "model.pool", Pool, $"1 to {positions}, the steps after the convolution");
        Require(Dropout >= 0 && Dropout < 1, "model.dropout", Dropout, "0 up to but not including 1");
    }

    private static ImmutableArray<int> DefaultHidden(string kind) => kind switch
    {
        "conv1d" => [20],
        "mlp" => [64],
        _ => [],
    };

    private static void Require(bool fulfilled, string field, object value, string allowed)
    {
        if (!fulfilled)
        {
            throw new FailureException(FailureCodes.InvalidValue,
                FormattableString.Invariant($"{field} is '{value}'; allowed: {allowed}; change the plan's model."));
        }
    }
}
