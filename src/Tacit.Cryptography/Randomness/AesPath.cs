using ArmAes = System.Runtime.Intrinsics.Arm.Aes;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace Tacit.Cryptography.Randomness;

/// <summary>The instruction set that runs AES; every path gives the same bytes.</summary>
public enum AesPath
{
    /// <summary>The platform's AES through the base class library, on buffers of counters.</summary>
    Portable,

    /// <summary>x86 AES-NI, one block an instruction, eight blocks in flight.</summary>
    AesNi,

    /// <summary>Arm's AES instructions, eight blocks in flight.</summary>
    Arm,

    /// <summary>x86 VAES, four blocks an instruction. .NET 10 does not expose it: the slot is never chosen until it does.</summary>
    Vaes,
}

/// <summary>Which paths this process can take.</summary>
public static class AesPaths
{
    /// <summary>The fastest path of this processor.</summary>
    public static AesPath Best { get; } = Supported()[^1];

    /// <summary>All paths of this processor, slowest first; never empty.</summary>
    public static IReadOnlyList<AesPath> Supported()
    {
        List<AesPath> paths = [AesPath.Portable];
        if (ArmAes.IsSupported && BitConverter.IsLittleEndian) paths.Add(AesPath.Arm);
        if (X86Aes.IsSupported) paths.Add(AesPath.AesNi);
        return paths;
    }
}
