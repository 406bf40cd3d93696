// Two clients cluster their points together; the server adds sums and noise that it cannot read.
//   dotnet run --file samples/kmeans-parties.cs
#:property PublishAot=false
#:project ../src/Tacit.Simulation/Tacit.Simulation.csproj
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Clustering;
using Tacit.Protocols.SharedMask;
using Tacit.Simulation.Clustering;

// #region sample
ClusteringParams parameters = ClusteringParams.FastLloyd with { Epsilon = 1, Clusters = 3, Dimension = 2, DataSize = 20_000, Clients = 2 };
SharedMaskKeys[] keys = LocalMaskKeys.Agree(parameters.Clients, SystemRandomSource.Instance);
Server server = new(parameters, SystemRandomSource.Instance);
MaskedClient[] clients = [new(0, Points(1), parameters, keys[0]), new(1, Points(2), parameters, keys[1])];

for (int t = 0; t < parameters.Iterations; t++)
{
    ClusterUpload[] uploads = [.. clients.Select(client => client.Step())];
    ClusterAggregates aggregates = server.Step([.. uploads.Select(upload => upload.Sums)], [.. uploads.Select(upload => upload.Counts)]);
    foreach (MaskedClient client in clients) client.Update(aggregates.Sums, aggregates.Counts);
}

double[] centres = clients[0].Centres;
for (int j = 0; j < 3; j++) Console.WriteLine(FormattableString.Invariant($"centre {j + 1}: {centres[2 * j]:F2}, {centres[(2 * j) + 1]:F2}"));
// #endregion

return centres.SequenceEqual(clients[1].Centres) ? 0 : 1;

// Three clouds, within [-1, 1] by bounds that everybody knows.
static float[] Points(int seed)
{
    Random random = new(seed);
    (float X, float Y)[] middles = [(-0.6f, -0.5f), (0.6f, -0.4f), (0, 0.6f)];
    return [.. Enumerable.Range(0, 10_000).SelectMany(i => new[] { middles[i % 3].X + (random.NextSingle() / 5), middles[i % 3].Y + (random.NextSingle() / 5) })];
}
