using Tacit.Cryptography.Rings;

namespace Tacit.Simulation.Clustering;

/// <summary>What a client hands to the server in one round.</summary>
/// <param name="Sums">k · d residues modulo 2⁶⁴, masked if the client masks.</param>
/// <param name="Counts">k residues modulo 2⁶⁴, masked if the client masks.</param>
/// <param name="Unassigned">Points beyond the radius of every centre. Stays at the client: it is personal, and nobody else needs it.</param>
public sealed record ClusterUpload(ModularVector Sums, ModularVector Counts, long Unassigned);

/// <summary>What the server hands back to all clients: sums over the clients and noise, still under the group's mask if the clients mask.</summary>
/// <param name="Sums">k · d residues modulo 2⁶⁴.</param>
/// <param name="Counts">k residues modulo 2⁶⁴.</param>
public sealed record ClusterAggregates(ModularVector Sums, ModularVector Counts);
