using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Parallelism;
using Tacit.Protocols.SecAgg;

namespace Tacit.Protocols.SecAggPlus;

/// <summary>Secure aggregation on a random k-regular graph (Bell et al., CCS 2020): each participant deals with O(log n) others.</summary>
/// <remarks>
/// Runs the phases of <see cref="SecAggProtocol"/> with neighbours in place of everybody; the graph is drawn from joint randomness.
/// docs/protocols/secagg-plus.md has the threat model, the messages and their sizes. Thread-safe: it has no state.
/// </remarks>
public sealed class SecAggPlusProtocol : IAggregationProtocol
{
    /// <summary>The name in terms and plans.</summary>
    public const string ProtocolName = "secagg-plus";

    /// <inheritdoc/>
    public string Name => ProtocolName;

    /// <inheritdoc/>
    public void Validate(RoundTerms terms)
    {
        terms.Validate();
        if (terms.Protocol != Name) throw new FailureException(FailureCodes.InvalidValue, $"the terms name the protocol {terms.Protocol}, not {Name}");

        SecAggThresholds.ThrowUnlessSensible(terms);
        int n = terms.Cohort.Length, k = terms.Protection.Neighbours;
        if (k < 1 || k > Math.Max(1, n - 1) || (k < n - 1 && k % 2 != 0))
        {
            throw new FailureException(FailureCodes.InvalidValue, $"neighbours is {k}; it must be even and below {n}, or {n - 1} for the complete graph");
        }

        SecAggThresholds.ThrowUnlessIdentified(terms);
        if (terms.HasGraph()) ThrowUnlessFound(terms, n, k);
        else SecAggThresholds.ThrowUnlessAllowed(terms.Protection, n);
    }

    /// <inheritdoc/>
    public IRoundMachine CreateParticipant(RoundTerms terms, ParticipantInputs inputs)
    {
        Validate(terms);
        return SecAggMachines.Participant(terms, inputs);
    }

    /// <inheritdoc/>
    public IRoundMachine CreateCoordinator(RoundTerms terms, IParallelLoop loop)
    {
        Validate(terms);
        return SecAggMachines.Coordinator(terms, loop);
    }

    private static void ThrowUnlessFound(RoundTerms terms, int n, int k)
    {
        ProtectionTerms protection = terms.Protection;
        GraphRequirements requirements = GraphRequirements.For(n, (double)protection.MaximumCorrupt / n, (double)protection.MaximumDropouts / n, protection.Mode) with { Sigma = protection.Sigma };
        if (!ParameterFinder.TryThreshold(requirements, k, out GraphParameters? found))
        {
            throw new FailureException(
                FailureCodes.ParametersInfeasible,
                $"neighbours is {k}; with n = {n}, {protection.MaximumCorrupt} corrupt and {protection.MaximumDropouts} dropped no threshold keeps 2^-{protection.Sigma} security and 2^-30 failure: use more neighbours (tacit parameters secagg-plus)");
        }

        if (protection.Threshold < found!.Threshold || protection.Threshold > k)
        {
            throw new FailureException(
                FailureCodes.ThresholdNotAllowed,
                $"threshold is {protection.Threshold}; with n = {n}, k = {k}, {protection.MaximumCorrupt} corrupt and {protection.MaximumDropouts} dropped it must be in [{found.Threshold}, {k}]");
        }
    }
}
