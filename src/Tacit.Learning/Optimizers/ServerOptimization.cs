using System.Collections.Immutable;
using Tacit.Aggregation.Failures;

namespace Tacit.Learning.Optimizers;

/// <summary>How the coordinator applies mean updates, as the plan says it.</summary>
public sealed record ServerOptimization
{
    /// <summary>The server optimisers.</summary>
    public static ImmutableArray<string> Names { get; } = ["fedavg", "fedprox", "fedadam", "fedyogi", "fedadagrad"];

    /// <summary>Which optimiser; <c>fedprox</c> differs from <c>fedavg</c> only at the participants (<c>training.proximal</c>).</summary>
    /// <value>fedavg.</value>
    public string Name { get; init; } = "fedavg";

    /// <summary>η of the server.</summary>
    /// <value>1 for fedavg and fedprox, 0.01 for the adaptive ones; positive.</value>
    public double? LearningRate { get; init; }

    /// <summary>Rounds at the end whose models are averaged; 1 keeps the last alone. Smooths noise, and costs no privacy: it only reads released models.</summary>
    /// <value>1, at least 1 (Polyak and Juditsky 1992).</value>
    public int AverageLast { get; init; } = 1;

    /// <summary>β₁ of the adaptive optimisers.</summary>
    /// <value>0.9, in [0, 1).</value>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>β₂ of fedadam and fedyogi.</summary>
    /// <value>0.99, in [0, 1).</value>
    public double Beta2 { get; init; } = 0.99;

    /// <summary>τ, the degree of adaptivity: smaller adapts more.</summary>
    /// <value>0.001, positive.</value>
    public double Tau { get; init; } = 1e-3;

    /// <summary>Builds the optimiser, with fresh state.</summary>
    /// <exception cref="FailureException">INVALID_VALUE: names the field, its value and what is allowed.</exception>
    public IServerOptimizer Create()
    {
        Require(Names.Contains(Name), "name", Name, string.Join(", ", Names));
        bool adaptive = Name is "fedadam" or "fedyogi" or "fedadagrad";
        double rate = LearningRate ?? (adaptive ? 0.01 : 1);
        Require(rate > 0 && double.IsFinite(rate), "learningRate", rate, "a positive number");
        Require(AverageLast >= 1, "averageLast", AverageLast, "1 or more");
        Require(Beta1 >= 0 && Beta1 < 1, "beta1", Beta1, "0 up to but not including 1");
        Require(Beta2 >= 0 && Beta2 < 1, "beta2", Beta2, "0 up to but not including 1");
        Require(Tau > 0 && double.IsFinite(Tau), "tau", Tau, "a positive number");
        return adaptive ? new AdaptiveServer(this with { LearningRate = rate }) : new FedAvg((float)rate, Name);
    }

    private static void Require(bool fulfilled, string field, object value, string allowed)
    {
        if (!fulfilled)
        {
            throw new FailureException(FailureCodes.InvalidValue,
                FormattableString.Invariant($"server.{field} is '{value}'; allowed: {allowed}; change the plan."));
        }
    }
}
