using System.Threading;
using Tacit.Aggregation.Rounds;

namespace Tacit.Benchmarks.Federations;

/// <summary>The participant is gone.</summary>
internal sealed class VanishedException : Exception;

/// <summary>A participant's machine that vanishes before it sends what a phase asks for; of its input it sends half.</summary>
/// <remarks>A thousand share this computer: one computes at a time, and nobody asks for room before all have masked their inputs, as a thousand computers would have at the same time.</remarks>
/// <param name="machine">The participant's.</param>
/// <param name="vanishesIn">Where it vanishes; null if it stays.</param>
/// <param name="masked">Waits for the others that mask.</param>
internal sealed class VanishingMachine(IRoundMachine machine, Phase? vanishesIn, Action masked) : IRoundMachine
{
    private static readonly Lock computing = new();

    private bool gone;

    public RoundStep Start(DateTimeOffset now) => Cut(machine.Start(now));

    public RoundStep Receive(Envelope message, DateTimeOffset now) => Cut(gone ? throw new VanishedException() : Compute(message, now));

    public RoundStep Expire(DateTimeOffset now) => Cut(gone ? throw new VanishedException() : machine.Expire(now));

    public void Dispose() => machine.Dispose();

    private RoundStep Compute(Envelope message, DateTimeOffset now)
    {
        RoundStep step;
        lock (computing) step = machine.Receive(message, now);
        if (message.Phase == Phase.ShareKeys && !step.Outbound.IsEmpty) masked();
        return step;
    }

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
