using System.Globalization;

namespace Tacit.Aggregation.Rounds;

/// <summary>Who a message is from or to: 0 is the coordinator, participants are 1, 2, …</summary>
/// <param name="Value">Not negative in valid messages.</param>
public readonly record struct PartyId(int Value) : IComparable<PartyId>
{
    /// <summary>The coordinator.</summary>
    public static readonly PartyId Coordinator = new(0);

    /// <summary>The x coordinate under which this participant holds shares: its number, never zero for a participant.</summary>
    public uint Point => (uint)Value;

    /// <inheritdoc/>
    public int CompareTo(PartyId other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value == 0 ? "coordinator" : Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Order by number.</summary>
    /// <param name="left">One party.</param>
    /// <param name="right">Another.</param>
    public static bool operator <(PartyId left, PartyId right) => left.Value < right.Value;

    /// <summary>Order by number.</summary>
    /// <param name="left">One party.</param>
    /// <param name="right">Another.</param>
    public static bool operator >(PartyId left, PartyId right) => left.Value > right.Value;

    /// <summary>Order by number.</summary>
    /// <param name="left">One party.</param>
    /// <param name="right">Another.</param>
    public static bool operator <=(PartyId left, PartyId right) => left.Value <= right.Value;

    /// <summary>Order by number.</summary>
    /// <param name="left">One party.</param>
    /// <param name="right">Another.</param>
    public static bool operator >=(PartyId left, PartyId right) => left.Value >= right.Value;
}
