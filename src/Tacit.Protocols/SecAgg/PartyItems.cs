using System.Buffers.Binary;
using Tacit.Aggregation.Rounds;

namespace Tacit.Protocols.SecAgg;

/// <summary>Looks an item up in a list as it is on the wire: items of one size that begin with a party (4 bytes), ascending.</summary>
internal static class PartyItems
{
    /// <param name="items">The list, already read and found in order.</param>
    /// <param name="itemBytes">The size of one item.</param>
    /// <param name="party">Whose.</param>
    /// <param name="item">What follows the party: part of the list.</param>
    public static bool TryFind(ReadOnlySpan<byte> items, int itemBytes, PartyId party, out ReadOnlySpan<byte> item)
    {
        int low = 0, high = (items.Length / itemBytes) - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            ReadOnlySpan<byte> candidate = items.Slice(middle * itemBytes, itemBytes);
            int order = BinaryPrimitives.ReadInt32LittleEndian(candidate).CompareTo(party.Value);
            if (order == 0)
            {
                item = candidate[4..];
                return true;
            }

            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        item = default;
        return false;
    }
}
