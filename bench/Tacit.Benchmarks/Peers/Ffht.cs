using System.Runtime.InteropServices;

namespace Tacit.Benchmarks.Peers;

/// <summary>FFHT, if a shared library of it is where the loader looks: built from its own sources with <c>-O3 -march=native -shared -fPIC fht.c</c>.</summary>
internal static unsafe class Ffht
{
    private static readonly delegate* unmanaged[Cdecl]<float*, int, int> transform = Load();

    public static bool IsFound => transform is not null;

    /// <summary>Transforms 2ⁿ floats in place.</summary>
    public static void Transform(float* values, int logLength) => transform(values, logLength);

    private static delegate* unmanaged[Cdecl]<float*, int, int> Load()
    {
        foreach (string name in new[] { "libffht.so", "ffht" })
        {
            if (NativeLibrary.TryLoad(name, out nint library) && NativeLibrary.TryGetExport(library, "fht_float", out nint address)) return (delegate* unmanaged[Cdecl]<float*, int, int>)address;
        }

        return null;
    }
}
