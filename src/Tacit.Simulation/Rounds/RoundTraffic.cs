namespace Tacit.Simulation.Rounds;

/// <summary>Bytes of one participant in one round, envelope headers included.</summary>
/// <param name="Up">Sent to the coordinator.</param>
/// <param name="Down">Sent by the coordinator.</param>
public readonly record struct RoundTraffic(long Up, long Down)
{
    /// <summary>Both directions.</summary>
    public long Total => Up + Down;
}
