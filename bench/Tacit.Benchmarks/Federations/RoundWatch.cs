using System.Diagnostics;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Benchmarks.Harness;
using Tacit.Coordination.Rounds;

namespace Tacit.Benchmarks.Federations;

/// <summary>Notes when each phase of the round began and ended, what came in, and whether the sum is right. Keeps no message.</summary>
internal sealed class RoundWatch : IRoundJournal
{
    private readonly long[] first = new long[5];
    private readonly long[] last = new long[5];
    private readonly long[] bytes = new long[5];
    private readonly long[] allocated = new long[10];

    public RoundTerms? Terms { get; private set; }

    public RoundOutcome? Outcome { get; private set; }

    public long Ended { get; private set; }

    public long First(Phase phase) => first[(int)phase];

    public long Last(Phase phase) => last[(int)phase];

    public long Bytes(Phase phase) => bytes[(int)phase];

    public long Allocated(Phase phase) => allocated[5 + (int)phase] - allocated[(int)phase];

    public void Started(RoundTerms terms, IReadOnlyList<string> names, DateTimeOffset now)
    {
        Terms = terms;
        foreach (long[] figures in (long[][])[first, last, bytes, allocated]) Array.Clear(figures);
    }

    public void Received(Envelope message, DateTimeOffset now)
    {
        int phase = (int)message.Phase;
        last[phase] = Stopwatch.GetTimestamp();
        if (first[phase] == 0)
        {
            first[phase] = last[phase];
            allocated[phase] = GC.GetTotalAllocatedBytes();
        }

        allocated[5 + phase] = GC.GetTotalAllocatedBytes();
        bytes[phase] += EnvelopeCodec.EncodedBytes(message);
    }

    public void Expired(RoundId round, DateTimeOffset now)
    {
    }

    void IRoundJournal.Ended(RoundId round, RoundOutcome outcome)
    {
        Ended = Stopwatch.GetTimestamp();
        Outcome = outcome;
        if (outcome is RoundOutcome.Completed completed) Section.Verify(LoadOptions.IsRight(completed.Sum!, completed.Included), "the opened sum");
    }
}
