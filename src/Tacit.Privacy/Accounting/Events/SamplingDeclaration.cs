namespace Tacit.Privacy.Accounting.Events;

/// <summary>What a trainer declares about its sampler, and the only event that may be accounted for it.</summary>
/// <param name="Scheme">How batches are drawn.</param>
/// <param name="Population">n ≥ 1 records.</param>
/// <param name="Batch">1 … n: the expected batch size.</param>
public sealed record SamplingDeclaration(SamplingScheme Scheme, int Population, int Batch)
{
    /// <summary>The event of many steps of a mechanism under this sampler.</summary>
    /// <param name="mechanism">Done with each batch.</param>
    /// <param name="steps">At least 1; under <see cref="SamplingScheme.Shuffled"/> every begun pass counts whole.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public PrivacyEvent Steps(PrivacyEvent mechanism, long steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Batch);
        ArgumentOutOfRangeException.ThrowIfLessThan(Population, Batch);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(steps);
        long stepsPerPass = (Population + (long)Batch - 1) / Batch;
        return Scheme switch
        {
            SamplingScheme.Whole => new SelfComposedEvent(mechanism, steps),
            SamplingScheme.Poisson => new SelfComposedEvent(new PoissonSampledEvent((double)Batch / Population, mechanism), steps),
            SamplingScheme.WithoutReplacement => new SelfComposedEvent(new SampledWithoutReplacementEvent(Population, Batch, mechanism), steps),
            _ => new SelfComposedEvent(new DeterministicBatchesEvent(mechanism), (steps + stepsPerPass - 1) / stepsPerPass),
        };
    }

    /// <summary>Refuses an event that assumes another sampler than the declared one.</summary>
    /// <param name="assumed">What somebody wants to account for.</param>
    /// <exception cref="AccountantMismatchException">The event gets its amplification from another sampler.</exception>
    public void Confirm(PrivacyEvent assumed)
    {
        foreach (PrivacyEvent part in Leaves(assumed))
        {
            bool fits = part switch
            {
                PoissonSampledEvent poisson => Scheme == SamplingScheme.Poisson && poisson.Rate >= (double)Batch / Population * (1 - 1e-12),
                SampledWithoutReplacementEvent fixedSize => Scheme == SamplingScheme.WithoutReplacement && fixedSize.Batch >= Batch && fixedSize.Population <= Population,
                _ => true,
            };
            if (!fits) throw new AccountantMismatchException($"the trainer samples by {Scheme} with batches of {Batch} out of {Population}; {part} would understate what that costs");
        }
    }

    private static IEnumerable<PrivacyEvent> Leaves(PrivacyEvent happened) => happened switch
    {
        ComposedEvent composed => composed.Parts.SelectMany(Leaves),
        SelfComposedEvent repeated => Leaves(repeated.Repeated),
        DeterministicBatchesEvent batches => Leaves(batches.Mechanism),
        _ => [happened],
    };
}
