namespace Tacit.Learning.Clustering;

/// <summary>What one participant's points say about k centres in one round. Personal until it is masked or noised: never sent as it is.</summary>
/// <param name="Counts">k: points that are nearest to each centre, and within the radius if there is one.</param>
/// <param name="Sums">k × d, row-major: Σ (x − μ_j) over those points, in steps of the grid; zero for a cluster without points.</param>
/// <param name="Unassigned">Points beyond the radius of every centre.</param>
public sealed record ClusterSums(long[] Counts, long[] Sums, long Unassigned);
