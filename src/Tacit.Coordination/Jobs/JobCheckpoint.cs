using System.IO;
using System.Runtime.InteropServices;
using System.Text;
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
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream, Encoding.UTF8);
        writer.Write(Magic);
        writer.Write(Round);
        writer.Write(Averaged);
        Put<float>(writer, Model);
        Put<float>(writer, ReferenceEquals(Released, Model) ? [] : Released);
        Put<float>(writer, Server);
        Put<double>(writer, Average);
        Put<double>(writer, Means);
        Put<double>(writer, Squares);
        writer.Flush();
        return stream.ToArray();
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

    private static void Put<TValue>(BinaryWriter writer, ReadOnlySpan<TValue> values) where TValue : unmanaged
    {
        writer.Write(values.Length);
        writer.Write(MemoryMarshal.AsBytes(values));
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
