namespace Tacit.Learning.Training;

/// <summary>Differentially private training of one participant on its own examples (Abadi et al. 2016).</summary>
public sealed record DpSgdSettings
{
    /// <summary>z: the deviation of the noise on the sum of a step, in units of <see cref="MaxGradNorm"/>.</summary>
    /// <value>Positive. More costs accuracy and spends less of the budget.</value>
    public required double NoiseMultiplier { get; init; }

    /// <summary>C: the L2 norm that the gradient of each example is clipped to.</summary>
    /// <value>1, positive. Less distorts the gradients more and lets the learning rate be larger.</value>
    public double MaxGradNorm { get; init; } = 1;

    /// <summary>q: the probability of each example to take part in a step.</summary>
    /// <value>In (0, 1]. More spends more of the budget and averages more of the noise away.</value>
    public required double SamplingRate { get; init; }

    /// <summary>Steps of one round; null for as many as make <see cref="LocalTraining.Epochs"/> expected passes.</summary>
    /// <value>null, or at least 1.</value>
    public int? Steps { get; init; }

    /// <summary>
    /// The share of the last steps whose parameters are averaged into the result, which evens noise out and costs no privacy (Polyak and
    /// Juditsky 1992).
    /// </summary>
    /// <value>0: the last parameters alone; in [0, 1].</value>
    public double TailAverage { get; init; }

    /// <summary>Examples whose activations are in memory at a time; the result is the same up to rounding.</summary>
    /// <value>null: as suits the network; or at least 1.</value>
    public int? Microbatch { get; init; }

    /// <summary>Steps that one round takes, every one of which spends privacy.</summary>
    /// <param name="epochs">Expected passes, used when <see cref="Steps"/> says nothing.</param>
    public int StepsOf(int epochs) => Steps ?? (int)Math.Ceiling(epochs / SamplingRate);
}
