using System.Runtime.InteropServices;

namespace Tacit.Benchmarks.Peers;

/// <summary>The parts of OpenSSL's libcrypto that the product is measured against, found at run time.</summary>
internal static unsafe class LibCrypto
{
    private const int NidP256 = 415;

    private static readonly IntPtr library = Load();

    public static bool IsPresent => library != IntPtr.Zero;

    public static string? Version => IsPresent
        ? Marshal.PtrToStringUTF8(((delegate* unmanaged<int, IntPtr>)Symbol("OpenSSL_version"))(0))
        : null;

    private static IntPtr Load()
    {
        foreach (string name in new[] { "libcrypto.so.3", "libcrypto.3.dylib", "libcrypto-3-x64.dll", "libcrypto.so.1.1" })
        {
            if (NativeLibrary.TryLoad(name, out IntPtr handle)) return handle;
        }

        return IntPtr.Zero;
    }

    private static IntPtr Symbol(string name) => NativeLibrary.GetExport(library, name);

    /// <summary>AES-128 in counter mode from a zero counter block: encrypting zeros gives the keystream.</summary>
    public sealed class Aes128Ctr : IDisposable
    {
        private readonly IntPtr context = ((delegate* unmanaged<IntPtr>)Symbol("EVP_CIPHER_CTX_new"))();
        private readonly delegate* unmanaged<IntPtr, byte*, int*, byte*, int, int> update =
            (delegate* unmanaged<IntPtr, byte*, int*, byte*, int, int>)Symbol("EVP_EncryptUpdate");

        public Aes128Ctr(ReadOnlySpan<byte> key)
        {
            var cipher = ((delegate* unmanaged<IntPtr>)Symbol("EVP_aes_128_ctr"))();
            var init = (delegate* unmanaged<IntPtr, IntPtr, IntPtr, byte*, byte*, int>)Symbol("EVP_EncryptInit_ex");
            Span<byte> counter = stackalloc byte[16];
            counter.Clear();
            fixed (byte* k = key, c = counter)
            {
                if (init(context, cipher, IntPtr.Zero, k, c) != 1) throw new InvalidOperationException("EVP_EncryptInit_ex failed.");
            }
        }

        /// <summary>Encrypts the next bytes of the stream.</summary>
        public void Update(ReadOnlySpan<byte> input, Span<byte> output)
        {
            int written;
            fixed (byte* i = input, o = output)
            {
                if (update(context, o, &written, i, input.Length) != 1) throw new InvalidOperationException("EVP_EncryptUpdate failed.");
            }
        }

        public void Dispose() => ((delegate* unmanaged<IntPtr, void>)Symbol("EVP_CIPHER_CTX_free"))(context);
    }

    /// <summary>A P-256 key pair.</summary>
    public sealed class P256Key : IDisposable
    {
        private readonly IntPtr key = ((delegate* unmanaged<int, IntPtr>)Symbol("EC_KEY_new_by_curve_name"))(NidP256);
        private readonly delegate* unmanaged<byte*, nuint, IntPtr, IntPtr, IntPtr, int> compute =
            (delegate* unmanaged<byte*, nuint, IntPtr, IntPtr, IntPtr, int>)Symbol("ECDH_compute_key");

        public void Generate()
        {
            if (((delegate* unmanaged<IntPtr, int>)Symbol("EC_KEY_generate_key"))(key) != 1) throw new InvalidOperationException("EC_KEY_generate_key failed.");
        }

        public void Agree(P256Key peer, Span<byte> secret)
        {
            IntPtr point = ((delegate* unmanaged<IntPtr, IntPtr>)Symbol("EC_KEY_get0_public_key"))(peer.key);
            fixed (byte* s = secret)
            {
                if (compute(s, (nuint)secret.Length, point, key, IntPtr.Zero) != secret.Length) throw new InvalidOperationException("ECDH_compute_key failed.");
            }
        }

        public void Dispose() => ((delegate* unmanaged<IntPtr, void>)Symbol("EC_KEY_free"))(key);
    }
}
