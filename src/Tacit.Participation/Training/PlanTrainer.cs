using System.Diagnostics;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Cryptography.Randomness;
using Tacit.Federation.Offers;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Learning.Models;
using Tacit.Learning.Training;

namespace Tacit.Participation.Training;

/// <summary>Answers offers of a training job with what the participant's own copy of the plan says: the coordinator sends parameters, never code or settings.</summary>
/// <param name="plan">The participant's copy.</param>
/// <param name="rows">Its examples; they do not leave this object.</param>
/// <param name="shards">Disjoint parts of the rows, one for each contribution that the plan's mini-clients make; null for one part.</param>
public sealed class PlanTrainer(TrainingPlan plan, Dataset rows, IReadOnlyList<Dataset>? shards = null)
{
    private readonly Network network = Network.Create(plan.Model, rows.InputShape, rows.ClassNames.Length);
    private readonly IReadOnlyList<Dataset> parts = shards ?? [rows];

    private bool PerChannel => rows.InputShape is { Channels: > 1, Steps: > 1 };   // windows: one scale a channel

    /// <summary>Computes what is asked for.</summary>
    /// <param name="offer">Allowed by the policy.</param>
    /// <exception cref="FailureException">TERMS_REFUSED: the plan says nothing of it. Other codes: training failed.</exception>
    public IReadOnlyList<ModelUpdate> Compute(RoundOffer offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        ThrowUnlessPlanned(offer);
        return offer.Purpose switch
        {
            RoundPurpose.Training => Train(offer),
            RoundPurpose.FeatureMeans => [Moments(null)],
            RoundPurpose.FeatureSquares => [Moments(offer.Vector)],
            _ => throw new UnreachableException(),
        };
    }

    private void ThrowUnlessPlanned(RoundOffer offer)
    {
        bool noised = plan.Privacy.Mechanism == PrivacyMechanism.Sum, moments = offer.Purpose != RoundPurpose.Training;
        if (moments && !plan.Data.Standardize) throw Refused($"round {offer.Round} asks for moments of the features; the plan does not standardise");
        if (!moments && noised != offer.Plan is NoisedSumPlan) throw Refused($"round {offer.Round} {(noised ? "has no noise" : "has noise")}; the plan's privacy.mechanism is {plan.Privacy.Name}");
        int features = PerChannel ? rows.InputShape.Channels : rows.InputShape.Size, expected = moments ? features : network.ParameterCount;
        if (offer.Plan.Dimension != expected) throw new FailureException(FailureCodes.VectorDimensionMismatch, $"round {offer.Round} is about {offer.Plan.Dimension} elements; the plan gives {expected}");
        if (offer.FeatureMeans.Length > 0 && offer.FeatureMeans.Length != features) throw new FailureException(FailureCodes.VectorDimensionMismatch, $"round {offer.Round} has moments of {offer.FeatureMeans.Length} features; the data has {features}");
    }

    private ModelUpdate[] Train(RoundOffer offer)
    {
        Standardization? scale = offer.FeatureMeans.Length > 0 ? Standardization.FromMoments(offer.FeatureMeans, offer.FeatureSquares) : null;
        return [.. parts.Select(part => TrainOn(offer, scale?.Apply(part) ?? part))];
    }

    // In a noised sum a training that diverges or has no rows contributes zeros: a round that failed instead would tell whose data made it fail.
    private ModelUpdate TrainOn(RoundOffer offer, Dataset part)
    {
        bool noised = offer.Plan is NoisedSumPlan;
        if (noised && part.Rows == 0) return Nothing();
        try
        {
            return LocalTrainer.Train(network, offer.Vector, part, plan.Training, SystemRandomSource.Instance);
        }
        catch (FailureException problem) when (noised && problem.Code == FailureCodes.UpdateNotFinite)
        {
            return Nothing();
        }
    }

    private ModelUpdate Nothing() => new(new float[network.ParameterCount], 0, 0);

    private ModelUpdate Moments(float[]? centre)
    {
        FeatureMoments local = Standardization.LocalMoments(rows, PerChannel);
        double[] values = centre is null
            ? [.. local.Mean]
            : [.. local.MeanSquare.Select((square, j) => square - (2 * centre[j] * local.Mean[j]) + ((double)centre[j] * centre[j]))];
        return new ModelUpdate([.. values.Select(x => (float)x)], local.Rows, 0);
    }

    private static FailureException Refused(string message) => new(FailureCodes.TermsRefused, message);
}
