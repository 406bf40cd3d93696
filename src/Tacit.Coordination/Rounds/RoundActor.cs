using System.Collections.Immutable;
using System.Threading.Channels;
using Tacit.Aggregation.Rounds;

namespace Tacit.Coordination.Rounds;

/// <summary>Drives the coordinator's machine of one round: one reader of one channel calls it, so nothing around the machine is locked.</summary>
/// <remarks>Messages carry the time at which they arrived; a deadline that lies before it expires first, however long the machine was busy.</remarks>
internal sealed class RoundActor
{
    private const int InboxMessages = 256;

    private readonly Channel<(Envelope Message, DateTimeOffset At)> inbox = Channel.CreateBounded<(Envelope, DateTimeOffset)>(new BoundedChannelOptions(InboxMessages) { SingleReader = true });
    private readonly IRoundMachine machine;
    private readonly TimeProvider clock;
    private readonly IRoundJournal? journal;
    private readonly DateTimeOffset epoch;
    private readonly long epochTimestamp;
    private readonly ImmutableArray<Incident>.Builder incidents = ImmutableArray.CreateBuilder<Incident>();
    private readonly int[] phase = [0];
    private readonly ImmutableSortedDictionary<PartyId, Outbox> outboxes;
    private DateTimeOffset now;
    private DateTimeOffset entered;
    private DateTimeOffset? deadline;
    private long received;

    public RoundActor(RoundTerms terms, IRoundMachine machine, ImmutableArray<string> names, TimeProvider clock, IRoundJournal? journal)
    {
        (Terms, Names, this.machine, this.clock, this.journal) = (terms, names, machine, clock, journal);
        outboxes = terms.Cohort.ToImmutableSortedDictionary(member => member.Id, _ => new Outbox());
        (epoch, epochTimestamp) = (clock.GetUtcNow(), clock.GetTimestamp());
        now = entered = epoch;
    }

    public RoundTerms Terms { get; }

    /// <summary>Told how long each phase took, when it is over.</summary>
    public Action<Phase, TimeSpan>? Stayed { get; init; }

    /// <summary>Of the cohort, in order.</summary>
    public ImmutableArray<string> Names { get; }

    public Phase Phase => (Phase)Volatile.Read(ref phase[0]);

    /// <summary>Bytes of envelopes that came in.</summary>
    public long Received => Interlocked.Read(ref received);

    /// <summary>Set once the round is over.</summary>
    public RoundOutcome? Outcome { get; private set; }

    /// <summary>Complete once the round is over.</summary>
    public ImmutableArray<Incident> Incidents { get; private set; } = [];

    public Outbox OutboxOf(PartyId party) => outboxes[party];

    /// <summary>Hands a message in; waits while the machine is behind. False once the round is over.</summary>
    public async ValueTask<bool> PostAsync(Envelope message, CancellationToken stopping)
    {
        Interlocked.Add(ref received, message.Payload.Length + Aggregation.Wire.EnvelopeCodec.HeaderBytes);
        try
        {
            await inbox.Writer.WriteAsync((message, Now()), stopping);
            return true;
        }
        catch (ChannelClosedException)
        {
            return false;
        }
    }

    /// <summary>Runs the round to its end.</summary>
    public async Task<RoundOutcome> RunAsync(CancellationToken stopping)
    {
        try
        {
            journal?.Started(Terms, Names, now);
            Follow(machine.Start(now));
            while (Outcome is null)
            {
                if (await NextAsync(stopping) is { } next) Take(next.Message, next.At);
                else ExpireAt(Now());
            }

            return Outcome;
        }
        finally
        {
            inbox.Writer.TryComplete();
            machine.Dispose();
            Incidents = incidents.DrainToImmutable();
            foreach (Outbox outbox in outboxes.Values) outbox.Close();
        }
    }

    private DateTimeOffset Now() => epoch + clock.GetElapsedTime(epochTimestamp);   // a wall clock that is set back does not reach the machine

    // The next message, or null when the deadline is reached first.
    private async ValueTask<(Envelope Message, DateTimeOffset At)?> NextAsync(CancellationToken stopping)
    {
        if (inbox.Reader.TryRead(out (Envelope, DateTimeOffset) waiting)) return waiting;
        TimeSpan left = deadline is { } end ? end - Now() : Timeout.InfiniteTimeSpan;
        if (deadline is not null && left <= TimeSpan.Zero) return null;
        using CancellationTokenSource timer = new(left < TimeSpan.FromDays(40) ? left : TimeSpan.FromDays(40), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, timer.Token);
        try
        {
            return await inbox.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return null;
        }
    }

    private void Take(Envelope message, DateTimeOffset at)
    {
        while (Outcome is null && deadline is { } end && end <= at) ExpireAt(end);
        if (Outcome is not null) return;
        now = at > now ? at : now;
        journal?.Received(message, now);
        Follow(machine.Receive(message, now));
    }

    private void ExpireAt(DateTimeOffset at)
    {
        if (deadline is { } end && at < end) return;
        DateTimeOffset? expired = deadline;
        now = at > now ? at : now;
        journal?.Expired(Terms.Id, now);
        Follow(machine.Expire(now));
        if (deadline == expired) deadline = null;   // a deadline expires once
    }

    private void Enter(Phase next)
    {
        Stayed?.Invoke(Phase, now - entered);
        entered = now;
        Volatile.Write(ref phase[0], (int)next);
    }

    private void Follow(RoundStep step)
    {
        incidents.AddRange(step.Incidents);
        deadline = step.Deadline;
        foreach (Envelope message in step.Outbound)
        {
            if ((int)message.Phase > phase[0]) Enter(message.Phase);
            if (outboxes.TryGetValue(message.To, out Outbox? outbox)) outbox.Add(message);
        }

        if (step.Outcome is null) return;
        Stayed?.Invoke(Phase, now - entered);
        journal?.Ended(Terms.Id, step.Outcome);
        Outcome = step.Outcome;
    }
}
