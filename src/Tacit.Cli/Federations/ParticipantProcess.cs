using System.Diagnostics;
using System.IO;
using System.Text.Json;

namespace Tacit.Cli.Federations;

/// <summary>What a participant's process is told, on its standard input: secrets are neither on its command line nor in its environment.</summary>
/// <param name="Coordinator">Where.</param>
/// <param name="JoinToken">The secret to join with.</param>
/// <param name="CertificateHash">The coordinator's certificate, or null without TLS.</param>
/// <param name="Name">What it calls itself.</param>
/// <param name="Index">Whose examples are its own, from 0.</param>
/// <param name="Participants">How many there are.</param>
/// <param name="Plan">The participant's copy of the plan.</param>
/// <param name="Folder">Its data directory.</param>
/// <param name="Loss">For trials: the probability to fall silent before each phase.</param>
internal sealed record ParticipantOrder(Uri Coordinator, string JoinToken, string? CertificateHash, string Name, int Index, int Participants, LocalPlan Plan, string Folder, double Loss)
{
    public override string ToString() => $"{Name} at {Coordinator}";
}

/// <summary>Participants as processes of their own. They end when their standard input does, so they do not outlive this process however it ends.</summary>
internal sealed class ParticipantProcesses : IDisposable
{
    public const string Verb = "up-participant", ReceiptVerified = "receipt verified ", ReceiptRefused = "receipt refused ";
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(2);

    private readonly List<Process> processes = [];
    private int verified, refused;

    /// <summary>Receipts that participants have verified, and such that they refused.</summary>
    public (int Verified, int Refused) Receipts => (Volatile.Read(ref verified), Volatile.Read(ref refused));

    public int Running => processes.Count(process => !process.HasExited);

    public void Start(ParticipantOrder order)
    {
        string program = Environment.ProcessPath ?? "dotnet";
        ProcessStartInfo start = new(program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = false, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(typeof(ParticipantProcesses).Assembly.Location);
        start.ArgumentList.Add(Verb);
        Process process = Process.Start(start)!;
        processes.Add(process);
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.BeginOutputReadLine();
        try
        {
            process.StandardInput.WriteLine(JsonSerializer.Serialize(order));
            process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // it has ended already and has said why on standard error
        }
    }

    public void Dispose()
    {
        foreach (Process process in processes) Close(process);
        long start = Stopwatch.GetTimestamp();
        foreach (Process process in processes)
        {
            TimeSpan left = patience - Stopwatch.GetElapsedTime(start);
            if (!process.WaitForExit(left > TimeSpan.Zero ? left : TimeSpan.Zero)) process.Kill(entireProcessTree: true);
            process.Dispose();
        }
    }

    /// <summary>Waits until so many receipts are in, or the time is over.</summary>
    public async Task ReceiptsAsync(int expected, TimeSpan patience, CancellationToken stopping)
    {
        long start = Stopwatch.GetTimestamp();
        while (Receipts is var (good, bad) && good + bad < expected && Stopwatch.GetElapsedTime(start) < patience) await Task.Delay(50, stopping);
    }

    // One line a receipt, with its round.
    private void Hear(string? line)
    {
        if (line?.StartsWith(ReceiptVerified, StringComparison.Ordinal) == true) Interlocked.Increment(ref verified);
        if (line?.StartsWith(ReceiptRefused, StringComparison.Ordinal) == true) Interlocked.Increment(ref refused);
    }

    private static void Close(Process process)
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // it is gone
        }
    }
}
