using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Tacit.Privacy.Sampling;

/// <summary>Sums and differences of independent draws from one table.</summary>
/// <param name="table">The distribution of each part.</param>
/// <param name="added">How many parts count positively.</param>
/// <param name="subtracted">And how many negatively.</param>
internal sealed class SummedTables(AliasTable table, int added, int subtracted) : ICoinSampler
{
    private const int BatchDraws = 1024;

    /// <inheritdoc/>
    public void Fill(CoinStream coins, Span<int> destination)
    {
        destination.Clear();
        Span<int> part = stackalloc int[Math.Min(BatchDraws, destination.Length)];
        while (destination.Length > 0)
        {
            int batch = Math.Min(part.Length, destination.Length);
            for (int i = 0; i < added + subtracted; i++)
            {
                table.Fill(coins, part[..batch]);
                for (int j = 0; j < batch; j++) destination[j] += i < added ? part[j] : -part[j];
            }

            destination = destination[batch..];
        }

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(part));
    }
}
