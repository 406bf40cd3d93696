using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Coordination.Jobs;
using Tacit.Federation.Envelopes;

namespace Tacit.Coordination.Rounds;

/// <summary>Drives the coordinator's machine of one round. Whoever brings a message calls it, one at a time, in the order in which they came.</summary>
/// <remarks>
/// There is no queue of messages: who brings one waits for its turn, and what it read waits in its own buffers. Messages carry the time at which
/// they arrived; a deadline that lies before it expires first, however long the machine was busy.
/// </remarks>
internal sealed class RoundActor
{
    private const int MostIncidents = 200;

    private readonly Turns turn = new(0);   // until the machine has started
    private readonly TaskCompletionSource<RoundOutcome> over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IRoundMachine machine;
    private readonly TimeProvider clock;
    private readonly IRoundJournal? journal;
    private readonly DateTimeOffset epoch;
    private readonly long epochTimestamp;
    private readonly ImmutableArray<Incident>.Builder incidents = ImmutableArray.CreateBuilder<Incident>();
    private readonly int[] phase = [0];
    private readonly ImmutableSortedDictionary<PartyId, Seat> seats;
    private TaskCompletionSource sooner = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset now;
    private DateTimeOffset entered;
    private DateTimeOffset? deadline;
    private DateTimeOffset? awaited;
    private long received;

    public RoundActor(RoundTerms terms, IRoundMachine machine, ImmutableArray<string> names, TimeProvider clock, ChangeSignal changes, IRoundJournal? journal)
    {
        (Terms, Names, this.machine, this.clock, this.journal) = (terms, names, machine, clock, journal);
        Limits = new EnvelopeLimits(terms);
        seats = terms.Cohort.ToImmutableSortedDictionary(member => member.Id, _ => new Seat());
        (epoch, epochTimestamp) = (clock.GetUtcNow(), clock.GetTimestamp());
        now = entered = epoch;
        Timeline = new RoundTimeline(terms.Cohort.Length, epoch, changes);
    }

    public EnvelopeLimits Limits { get; }

    public RoundTerms Terms { get; }

    /// <summary>Told how long each phase took, when it is over.</summary>
    public Action<Phase, TimeSpan>? Stayed { get; init; }

    /// <summary>Of the cohort, in order.</summary>
    public ImmutableArray<string> Names { get; }

    public Phase Phase => (Phase)Volatile.Read(ref phase[0]);

    /// <summary>Who sent what when, to be shown.</summary>
    public RoundTimeline Timeline { get; }

    /// <summary>What everybody may see; complete once the round is over.</summary>
    public PublicTranscript Transcript { get; } = new();

    /// <summary>Bytes of envelopes that came in.</summary>
    public long Received => Interlocked.Read(ref received);

    /// <summary>Set once the round is over.</summary>
    public RoundOutcome? Outcome { get; private set; }

    /// <summary>Whether nothing more comes of the round; without an outcome if its job was stopped.</summary>
    public bool IsOver => over.Task.IsCompleted;

    /// <summary>Complete once the round is over.</summary>
    public ImmutableArray<Incident> Incidents { get; private set; } = [];

    /// <summary>Lets go of the sum and of the messages.</summary>
    public void Forget()
    {
        Transcript.Clear();
        ForgetSum();
    }

    /// <summary>Lets go of the sum, once it is opened and receipts say what it was.</summary>
    public void ForgetSum()
    {
        if (Outcome is RoundOutcome.Completed completed) Outcome = completed with { Sum = null };
    }

    public Seat SeatOf(PartyId party) => seats[party];

    /// <summary>Hands a message to the machine; once this has ended the machine has taken it in. False once the round is over.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> PostAsync(Envelope message, CancellationToken stopping)
    {
        Interlocked.Add(ref received, EnvelopeCodec.EncodedBytes(message));
        DateTimeOffset at = Now();
        await turn.EnterAsync(stopping);
        try
        {
            if (over.Task.IsCompleted) return false;
            Timeline.Arrived(message.From, message.Phase, message.Payload.Span, at);
            Take(message, at);
            return true;
        }
        catch (Exception bug)
        {
            over.TrySetException(bug);   // the job's, not the sender's
            sooner.TrySetResult();
            return false;
        }
        finally
        {
            turn.Leave();
        }
    }

    /// <summary>Runs the round to its end.</summary>
    public async Task<RoundOutcome> RunAsync(CancellationToken stopping)
    {
        bool started = false;
        try
        {
            ReturnMemory();   // of the offer that everybody has been sent
            journal?.Started(Terms, Names, now);
            Follow(machine.Start(now));
            started = true;
            turn.Leave();
            while (!over.Task.IsCompleted) await ExpireInTimeAsync(stopping);
            return await over.Task;
        }
        finally
        {
            if (started) await turn.EnterAsync(CancellationToken.None);
            over.TrySetCanceled(CancellationToken.None);
            machine.Dispose();
            Incidents = incidents.DrainToImmutable();
            turn.Leave();
            foreach (Seat seat in seats.Values) seat.Outbox.Close();
            ReturnMemory();   // of what participants were told and the inputs that were staged
        }
    }

    /// <summary>Gives memory back: vectors and blocks are of a size that the collector sees to last and gives back late. Thrice a round this costs some ten milliseconds.</summary>
    public static void ReturnMemory() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    private DateTimeOffset Now() => epoch + clock.GetElapsedTime(epochTimestamp);   // a wall clock that is set back does not reach the machine

    // Waits for the deadline, or until there is an earlier one or none any more.
    private async Task ExpireInTimeAsync(CancellationToken stopping)
    {
        TimeSpan left = TimeSpan.FromDays(40);
        Task changed;
        await turn.EnterAsync(stopping);
        try
        {
            while (!over.Task.IsCompleted && deadline is { } end && end <= Now()) ExpireAt(Now());
            if (over.Task.IsCompleted) return;
            if ((awaited = deadline) is { } next && next - Now() < left) left = next - Now();
            changed = (sooner = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
        finally
        {
            turn.Leave();
        }

        if (left <= TimeSpan.Zero) return;
        using CancellationTokenSource timer = new(left, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, timer.Token);
        try
        {
            await changed.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // the deadline is there
        }
    }

    private void Take(Envelope message, DateTimeOffset at)
    {
        while (Outcome is null && deadline is { } end && end <= at) ExpireAt(end);
        if (Outcome is not null) return;
        now = at > now ? at : now;
        journal?.Received(message, now);
        RoundStep step = machine.Receive(message, now);
        if (step.Incidents.IsEmpty) Transcript.Add(message, now);
        Follow(step);
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
        if (incidents.Count < MostIncidents) incidents.AddRange(step.Incidents);   // a sender of nothing else does not fill the memory
        Timeline.Deadline = deadline = step.Deadline;
        if (deadline < awaited || (deadline is not null && awaited is null)) sooner.TrySetResult();
        foreach (Envelope message in step.Outbound)
        {
            Timeline.Sent(message.Phase, now);
            if ((int)message.Phase > phase[0]) Enter(message.Phase);
            if (seats.TryGetValue(message.To, out Seat? seat)) seat.Add(message);
        }

        if (step.Outcome is null) return;
        Stayed?.Invoke(Phase, now - entered);
        journal?.Ended(Terms.Id, step.Outcome);
        Timeline.Ended = now;
        Outcome = step.Outcome;
        over.TrySetResult(step.Outcome);
        sooner.TrySetResult();
    }
}
