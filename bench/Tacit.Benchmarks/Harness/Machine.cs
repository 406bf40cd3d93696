using System.IO;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tacit.Benchmarks.Peers;

namespace Tacit.Benchmarks.Harness;

/// <summary>What the figures were measured on. No host or user name.</summary>
internal sealed record Machine(
    string Processor, int Cores, double MemoryGiB, string OperatingSystem, string Runtime, string Architecture, string Vectors, string Clock, string OpenSsl, string OpenBlas)
{
    public static Machine Describe() => new(
        ProcessorName(),
        Environment.ProcessorCount,
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30), 1),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        RuntimeInformation.ProcessArchitecture.ToString(),
        VectorUnits(),
        CpuClock.Name,
        LibCrypto.Version ?? "not found",
        Peers.OpenBlas.Version ?? "not found");

    private static string ProcessorName()
    {
        if (!File.Exists("/proc/cpuinfo")) return "unknown";
        string[] lines = File.ReadAllLines("/proc/cpuinfo");
        string Field(string name) => lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':')[^1].Trim() ?? "?";
        return $"{Field("model name")}, family {Field("cpu family")}, model {Field("model\t")}";
    }

    private static string VectorUnits()
    {
        string width = Vector512.IsHardwareAccelerated ? "512" : Vector256.IsHardwareAccelerated ? "256" : "128";
        return $"{width} bits, AES {(Aes.IsSupported ? "yes" : "no")}, AVX512-VBMI {(Avx512Vbmi.IsSupported ? "yes" : "no")}";
    }
}
