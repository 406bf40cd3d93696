using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tacit.Cryptography.Randomness;

/// <summary>What happens to 16 bytes of keystream: the type parameter is resolved by the JIT, so the hot loop has no branch.</summary>
internal interface IKeystreamSink
{
    static abstract Vector128<byte> Combine(Vector128<byte> destination, Vector128<byte> keystream);
}

internal readonly struct StoreSink : IKeystreamSink
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Combine(Vector128<byte> destination, Vector128<byte> keystream) => keystream;
}

/// <summary>Adds lanes of <typeparamref name="TLane"/> modulo the lane's width; wrapping is the point.</summary>
internal readonly struct AddSink<TLane> : IKeystreamSink where TLane : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Combine(Vector128<byte> destination, Vector128<byte> keystream) =>
        Vector128.Add(destination.As<byte, TLane>(), keystream.As<byte, TLane>()).AsByte();
}

/// <summary>Subtracts lanes of <typeparamref name="TLane"/> modulo the lane's width.</summary>
internal readonly struct SubtractSink<TLane> : IKeystreamSink where TLane : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Combine(Vector128<byte> destination, Vector128<byte> keystream) =>
        Vector128.Subtract(destination.As<byte, TLane>(), keystream.As<byte, TLane>()).AsByte();
}
