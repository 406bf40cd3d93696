using System.IO;
using System.Runtime.InteropServices;
using Tacit.Aggregation.Failures;

namespace Tacit.Coordination.Jobs;

/// <summary>All that a job needs to go on after a round: the model and whatever else rounds change.</summary>
/// <param name="Round">The last round of training that gave a model; 0 for none.</param>
/// <param name="Model">d parameters to train from.</param>
/// <param name="Released">d parameters as released: the model, or the mean of the last ones.</param>
/// <param name="Server">The server optimiser's state.</param>
/// <param name="Averaged">Models in <paramref name="Average"/>.</param>
/// <param name="Average">The sum of the last models, or empty.</param>
/// <param name="Means">The features' means, or empty.</param>
/// <param name="Squares">The features' mean squares, or empty.</param>
internal sealed record JobCheckpoint(int Round, float[] Model, float[] Released, float[] Server, int Averaged, double[] Average, double[] Means, double[] Squares)
{
    private static ReadOnlySpan<byte> Magic => "tacit-job-1\n"u8;

    public byte[] Write()
    {
        float[] released = ReferenceEquals(Released, Model) ? [] : Released;
        int floats = Model.Length + released.Length + Server.Length, doubles = Average.Length + Means.Length + Squares.Length;
        byte[] bytes = GC.AllocateUninitializedArray<byte>(Magic.Length + (8 * sizeof(int)) + (sizeof(float) * floats) + (sizeof(double) * doubles));   // a model may be large: no second copy
        Magic.CopyTo(bytes);
        Span<byte> rest = bytes.AsSpan(Magic.Length);
        Put(ref rest, Round);
        Put(ref rest, Averaged);
        Put<float>(ref rest, Model);
        Put<float>(ref rest, released);
        Put<float>(ref rest, Server);
        Put<double>(ref rest, Average);
        Put<double>(ref rest, Means);
        Put<double>(ref rest, Squares);
        return bytes;
    }

    public static JobCheckpoint Read(string job, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            ReadOnlySpan<byte> rest = bytes.Span;
            if (!rest.StartsWith(Magic)) throw new InvalidDataException("it is not a checkpoint of this version");
            rest = rest[Magic.Length..];
            int round = Number(ref rest), averaged = Number(ref rest);
            float[] model = Take<float>(ref rest), released = Take<float>(ref rest), server = Take<float>(ref rest);
            double[] average = Take<double>(ref rest), means = Take<double>(ref rest), squares = Take<double>(ref rest);
            if (rest.Length > 0) throw new InvalidDataException($"{rest.Length} bytes are left over");
            return new JobCheckpoint(round, model, released.Length == 0 ? model : released, server, averaged, average, means, squares);
        }
        catch (Exception problem) when (problem is InvalidDataException or ArgumentOutOfRangeException or OverflowException)
        {
            throw new FailureException(FailureCodes.StorageCorrupt, $"the checkpoint of job {job} cannot be read: {problem.Message}", problem);
        }
    }

    private static void Put(ref Span<byte> rest, int value)
    {
        MemoryMarshal.Write(rest, value);
        rest = rest[sizeof(int)..];
    }

    private static void Put<TValue>(ref Span<byte> rest, ReadOnlySpan<TValue> values) where TValue : unmanaged
    {
        Put(ref rest, values.Length);
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values);
        bytes.CopyTo(rest);
        rest = rest[bytes.Length..];
    }

    private static int Number(ref ReadOnlySpan<byte> rest)
    {
        int value = MemoryMarshal.Read<int>(rest);
        rest = rest[sizeof(int)..];
        return value;
    }

    private static TValue[] Take<TValue>(ref ReadOnlySpan<byte> rest) where TValue : unmanaged
    {
        int bytes = checked(Number(ref rest) * Marshal.SizeOf<TValue>());
        TValue[] values = MemoryMarshal.Cast<byte, TValue>(rest[..bytes]).ToArray();
        rest = rest[bytes..];
        return values;
    }
}
