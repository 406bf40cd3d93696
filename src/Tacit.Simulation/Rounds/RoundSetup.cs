using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Cryptography.Signatures;
using Tacit.Protocols;

namespace Tacit.Simulation.Rounds;

/// <summary>Terms and inputs of a simulated round, with keys that follow from a seed.</summary>
/// <param name="Protocol">Whose machines.</param>
/// <param name="Terms">The round.</param>
/// <param name="Inputs">One for each participant, in the order of their ids.</param>
public sealed record RoundSetup(IAggregationProtocol Protocol, RoundTerms Terms, ImmutableArray<ParticipantInputs> Inputs)
{
    /// <summary>Sets a round up for participants 1…n.</summary>
    /// <param name="options">What kind of round.</param>
    /// <param name="vectors">One input for each participant; owned by the round from now on.</param>
    public static RoundSetup Create(RoundSetupOptions options, IReadOnlyList<ModularVector> vectors)
    {
        IAggregationProtocol protocol = options.Instance ?? AggregationProtocols.Get(options.Protection.Protocol);
        ProtectionChoice choice = options.Protection with { Protocol = protocol.Name };
        bool signed = choice.Mode == ProtectionMode.Malicious && protocol.Name != Protocols.PlainSum.PlainSumProtocol.ProtocolName;
        SigningKey?[] identities = [.. Enumerable.Range(1, vectors.Count).Select(i => signed ? options.Identities.Get(i) : null)];
        RoundTerms terms = new()
        {
            Protocol = protocol.Name,
            Job = options.Job,
            Round = options.Round,
            ModelHash = options.ModelHash.IsDefault ? [.. SHA256.HashData(Encoding.UTF8.GetBytes("no model"))] : options.ModelHash,
            PlanHash = options.PlanHash.IsDefault ? [.. SHA256.HashData(Encoding.UTF8.GetBytes("no plan"))] : options.PlanHash,
            Cohort = [.. identities.Select((identity, i) => new CohortMember(new PartyId(i + 1), identity?.VerificationKey))],
            Ring = vectors[0].Ring,
            Length = vectors[0].Length,
            Protection = choice.Resolve(vectors.Count),
            MinimumCohort = options.MinimumCohort,
            PhaseTimeout = options.PhaseTimeout,
            ChunkBytes = options.ChunkBytes,
        };
        return new RoundSetup(protocol, terms, [.. vectors.Select((vector, i) => new ParticipantInputs
        {
            Self = new PartyId(i + 1),
            Vector = vector,
            Random = new SeededRandomSource(options.Seed, $"round {options.Round} participant {i + 1}"),
            Identity = identities[i],
            Loop = options.Loop,
        })]);
    }
}

/// <summary>What kind of round to set up.</summary>
public sealed record RoundSetupOptions
{
    /// <summary>Protocol, mode and parameters.</summary>
    public required ProtectionChoice Protection { get; init; }

    /// <summary>The protocol itself, if it is not one of the built-in ones; its name is the one that counts.</summary>
    public IAggregationProtocol? Instance { get; init; }

    /// <summary>All keys and shares follow from it.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The job's name.</summary>
    public string Job { get; init; } = "simulation";

    /// <summary>The round's number, from 1.</summary>
    public long Round { get; init; } = 1;

    /// <summary>SHA-256 of the model, or default.</summary>
    public ImmutableArray<byte> ModelHash { get; init; }

    /// <summary>SHA-256 of the contribution plan, or default.</summary>
    public ImmutableArray<byte> PlanHash { get; init; }

    /// <summary>The fewest inputs in a sum.</summary>
    public int MinimumCohort { get; init; } = 1;

    /// <summary>How long the coordinator waits in each phase of virtual time.</summary>
    public TimeSpan PhaseTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Bytes of packed residues in one message.</summary>
    public int ChunkBytes { get; init; } = 64 * 1024;

    /// <summary>Spreads the participants' mask expansion.</summary>
    public IParallelLoop Loop { get; init; } = SequentialLoop.Instance;

    /// <summary>Long-term keys, kept over the rounds of a job.</summary>
    public SimulatedIdentities Identities { get; init; } = new(0);
}

/// <summary>Long-term keys of simulated participants; made when first asked for.</summary>
/// <param name="seed">All keys follow from it.</param>
public sealed class SimulatedIdentities(ulong seed)
{
    private readonly Dictionary<int, SigningKey> keys = [];

    /// <summary>The key of a participant.</summary>
    /// <param name="participant">Its number, from 1.</param>
    public SigningKey Get(int participant)
    {
        if (!keys.TryGetValue(participant, out SigningKey? key))
        {
            key = SigningKey.Create(new SeededRandomSource(seed, $"identity {participant}"));
            keys.Add(participant, key);
        }

        return key;
    }
}
