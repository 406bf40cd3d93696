namespace Tacit.Privacy.Accounting.Events;

/// <summary>Takes compositions apart, and says which samplers a relation's proofs cover.</summary>
internal static class EventComposition
{
    /// <summary>The events that are not compositions, with how often each happens.</summary>
    public static IEnumerable<(PrivacyEvent Event, long Count)> Flatten(PrivacyEvent happened, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return happened switch
        {
            ComposedEvent composed => composed.Parts.SelectMany(part => Flatten(part, count)),
            SelfComposedEvent repeated => Flatten(repeated.Repeated, checked(count * repeated.Count)),
            DeterministicBatchesEvent batches => Flatten(batches.Mechanism, count),
            PoissonSampledEvent { Rate: 1 } whole => Flatten(whole.Mechanism, count),
            _ => [(happened, count)],
        };
    }

    /// <summary>Why the relation does not go with the event, or null.</summary>
    public static string? Refusal(PrivacyEvent happened, NeighboringRelation relation) => happened switch
    {
        JointEvent joint => Refusal(joint.First, relation) ?? Refusal(joint.Second, relation),
        PoissonSampledEvent { Mechanism: JointEvent joint } => Refusal(new PoissonSampledEvent(1, joint.First), relation) ?? Refusal(new PoissonSampledEvent(1, joint.Second), relation),
        PoissonSampledEvent when relation == NeighboringRelation.ReplaceOne => "Poisson sampling is accounted under add-or-remove-one; under replace-one no bound is proved here",
        PoissonSampledEvent { Mechanism: PoissonSampledEvent or SampledWithoutReplacementEvent or ComposedEvent or SelfComposedEvent or DeterministicBatchesEvent } =>
            "a Poisson sample is accounted for one mechanism, not for a composition or a further sampler",
        SampledWithoutReplacementEvent when relation != NeighboringRelation.ReplaceOne => "batches without replacement are accounted under replace-one: the batch size is fixed, so a record cannot be absent",
        SampledWithoutReplacementEvent { Mechanism: not GaussianEvent } => "batches without replacement are accounted for the Gaussian mechanism only",
        DistributedDiscreteGaussianEvent or DistributedSkellamEvent when relation == NeighboringRelation.ReplaceOne => "distributed noise is accounted for one participant's vector against zero, not against another vector",
        _ => null,
    };
}
