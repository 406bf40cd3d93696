using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tacit.Learning.Data;

namespace Tacit.Simulation.Jobs;

/// <summary>A name for data that follows from its rows, in any order and however they are split.</summary>
internal static class DataIdentity
{
    /// <summary>The sum modulo 2²⁵⁶ of the rows' SHA-256: the same for the same rows, whichever of them a seed sets apart for testing.</summary>
    public static string Of(Dataset train, Dataset test)
    {
        BigInteger sum = BigInteger.Zero, modulus = BigInteger.One << 256;
        foreach (Dataset part in new[] { train, test })
        {
            byte[] row = new byte[(part.InputShape.Size * sizeof(float)) + sizeof(int)];
            for (int i = 0; i < part.Rows; i++)
            {
                MemoryMarshal.AsBytes(part.Row(i)).CopyTo(row);
                BitConverter.TryWriteBytes(row.AsSpan(row.Length - sizeof(int)), part.Labels[i]);
                sum += new BigInteger(SHA256.HashData(row), isUnsigned: true);
            }
        }

        byte[] digest = (sum % modulus).ToByteArray(isUnsigned: true);
        return $"rows-{Convert.ToHexStringLower(SHA256.HashData(digest))[..32]}";
    }
}
