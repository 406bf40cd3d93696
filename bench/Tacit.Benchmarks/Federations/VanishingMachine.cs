using Tacit.Aggregation.Rounds;

namespace Tacit.Benchmarks.Federations;

/// <summary>The participant is gone.</summary>
internal sealed class VanishedException : Exception;

/// <summary>A participant's machine that vanishes before it sends what a phase asks for; of its input it sends half.</summary>
internal sealed class VanishingMachine(IRoundMachine machine, Phase? vanishesIn) : IRoundMachine
{
    private bool gone;

    public RoundStep Start(DateTimeOffset now) => Cut(machine.Start(now));

    public RoundStep Receive(Envelope message, DateTimeOffset now) => Cut(gone ? throw new VanishedException() : machine.Receive(message, now));

    public RoundStep Expire(DateTimeOffset now) => Cut(gone ? throw new VanishedException() : machine.Expire(now));

    public void Dispose() => machine.Dispose();

    private RoundStep Cut(RoundStep step)
    {
        if (vanishesIn is not { } phase || step.Outbound.IsEmpty || step.Outbound[0].Phase < phase) return step;
        gone = true;
        if (phase != Phase.MaskedInput) throw new VanishedException();
        bool asks = step.Outbound.Length == 1;
        gone = !asks;   // it asks for room, gets it, and breaks off half-way
        return asks ? step : step with { Outbound = step.Outbound[..(step.Outbound.Length / 2)] };
    }
}
