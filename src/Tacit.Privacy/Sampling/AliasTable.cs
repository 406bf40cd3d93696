using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Tacit.Privacy.Sampling;

/// <summary>Draws from a finite distribution whose probabilities are multiples of 2⁻¹⁶⁰, exactly, with one table entry and 32 bits a draw.</summary>
/// <remarks>
/// Walker 1977, built as in Vose 1991 but on integers: all N = 2ᶜ columns hold exactly 2¹⁶⁰⁻ᶜ, split between the column's own value and one
/// alias at a threshold of 160 − c bits. The first c bits of a word choose the column and the other 32 − c are compared with the threshold's first;
/// an entry packs these and the alias into 32 bits. On equality, of probability 2ᶜ⁻³², 128 further bits are compared with the threshold's rest: the
/// refinement decides exactly, so nothing is lost to the short comparison.
/// </remarks>
internal sealed class AliasTable : ICoinSampler
{
    /// <summary>Probabilities are multiples of 2 to the minus this.</summary>
    public const int WeightBits = 160;

    private const int BatchDraws = 1024;
    private const int TailBits = 128;
    private const int MostColumnBits = 20;

    private readonly int columnBits;
    private readonly int first;
    private readonly uint[] entries;
    private readonly UInt128[] tails;

    /// <summary>Builds the table.</summary>
    /// <param name="weights">Not negative, 2¹⁶⁰ in sum.</param>
    /// <param name="first">The value of weight 0; the others follow.</param>
    public AliasTable(BigInteger[] weights, int first)
    {
        columnBits = Math.Max(1, BitOperations.Log2((uint)weights.Length - 1 | 1) + 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(columnBits, MostColumnBits);
        this.first = first;
        Array.Resize(ref weights, 1 << columnBits);
        entries = new uint[weights.Length];
        tails = new UInt128[weights.Length];
        Build(weights);
    }

    /// <summary>Whether batches go through vectors; the draws are the same.</summary>
    internal bool IsVectorised { get; init; } = Vector512.IsHardwareAccelerated;

    /// <inheritdoc/>
    public void Fill(CoinStream coins, Span<int> destination)
    {
        Span<uint> words = stackalloc uint[Math.Min(BatchDraws, destination.Length)];
        while (destination.Length > 0)
        {
            int batch = Math.Min(words.Length, destination.Length);
            coins.Fill(words[..batch]);
            Draw(words[..batch], coins, destination[..batch]);
            destination = destination[batch..];
        }

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(words));
    }

    /// <summary>One draw a word; ties take their further bits from the stream, in order.</summary>
    public void Draw(ReadOnlySpan<uint> words, CoinStream coins, Span<int> destination)
    {
        ref uint table = ref MemoryMarshal.GetArrayDataReference(entries);
        int shift = 32 - columnBits;
        for (int i = 0; i < words.Length; i++) destination[i] = unchecked((int)Unsafe.Add(ref table, words[i] >> shift));   // N entries, c bits

        int done = 0;
        bool tie = IsVectorised && SelectVectors(words, destination, out done);
        tie |= SelectScalars(words[done..], destination[done..]);
        if (!tie) return;

        for (int i = 0; i < words.Length; i++)
        {
            if (IsTie(words[i])) destination[i] = Refine(words[i] >> shift, coins);
        }
    }

    /// <summary>One draw.</summary>
    public int Draw(CoinStream coins)
    {
        uint word = (uint)(coins.NextUInt64() >> 32);
        Span<int> one = [0];
        Draw([word], coins, one);
        return one[0];
    }

    private bool SelectVectors(ReadOnlySpan<uint> words, Span<int> destination, out int done)
    {
        ref uint w = ref MemoryMarshal.GetReference(words);
        ref int d = ref MemoryMarshal.GetReference(destination);
        Vector512<uint> ties = Vector512<uint>.Zero, aliasMask = Vector512.Create(((uint)entries.Length) - 1);
        Vector512<int> start = Vector512.Create(first);
        int lanes = Vector512<uint>.Count;
        for (done = 0; done + lanes <= words.Length; done += lanes)
        {
            Vector512<uint> word = Vector512.LoadUnsafe(ref w, (nuint)done), entry = Vector512.LoadUnsafe(ref d, (nuint)done).AsUInt32();
            Vector512<uint> coin = word << columnBits, threshold = Vector512.AndNot(entry, aliasMask);
            ties |= Vector512.Equals(coin, threshold);
            Vector512<uint> value = Vector512.ConditionalSelect(Vector512.LessThan(coin, threshold), word >>> (32 - columnBits), entry & aliasMask);
            (value.AsInt32() + start).StoreUnsafe(ref d, (nuint)done);
        }

        return ties != Vector512<uint>.Zero;
    }

    private bool SelectScalars(ReadOnlySpan<uint> words, Span<int> destination)
    {
        uint aliasMask = (uint)entries.Length - 1;
        bool tie = false;
        for (int i = 0; i < words.Length; i++)
        {
            uint entry = unchecked((uint)destination[i]), coin = words[i] << columnBits, threshold = entry & ~aliasMask;
            tie |= coin == threshold;
            destination[i] = first + (int)(coin < threshold ? words[i] >> (32 - columnBits) : entry & aliasMask);
        }

        return tie;
    }

    private bool IsTie(uint word) => word << columnBits == (entries[word >> (32 - columnBits)] & ~((uint)entries.Length - 1));

    private int Refine(uint column, CoinStream coins) =>
        first + (int)(coins.NextUInt128() < tails[column] ? column : entries[column] & ((uint)entries.Length - 1));

    private void Build(BigInteger[] weights)
    {
        ulong capacity = 1UL << (WeightBits - TailBits - columnBits);   // of a column, over 2¹²⁸
        ColumnWeight[] left = new ColumnWeight[weights.Length];
        Stack<int> small = new(), large = new();
        for (int i = 0; i < weights.Length; i++)
        {
            left[i] = ColumnWeight.From(weights[i]);
            (left[i].High < capacity ? small : large).Push(i);
        }

        while (small.TryPop(out int own))
        {
            int alias = large.Peek();   // small columns lack what large ones have too much of, so there is one
            Put(own, left[own], alias);
            left[alias] = left[alias].PlusLess(left[own], capacity);
            if (left[alias].High >= capacity) continue;
            large.Pop();
            small.Push(alias);
        }

        foreach (int full in large) Put(full, default, full);   // exactly full: either side is its own value
    }

    private void Put(int column, ColumnWeight threshold, int alias)
    {
        entries[column] = ((uint)threshold.High << columnBits) | (uint)alias;
        tails[column] = threshold.Low;
    }
}
