using System.Threading;
using Tacit.Aggregation.Pipeline;

namespace Tacit.Simulation.Jobs;

/// <summary>What only a simulation can know: everybody's updates in the clear, to measure what clipping and noise did to their mean.</summary>
internal sealed class PlainSums(int dimension, int participants)
{
    private readonly float[]?[] sums = new float[]?[participants];
    private readonly int[] shards = new int[participants];
    private int clipped;
    private int encoded;
    private int tries;

    /// <summary>Participants may be added at the same time, each by one thread.</summary>
    public void Add(int participant, ReadOnlySpan<float> update, EncodingTrace trace)
    {
        float[] sum = sums[participant] ??= new float[dimension];
        for (int i = 0; i < sum.Length; i++) sum[i] += update[i];
        shards[participant]++;
        Interlocked.Increment(ref encoded);
        Interlocked.Add(ref tries, trace.Tries);
        if (trace.Clipped) Interlocked.Increment(ref clipped);
    }

    /// <summary>Norms of (true mean of the unclipped updates − decoded mean).</summary>
    public SimulatedErrors Compare(IEnumerable<int> included, ReadOnlySpan<float> decoded)
    {
        double[] mean = new double[dimension];
        int count = 0;
        foreach (int participant in included)
        {
            if (sums[participant] is not { } sum) continue;
            for (int i = 0; i < mean.Length; i++) mean[i] += sum[i];
            count += shards[participant];
        }

        double one = 0, two = 0, most = 0;
        for (int i = 0; i < mean.Length; i++)
        {
            double error = Math.Abs((mean[i] / Math.Max(1, count)) - decoded[i]);
            one += error;
            two += error * error;
            most = Math.Max(most, error);
        }

        return new SimulatedErrors(one, Math.Sqrt(two), most, encoded == 0 ? 0 : (double)clipped / encoded, encoded == 0 ? 0 : (double)tries / encoded);
    }
}
