using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Learning.Clustering;
using Tacit.Protocols.SharedMask;
using Tacit.Simulation.Clustering;
using Xunit;

namespace Tacit.Tests.Simulation.Clustering;

public sealed class PartyTests
{
    public static TheoryData<ClusteringPrivacy, RadiusMethod, CentrePost> Variants => new()
    {
        { ClusteringPrivacy.None, RadiusMethod.None, CentrePost.None },
        { ClusteringPrivacy.None, RadiusMethod.DiagonalThenFrac, CentrePost.Fold },
        { ClusteringPrivacy.Laplace, RadiusMethod.None, CentrePost.None },
        { ClusteringPrivacy.Laplace, RadiusMethod.FracStay, CentrePost.Truncate },
        { ClusteringPrivacy.GaussianAnalytic, RadiusMethod.None, CentrePost.None },
        { ClusteringPrivacy.GaussianAnalytic, RadiusMethod.DiagonalThenFrac, CentrePost.Fold },
        { ClusteringPrivacy.DiscreteGaussian, RadiusMethod.FracStay, CentrePost.Fold },
    };

    // The loop as the source's documentation shows it.
    [Fact]
    public void The_parties_cluster()
    {
        ClusteringParams parameters = ClusteringParamsReader.Read(
        [
            new("dp", "gaussiananalytic"), new("eps", "1"), new("num_clients", "2"), new("k", "5"), new("dim", "2"), new("iters", "6"), new("seed", "1337"),
            new("data_size", "1000"), new("alpha", "0.8"), new("method", "diagonal_then_frac"), new("post", "fold"),
        ]);
        float[][] values = Parties.Values(parameters, 1);

        SharedMaskKeys[] keys = LocalMaskKeys.Agree(parameters.Clients, SystemRandomSource.Instance);
        Server server = new(parameters, SystemRandomSource.Instance);
        MaskedClient[] clients = [new(0, values[0], parameters, keys[0]), new(1, values[1], parameters, keys[1])];
        for (int t = 0; t < parameters.Iterations; t++)
        {
            ClusterUpload[] uploads = [.. clients.Select(client => client.Step())];
            (ModularVector sums, ModularVector counts) = server.Step([.. uploads.Select(u => u.Sums)], [.. uploads.Select(u => u.Counts)]);
            foreach (MaskedClient client in clients) client.Update(sums, counts);
        }

        Assert.Equal(clients[0].Centres, clients[1].Centres);
        Assert.All(clients[0].Centres, x => Assert.InRange(x, -1, 1));
        Assert.All(clients, client => Assert.Equal(6, client.Round));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Masked_clients_end_where_unmasked_ones_do_bit_for_bit(ClusteringPrivacy privacy, RadiusMethod method, CentrePost post)
    {
        for (ulong seed = 0; seed < 12; seed++)
        {
            ClusteringParams job = Variant(privacy, method, post) with { Seed = seed, Clients = 1 + (int)(seed % 5), DataSize = 600 };
            float[][] values = Parties.Values(job, seed);

            Assert.Equal(Parties.Unmasked(job, values, new SeededRandomSource(seed, "noise")), Parties.Masked(job, values, new SeededRandomSource(seed, "noise"), seed));
        }
    }

    // Written from the formulas, without any of the parties: double precision where they have integers, one pool of points.
    [Theory]
    [MemberData(nameof(Variants))]
    public void The_parties_equal_a_centralised_private_k_means_with_the_same_noise(ClusteringPrivacy privacy, RadiusMethod method, CentrePost post)
    {
        for (ulong seed = 0; seed < 6; seed++)
        {
            ClusteringParams job = Variant(privacy, method, post) with { Seed = seed, Clients = 3, DataSize = 900, Sparse = seed % 2 == 0 ? SparseCentres.Shrink : SparseCentres.Stay };
            float[][] values = Parties.Values(job, seed);

            double[] parties = Parties.Unmasked(job, values, new SeededRandomSource(seed, "noise"));
            double[] central = Centralised.Run(job, [.. values.SelectMany(v => v)], new SeededRandomSource(seed, "noise"));

            for (int i = 0; i < central.Length; i++) Assert.Equal(central[i], parties[i], 1e-3);
        }
    }

    [Fact]
    public void Without_privacy_many_clients_cluster_as_one_does()
    {
        ClusteringParams one = new() { Clusters = 5, Clients = 1, DataSize = 1000, Method = RadiusMethod.DiagonalThenFrac, Post = CentrePost.Fold };
        float[][] all = Parties.Values(one, 9);
        float[][] split = [.. Enumerable.Range(0, 10).Select(i => all[0].AsSpan(i * 200, 200).ToArray())];

        Assert.Equal(Parties.Unmasked(one, all, SystemRandomSource.Instance), Parties.Masked(one with { Clients = 10 }, split, SystemRandomSource.Instance, 5));
    }

    [Fact]
    public void The_last_round_is_noised_too()
    {
        ClusteringParams job = Parties.FastLloyd with { GivenIterations = 1 };
        float[][] values = Parties.Values(job, 1);

        Assert.NotEqual(Parties.Unmasked(job, values, new SeededRandomSource(1)), Parties.Unmasked(job, values, new SeededRandomSource(2)));
    }

    [Fact]
    public void Unassigned_points_are_counted_at_the_client_alone()
    {
        ClusteringParams job = Parties.FastLloyd with { LargestRadius = 0.05 };
        float[][] values = Parties.Values(job, 1);
        UnmaskedClient client = new(0, values[0], job);

        ClusterUpload upload = client.Step();

        long assigned = Enumerable.Range(0, 5).Sum(j => ClusteringSchedule.Ring.Centre(upload.Counts[j]) >> client.Schedule.CountBits);
        Assert.Equal(500, assigned + upload.Unassigned);
        Assert.InRange(upload.Unassigned, 1, 500);
    }

    [Fact]
    public void Misuse_is_refused_with_a_name()
    {
        ClusteringParams job = Parties.FastLloyd;
        float[][] values = Parties.Values(job, 1);
        SharedMaskKeys[] keys = LocalMaskKeys.Agree(2, new SeededRandomSource(1)), three = LocalMaskKeys.Agree(3, new SeededRandomSource(1));
        Server server = new(job, new SeededRandomSource(1));
        UnmaskedClient client = new(0, values[0], job);

        AssertRefused(FailureCodes.ShapeMismatch, () => _ = new UnmaskedClient(0, new float[3], job));
        AssertRefused(FailureCodes.ShapeMismatch, () => _ = new MaskedClient(0, new float[4000], job, keys[0]));
        AssertRefused(FailureCodes.ValueNotFinite, () => _ = new MaskedClient(0, [0, float.NaN], job, keys[0]));
        AssertRefused(FailureCodes.ValueNotFinite, () => _ = new MaskedClient(0, [0, float.PositiveInfinity], job, keys[0]));
        AssertRefused(FailureCodes.UnknownParty, () => _ = new UnmaskedClient(2, values[0], job));
        AssertRefused(FailureCodes.UnknownParty, () => _ = new MaskedClient(0, values[0], job, keys[1]));
        AssertRefused(FailureCodes.UnknownParty, () => _ = new MaskedClient(0, values[0], job, three[0]));
        ClusterUpload upload = client.Step();
        Assert.Throws<InvalidOperationException>(() => client.Step());
        AssertRefused(FailureCodes.CohortBelowThreshold, () => server.Step([upload.Sums], [upload.Counts]));
        AssertRefused(FailureCodes.VectorDimensionMismatch, () => server.Step([upload.Sums, upload.Counts], [upload.Counts, upload.Counts]));
        for (int t = 0; t < job.Iterations; t++) server.Step([upload.Sums, upload.Sums], [upload.Counts, upload.Counts]);
        Assert.Throws<InvalidOperationException>(() => server.Step([upload.Sums, upload.Sums], [upload.Counts, upload.Counts]));
        client.Update(upload.Sums, upload.Counts);
        Assert.Throws<InvalidOperationException>(() => client.Update(upload.Sums, upload.Counts));
    }

    private static ClusteringParams Variant(ClusteringPrivacy privacy, RadiusMethod method, CentrePost post) =>
        Parties.FastLloyd with { Privacy = privacy, Method = method, Post = post, Epsilon = privacy == ClusteringPrivacy.None ? 0 : 2 };

    private static void AssertRefused(FailureCode code, Action action) => Assert.Equal(code, Assert.Throws<FailureException>(action).Code);

    private static class Centralised
    {
        public static double[] Run(ClusteringParams job, float[] points, IRandomSource random)
        {
            ClusteringSchedule schedule = ClusteringSchedule.From(job);
            int d = job.Dimension, k = job.Clusters;
            double one = schedule.Grid.One;
            double[] mu = [.. schedule.FirstCentres.Select(x => x / one)];
            double[] x = [.. points.Select(p => Math.Round(Math.Clamp(p, -1, 1) * one) / one)];
            RoundNoise noise = new(schedule, random);
            for (int t = 0; t < schedule.Rounds; t++)
            {
                double[] sums = new double[k * d], counts = new double[k];
                for (int i = 0; i < x.Length; i += d) Assign(x.AsSpan(i, d), mu, schedule[t].Radius, sums, counts);
                ModularVector sumNoise = new(ClusteringSchedule.Ring, k * d), countNoise = new(ClusteringSchedule.Ring, k);
                noise.AddTo(t, sumNoise, countNoise);
                for (int i = 0; i < sums.Length; i++) sums[i] += ClusteringSchedule.Ring.Centre(sumNoise[i]) / one;
                for (int j = 0; j < k; j++) counts[j] += ClusteringSchedule.Ring.Centre(countNoise[j]) / (double)(1 << schedule.CountBits);
                Move(job, schedule, t, mu, sums, counts);
            }

            return mu;
        }

        private static void Assign(ReadOnlySpan<double> x, double[] mu, double? radius, double[] sums, double[] counts)
        {
            int d = x.Length, best = 0;
            double least = double.PositiveInfinity;
            for (int j = 0; j < counts.Length; j++)
            {
                double distance = 0;
                for (int c = 0; c < d; c++) distance += Math.Pow(x[c] - mu[j * d + c], 2);
                if (distance < least) (least, best) = (distance, j);
            }

            if (radius is { } eta && least > eta * eta) return;
            counts[best]++;
            for (int c = 0; c < d; c++) sums[best * d + c] += radius is null ? x[c] : x[c] - mu[best * d + c];
        }

        private static void Move(ClusteringParams job, ClusteringSchedule schedule, int t, double[] mu, double[] sums, double[] counts)
        {
            int d = job.Dimension;
            for (int j = 0; j < counts.Length; j++)
            {
                double least = schedule.LeastCount(t);
                bool stays = job.Sparse == SparseCentres.Stay || job.Method == RadiusMethod.None || job.Privacy == ClusteringPrivacy.None;
                if (counts[j] < least && stays) continue;
                counts[j] = Math.Max(least, counts[j]);
                double[] move = [.. Enumerable.Range(0, d).Select(c => sums[j * d + c] / counts[j] - (job.Method == RadiusMethod.None ? mu[j * d + c] : 0))];
                double length = Math.Sqrt(move.Sum(m => m * m)), limit = schedule[t].Radius ?? double.PositiveInfinity;
                for (int c = 0; c < d; c++)
                {
                    double to = mu[j * d + c] + move[c] * Math.Min(1, limit / length);
                    mu[j * d + c] = job.Post switch { CentrePost.Fold => DomainFolding.Fold(to), CentrePost.Truncate => Math.Clamp(to, -1, 1), _ => to };
                }
            }
        }
    }
}
