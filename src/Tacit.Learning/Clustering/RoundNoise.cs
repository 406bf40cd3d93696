using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Privacy.Sampling;

namespace Tacit.Learning.Clustering;

/// <summary>Draws a round's noise in whole steps and adds it to aggregates, masked or not. Samplers are prepared once for the whole job.</summary>
/// <remarks>
/// Sums and counts have streams of their own, derived under different labels from fresh secret bytes of the source, and each round has its own: draws are
/// independent whatever the rest of the job does. Instances are not thread-safe.
/// </remarks>
public sealed class RoundNoise
{
    private const string SumLabel = "tacit/clustering/noise-of-sums/1";
    private const string CountLabel = "tacit/clustering/noise-of-counts/1";

    private readonly ClusteringSchedule schedule;
    private readonly IRandomSource secret;
    private readonly (IIntegerSampler Sums, IIntegerSampler Counts)[] samplers;

    /// <summary>Prepares the samplers.</summary>
    /// <param name="schedule">The job.</param>
    /// <param name="secret">A production source, or nothing is private. Never the public seed.</param>
    public RoundNoise(ClusteringSchedule schedule, IRandomSource secret)
    {
        (this.schedule, this.secret) = (schedule, secret);
        samplers = schedule.Parameters.Privacy == ClusteringPrivacy.None ? [] : new (IIntegerSampler, IIntegerSampler)[schedule.Rounds];
        for (int t = 0; t < samplers.Length; t++) samplers[t] = t > 1 ? samplers[1] : (Sampler(SumSteps(t)), t > 0 ? samplers[0].Counts : Sampler(CountSteps(t)));
    }

    /// <summary>Adds a round's noise.</summary>
    /// <param name="round">t, from 0; each round once.</param>
    /// <param name="sums">k · d residues; overwritten.</param>
    /// <param name="counts">k residues; overwritten.</param>
    public void AddTo(int round, ModularVector sums, ModularVector counts) => AddTo(round, (sums, 0), (counts, 0));

    /// <summary>As <see cref="AddTo(int, ModularVector, ModularVector)"/>, where both are in one vector: sums, then counts.</summary>
    /// <param name="round">t, from 0; each round once.</param>
    /// <param name="aggregate">k · d + k residues; overwritten.</param>
    public void AddTo(int round, ModularVector aggregate) => AddTo(round, (aggregate, 0), (aggregate, schedule.FirstCentres.Count));

    private void AddTo(int round, (ModularVector Vector, int Start) sums, (ModularVector Vector, int Start) counts)
    {
        if (samplers.Length == 0) return;
        Add(samplers[round].Sums, new LabelledSource(secret, SumLabel, round), sums, schedule.FirstCentres.Count);
        Add(samplers[round].Counts, new LabelledSource(secret, CountLabel, round), counts, schedule.Parameters.Clusters);
    }

    private static void Add(IIntegerSampler sampler, LabelledSource source, (ModularVector Vector, int Start) to, int length)
    {
        int[] noise = new int[length];
        sampler.Fill(source, noise);
        SignedResidues.Add(to.Vector, to.Start, noise);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(noise.AsSpan()));
    }

    private double SumSteps(int round) => schedule[round].Scales.Sum * schedule.Grid.One;

    private double CountSteps(int round) => schedule[round].Scales.Count * (1 << schedule.CountBits);

    // A scale of Laplace noise is rounded up to a whole number of steps: never less noise, and its sampler stays in machine words.
    private IIntegerSampler Sampler(double steps) => schedule.Parameters.Privacy == ClusteringPrivacy.Laplace
        ? DiscreteLaplaceSampler.Create((long)Math.Ceiling(steps))
        : DiscreteGaussianSampler.Create(steps);

    // Fresh bytes of the source, bound to a purpose and a round.
    private sealed class LabelledSource(IRandomSource secret, string label, int round) : IRandomSource
    {
        public void Fill(Span<byte> destination)
        {
            Span<byte> fresh = stackalloc byte[32], context = stackalloc byte[4];
            secret.Fill(fresh);
            BinaryPrimitives.WriteInt32LittleEndian(context, round);
            KeyDerivation.Derive(fresh, [], label, context, destination);
            CryptographicOperations.ZeroMemory(fresh);
        }
    }
}
