using Tacit.Aggregation.Rounds;

namespace Tacit.Simulation.Rounds;

/// <summary>Sees everything that happens in a simulated round.</summary>
public interface IRoundObserver
{
    /// <summary>A message reaches a machine.</summary>
    /// <param name="message">As delivered, after corruption.</param>
    void Delivered(Envelope message);

    /// <summary>A machine made a step.</summary>
    /// <param name="party">Whose.</param>
    /// <param name="step">What it caused.</param>
    void Stepped(PartyId party, RoundStep step);
}
