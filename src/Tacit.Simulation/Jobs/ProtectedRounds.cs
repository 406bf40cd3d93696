using System.Collections.Immutable;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Rings;
using Tacit.Federation.Jobs;
using Tacit.Learning.Jobs;
using Tacit.Protocols;
using Tacit.Simulation.Networks;
using Tacit.Simulation.Receipts;
using Tacit.Simulation.Rounds;

namespace Tacit.Simulation.Jobs;

/// <summary>The rounds of a job over the real protocol: keys, terms and the simulated network.</summary>
internal sealed class ProtectedRounds(ProtectionPlan protection, ulong seed, IParallelLoop loop)
{
    private readonly SimulatedIdentities identities = new(seed);

    /// <summary>Told of every round that ends with a sum; null without receipts.</summary>
    public ReceiptBook? Receipts { get; init; }

    /// <summary>Added to a request's number, so that no two rounds of a job have the same.</summary>
    public int NumbersBefore { get; init; }

    /// <summary>Runs the protocol on contributions that are already encoded; they belong to it from now on.</summary>
    public RoundRun Run(AggregationRequest request, ContributionPlan contribution, ImmutableArray<ModularVector> contributions, int minimumCohort, IAggregationProtocol? protocol = null)
    {
        RoundSetup setup = RoundSetup.Create(
            new RoundSetupOptions
            {
                Protection = PlanTerms.ProtectionOf(protection),
                Instance = protocol,
                Seed = seed,
                Round = request.Round + NumbersBefore,
                ModelHash = request.ModelHash,
                PlanHash = [.. contribution.Hash()],
                MinimumCohort = Math.Min(minimumCohort, contributions.Length),
                Loop = loop,
                Identities = identities,
            },
            contributions);
        contribution.ThrowUnlessFits(setup.Terms);
        RoundRun run = new RoundSimulation(setup.Protocol, setup.Terms, setup.Inputs)
        {
            Seed = seed + (ulong)(request.Round + NumbersBefore),
            Faults = new FaultPlan { Crashes = request.Crashes },
            Loop = loop,
            PhaseEntered = request.PhaseEntered,
        }.Run();
        if (run.Outcome is RoundOutcome.Completed completed) Receipts?.Opened(setup.Terms, request.Names, completed);
        return run;
    }
}
