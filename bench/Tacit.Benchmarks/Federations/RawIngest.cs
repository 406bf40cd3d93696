using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Tacit.Benchmarks.Harness;
using Tacit.Cryptography.Rings;

namespace Tacit.Benchmarks.Federations;

/// <summary>The limit: a socket of loopback, 64 KiB received at a time and added, by one thread that does nothing else.</summary>
internal static class RawIngest
{
    /// <summary>Processor seconds of the receiving thread a gigabyte.</summary>
    public static double Measure(int bits, int length, int uploads)
    {
        ModularVector sum = new(new ResidueRing(bits), length);
        int perChunk = 64 * 1024 / bits * BitPacking.Group;
        byte[] packed = new byte[BitPacking.PackedBytes(sum.Ring, perChunk)];
        new Random(1).NextBytes(packed);
        for (long end = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 2); Stopwatch.GetTimestamp() < end;) Section.Verify(BitPacking.TryAddPacked(sum, 0, perChunk, packed), "adding");   // until it is compiled well
        int chunks = length / perChunk;
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Thread sender = new(() =>
        {
            using TcpClient client = new();
            client.Connect((IPEndPoint)listener.LocalEndpoint);
            for (int i = 0; i < uploads * chunks; i++) client.Client.Send(packed);
        });
        sender.Start();
        using Socket receiver = listener.AcceptSocket();
        byte[] buffer = new byte[packed.Length];
        double start = CpuClock.Seconds;
        for (int i = 0; i < uploads * chunks; i++)
        {
            for (int held = 0; held < buffer.Length;) held += receiver.Receive(buffer, held, buffer.Length - held, SocketFlags.None);
            Section.Verify(BitPacking.TryAddPacked(sum, i % chunks * perChunk, perChunk, buffer), "adding");
        }

        double seconds = CpuClock.Seconds - start;
        sender.Join();
        return seconds / ((double)uploads * chunks * packed.Length / 1e9);
    }
}
