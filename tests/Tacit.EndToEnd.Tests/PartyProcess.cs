using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.EndToEnd.Tests.Storage;
using Tacit.Learning.Clustering;
using Tacit.Protocols;
using Tacit.Simulation.Clustering;

namespace Tacit.EndToEnd.Tests;

/// <summary>One party of a private k-means job as a process of its own: envelopes over loopback TCP, each after its length in 4 bytes.</summary>
internal static class PartyProcess
{
    public const string Verb = "party";
    public const string Job = "three processes";

    public static ClusteringParams Parameters { get; } = ClusteringParams.FastLloyd with { Clusters = 5, DataSize = 1000, GivenIterations = 4, Seed = 3 };

    /// <summary>The server's noise: seeded here alone, so that two runs can be compared.</summary>
    public static IRandomSource Noise => new PublicCoins(Seed(200));

    // The test's assembly is started as a program for its parties.
    private static int Main(string[] arguments)
    {
        switch (arguments)
        {
            case [Verb, "server"]:
                RunServer();
                return 0;
            case [Verb, "client", string index, string port]:
                double[] centres = RunClient(int.Parse(index, CultureInfo.InvariantCulture), int.Parse(port, CultureInfo.InvariantCulture));
                Console.WriteLine(Text(centres));
                return 0;
            case [StorageChild.Verb, .. string[] rest]:
                return StorageChild.RunAsync(rest).GetAwaiter().GetResult();
            default:
                Console.Error.WriteLine($"usage: {Verb} server | {Verb} client INDEX PORT");
                return 2;
        }
    }

    public static string Text(double[] centres) => string.Join(' ', centres.Select(x => BitConverter.DoubleToInt64Bits(x).ToString("x16", CultureInfo.InvariantCulture)));

    /// <summary>A client's points; no other party has them.</summary>
    public static float[] Values(int index)
    {
        PublicCoins coins = new(Seed((byte)index));
        return [.. Enumerable.Range(0, 1000).Select(i => (float)(0.35 * (i / 2 % 5) - 0.7 + 0.2 * coins.NextDouble()))];
    }

    private static byte[] Seed(byte value) => [.. Enumerable.Repeat(value, 32)];

    private static void RunServer()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Console.WriteLine(((IPEndPoint)listener.LocalEndpoint).Port);
        var schedule = ClusteringSchedule.From(Parameters);
        RoundNoise noise = new(schedule, Noise);
        using BlockingCollection<(Envelope Message, Stream Link)> inbox = [];
        List<TcpClient> clients = [];
        for (int i = 0; i < Parameters.Clients; i++)
        {
            TcpClient client = listener.AcceptTcpClient();
            clients.Add(client);
            _ = Task.Run(() => Pump(client.GetStream(), inbox));
        }

        Dictionary<PartyId, Stream> links = [];
        for (int t = 0; t < schedule.Rounds; t++)
        {
            using IRoundMachine machine = PartyRounds.ForServer(Parameters, noise, t).CreateCoordinator(PartyRounds.Terms(Parameters, t, Job), SequentialLoop.Instance);
            RoundStep step = machine.Start(DateTimeOffset.UtcNow);
            while (step.Outcome is null)
            {
                if (!inbox.TryTake(out (Envelope Message, Stream Link) next, TimeSpan.FromSeconds(60))) throw new TimeoutException("No client sends anything.");
                links[next.Message.From] = next.Link;
                step = machine.Receive(next.Message, DateTimeOffset.UtcNow);
                foreach (Envelope message in step.Outbound) Send(links[message.To], message);
            }

            if (step.Outcome is not RoundOutcome.Completed { Sum: null }) throw new InvalidOperationException($"Round {t}: {step.Outcome}");
        }

        foreach (TcpClient client in clients) client.Dispose();
    }

    private static void Pump(NetworkStream link, BlockingCollection<(Envelope, Stream)> inbox)
    {
        while (TryReceive(link, out Envelope? message)) inbox.Add((message!, link));
    }

    private static double[] RunClient(int index, int port)
    {
        using TcpClient connection = new();
        connection.Connect(IPAddress.Loopback, port);
        NetworkStream link = connection.GetStream();
        UnmaskedClient client = new(index, Values(index), Parameters);
        for (int t = 0; t < client.Schedule.Rounds; t++)
        {
            ParticipantInputs inputs = new() { Self = new PartyId(index + 1), Vector = PartyRounds.Join(client.Step()), Random = SystemRandomSource.Instance };
            using IRoundMachine machine = PartyRounds.ForClients(Parameters).CreateParticipant(PartyRounds.Terms(Parameters, t, Job), inputs);
            RoundStep step = machine.Start(DateTimeOffset.UtcNow);
            while (step.Outcome is null)
            {
                foreach (Envelope message in step.Outbound) Send(link, message);
                if (!TryReceive(link, out Envelope? answer)) throw new InvalidOperationException("The server closed the connection.");
                step = machine.Receive(answer!, DateTimeOffset.UtcNow);
            }

            if (step.Outcome is not RoundOutcome.Completed { Sum: { } sum }) throw new InvalidOperationException($"Round {t}: {step.Outcome}");
            (var sums, var counts) = PartyRounds.Split(Parameters, sum);
            client.Update(sums, counts);
        }

        return client.Centres;
    }

    private static void Send(Stream link, Envelope message)
    {
        byte[] bytes = EnvelopeCodec.Encode(message), length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        link.Write(length);
        link.Write(bytes);
    }

    private static bool TryReceive(Stream link, out Envelope? message)
    {
        message = null;
        byte[] length = new byte[4];
        if (link.ReadAtLeast(length, 4, throwOnEndOfStream: false) < 4) return false;
        int bytes = BinaryPrimitives.ReadInt32LittleEndian(length);
        if (bytes < 0 || bytes > EnvelopeCodec.LimitBytes) return false;
        byte[] envelope = new byte[bytes];
        link.ReadExactly(envelope);
        return EnvelopeCodec.TryDecode(envelope, out message, out _);
    }
}
