using System.Runtime.InteropServices;

namespace Tacit.Benchmarks.Peers;

/// <summary>OpenBLAS on one thread, found at run time.</summary>
internal static unsafe class OpenBlas
{
    private const int RowMajor = 101;
    private const int NoTranspose = 111;

    private static readonly IntPtr library = Load();

    public static bool IsPresent => library != IntPtr.Zero;

    public static string? Version => IsPresent && NativeLibrary.TryGetExport(library, "openblas_get_config", out IntPtr config)
        ? Marshal.PtrToStringUTF8(((delegate* unmanaged<IntPtr>)config)())
        : null;

    /// <summary>C = A·B, row-major.</summary>
    public static void Multiply(int m, int n, int k, float[] a, float[] b, float[] c)
    {
        var sgemm = (delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)NativeLibrary.GetExport(library, "cblas_sgemm");
        fixed (float* x = a, y = b, z = c) sgemm(RowMajor, NoTranspose, NoTranspose, m, n, k, 1, x, k, y, n, 0, z, n);
    }

    private static IntPtr Load()
    {
        foreach (string name in new[] { "libopenblas.so.0", "libopenblas.so", "libopenblas.dylib", "libopenblas.dll" })
        {
            if (!NativeLibrary.TryLoad(name, out IntPtr handle)) continue;
            ((delegate* unmanaged<int, void>)NativeLibrary.GetExport(handle, "openblas_set_num_threads"))(1);
            return handle;
        }

        return IntPtr.Zero;
    }
}
