using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Coordination.Access;
using Tacit.Coordination.Jobs;
using Tacit.Federation.Offers;

namespace Tacit.Coordination.Rounds;

/// <summary>What can be said of a round from outside.</summary>
public enum RoundState
{
    /// <summary>Offered; participants compute.</summary>
    Offered = 0,

    /// <summary>The protocol runs.</summary>
    Running = 1,

    /// <summary>There is a sum.</summary>
    Completed = 2,

    /// <summary>There is none.</summary>
    Aborted = 3,
}

/// <summary>One round from its offer to its end: who was invited, who is ready, and then the actor. Thread-safe.</summary>
internal sealed class RoundEntry(long number, RoundOffer offer, ImmutableArray<Member> invited, TimeProvider clock, ChangeSignal changes)
{
    private readonly Dictionary<int, (bool Accepted, string Reason, DateTimeOffset At)> answers = [];
    private readonly HashSet<Member> invitedMembers = [.. invited];
    private readonly List<int> ready = [];
    private readonly Lock gate = new();
    private TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Dictionary<Member, int> places = [];
    private bool closed;

    public long Number { get; } = number;

    public RoundOffer Offer { get; private set; } = offer;

    /// <summary>The offer's bytes as long as it waits for anybody: they hold a whole model.</summary>
    public byte[] EncodedOffer { get; private set; } = RoundOfferCodec.Encode(offer);

    public ImmutableArray<Member> Invited { get; } = invited;

    public DateTimeOffset OfferedAt { get; } = clock.GetUtcNow();

    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>The actor once the round runs; null if it never does.</summary>
    public TaskCompletionSource<RoundActor?> Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when all of the round is written down: its receipts and its model, or why there is none.</summary>
    public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The cohort in its order, once the round runs.</summary>
    public ImmutableArray<Member> Cohort { get; private set; } = [];

    /// <summary>A member's place in the cohort; −1 if it has none.</summary>
    public int PlaceOf(Member member) => places.GetValueOrDefault(member, -1);

    public RoundState State { get; private set; }

    /// <summary>Why there is no sum.</summary>
    public (FailureCode Code, string Detail)? Failure { get; private set; }

    public int Ready
    {
        get { lock (gate) return ready.Count; }
    }

    public ImmutableArray<(Member Member, string Reason)> Declined
    {
        get { lock (gate) return [.. Invited.Where(member => answers.TryGetValue(member.Number, out var answer) && !answer.Accepted).Select(member => (member, answers[member.Number].Reason))]; }
    }

    /// <summary>What a participant answered and when; null before.</summary>
    public (bool Accepted, string Reason, DateTimeOffset At)? AnswerOf(Member member)
    {
        lock (gate) return answers.TryGetValue(member.Number, out var answer) ? answer : null;
    }

    public bool IsInvited(Member member) => invitedMembers.Contains(member);

    /// <summary>Whether the offer still waits for this participant.</summary>
    public bool WaitsFor(Member member)
    {
        lock (gate) return !closed && !answers.ContainsKey(member.Number) && IsInvited(member);
    }

    /// <summary>Takes an answer in; the first one counts, and asking again with the same answer is no error.</summary>
    public bool TryAnswer(Member member, bool accepted, string reason)
    {
        lock (gate)
        {
            if (answers.TryGetValue(member.Number, out var before)) return before.Accepted == accepted;
            if (closed) return false;
            answers.Add(member.Number, (accepted, reason, clock.GetUtcNow()));
            if (accepted) ready.Add(member.Number);
            answered.TrySetResult();
            answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            changes.Raise();
            return true;
        }
    }

    /// <summary>Ends when another answer is there.</summary>
    public Task NextAnswer()
    {
        lock (gate) return answered.Task;
    }

    /// <summary>Lets go of the model and of the sum: a round that is written down is only looked at.</summary>
    public void Forget(RoundActor? actor)
    {
        Offer = Offer with { Vector = [], FeatureMeans = [], FeatureSquares = [] };
        actor?.Forget();
    }

    /// <summary>Takes no more answers.</summary>
    /// <param name="most">The largest cohort.</param>
    /// <returns>The first that were ready, in the order of their numbers.</returns>
    public ImmutableArray<Member> Close(int most)
    {
        lock (gate)
        {
            closed = true;
            EncodedOffer = [];   // who is being sent them still holds them
            HashSet<int> first = [.. ready.Take(most)];
            return [.. Invited.Where(member => first.Contains(member.Number)).OrderBy(member => member.Number)];
        }
    }

    public void Begin(RoundActor actor, ImmutableArray<Member> cohort)
    {
        places = cohort.Select((member, place) => (member, place)).ToDictionary();
        Cohort = cohort;
        State = RoundState.Running;
        Begun.TrySetResult(actor);
        changes.Raise();
    }

    public void Complete()
    {
        State = RoundState.Completed;
        EndedAt = clock.GetUtcNow();
        changes.Raise();
    }

    public void Abort(FailureCode code, string detail)
    {
        Failure = (code, detail);
        State = RoundState.Aborted;
        lock (gate) closed = true;
        EncodedOffer = [];
        EndedAt = clock.GetUtcNow();
        Begun.TrySetResult(null);
        changes.Raise();
    }
}
