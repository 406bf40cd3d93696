using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Coordination.Access;
using Tacit.Coordination.Rounds;
using Tacit.Federation.Offers;
using Tacit.Protocols.PlainSum;

namespace Tacit.Coordination.Endpoints;

/// <summary>One round as JSON: who got how far, phase by phase.</summary>
internal static class RoundViews
{
    private const int MostParticipants = 60;

    public sealed record RoundView(
        long Number, string Job, int Round, string Purpose, string State, string Protocol, string Mode, int Invited, int Ready, int Cohort, int MinimumCohort, int Included, int Remaining, int Length, int Bits, string? Phase,
        DateTimeOffset? OfferedAt, double? Begun, double? Elapsed, DateTimeOffset? Deadline, long Bytes, JobViews.Failing? Failure, IEnumerable<PhaseView> Phases, int Total, IEnumerable<PartyView> Participants);

    /// <summary>Seconds count from the beginning of the protocol, not from the offer.</summary>
    public sealed record PhaseView(string Name, double? Opened, double? Closed, int Parties, int Expected, int Messages, long Bytes);

    public sealed record PartyView(string Name, string Answer, double? Answered, string Reason, string? Dropped, bool? Recovered, string? Prefix, IEnumerable<StepView?> Steps);

    public sealed record StepView(double At, double Last, int Messages, long Bytes);

    public static RoundView Of(RoundEntry entry, int round, DateTimeOffset now, bool everybody)
    {
        RoundActor? actor = ActorOf(entry);
        Progress? progress = actor is null ? null : new Progress(actor, now);
        ImmutableArray<PartyView> parties = [.. entry.Invited.Select(member => PartyOf(entry, member, progress))];
        IEnumerable<PartyView> shown = everybody || parties.Length <= MostParticipants ? parties : parties.OrderBy(party => party.Dropped is null && party.Answer != "declined").Take(MostParticipants);
        RoundOffer offer = entry.Offer;
        RoundOutcome.Completed? completed = actor?.Outcome as RoundOutcome.Completed;
        return new RoundView(
            entry.Number, offer.Job, round, offer.Purpose.ToString(), entry.State.ToString().ToLowerInvariant(), offer.Protocol, offer.Mode == ProtectionMode.Malicious ? "malicious" : "semi-honest",
            entry.Invited.Length, entry.Ready, entry.Cohort.Length, actor?.Terms.MinimumCohort ?? offer.MinimumCohort, completed?.Included.Length ?? 0, completed?.Included.Length ?? progress?.Remaining ?? entry.Ready,
            offer.Plan.Length, offer.Plan.Ring.Bits, progress?.Current, entry.OfferedAt, (actor?.Timeline.Began - entry.OfferedAt)?.TotalSeconds, ((entry.EndedAt ?? now) - (actor?.Timeline.Began ?? entry.OfferedAt)).TotalSeconds,
            actor?.Timeline.Deadline, actor?.Received ?? 0, entry.Failure is { } failure ? JobViews.Failed(failure.Code, failure.Detail) : null, progress?.Phases ?? [], parties.Length, shown);
    }

    /// <summary>The actor, if the round has begun.</summary>
    public static RoundActor? ActorOf(RoundEntry entry) => entry.Begun.Task is { IsCompletedSuccessfully: true } begun ? begun.GetAwaiter().GetResult() : null;

    private static PartyView PartyOf(RoundEntry entry, Member member, Progress? progress)
    {
        (bool accepted, string reason, DateTimeOffset at)? answer = entry.AnswerOf(member);
        int place = entry.PlaceOf(member);
        string said = answer is not { } given ? "none" : !given.accepted ? "declined" : place >= 0 || entry.Cohort.IsEmpty ? "ready" : "spare";
        double? answered = (answer?.at - entry.OfferedAt)?.TotalSeconds;
        return progress is null || place < 0
            ? new PartyView(member.Name, said, answered, answer?.reason ?? "", null, null, null, [])
            : new PartyView(member.Name, said, answered, "", progress.Dropped[place]?.Phase.Name(), progress.Dropped[place]?.Recovered, progress.PrefixOf(place), progress.StepsOf(place));
    }

    // What the timeline says, read once.
    private sealed class Progress
    {
        private readonly ImmutableArray<ImmutableArray<PhaseArrival?>> arrivals;
        private readonly ImmutableArray<Phase> phases;
        private readonly RoundActor actor;

        public Progress(RoundActor actor, DateTimeOffset now)
        {
            this.actor = actor;
            arrivals = actor.Timeline.Arrivals();
            phases = PhasesOf(actor.Terms);
            DateTimeOffset? end = actor.Outcome is null ? null : actor.Timeline.Ended ?? now;
            List<PhaseView> views = [];
            int expected = actor.Terms.Cohort.Length;
            for (int i = 0; i < phases.Length; i++)
            {
                PhaseArrival?[] there = [.. arrivals.Select(party => party[(int)phases[i]]).Where(arrival => arrival is not null)];
                DateTimeOffset? opened = i == 0 ? actor.Timeline.Began : actor.Timeline.Opened(phases[i]);
                DateTimeOffset? closed = phases.Skip(i + 1).Select(actor.Timeline.Opened).FirstOrDefault(later => later is not null) ?? (opened is null ? null : end);
                if (closed is null && there.Length < expected) Current ??= phases[i].Name();
                views.Add(new PhaseView(phases[i].Name(), Since(opened), Since(closed), there.Length, expected, there.Sum(arrival => arrival!.Value.Messages), there.Sum(arrival => arrival!.Value.Bytes)));
                if (there.Length > 0 || closed is not null) expected = there.Length;
            }

            Phases = [.. views];
            Dropped = [.. Enumerable.Range(0, arrivals.Length).Select(DroppedOf)];
            if (actor.Outcome is not null) Current = null;
        }

        public ImmutableArray<PhaseView> Phases { get; }

        /// <summary>The phase that somebody is waited for in.</summary>
        public string? Current { get; }

        /// <summary>By place in the cohort: where it dropped out, and whether the sum was saved; that is known at the end.</summary>
        public ImmutableArray<(Phase Phase, bool? Recovered)?> Dropped { get; }

        public int Remaining => Dropped.Count(dropped => dropped is null);

        public IEnumerable<StepView?> StepsOf(int place) => phases.Select(phase => arrivals[place][(int)phase] is { } arrival ? new StepView(Since(arrival.First)!.Value, Since(arrival.Last)!.Value, arrival.Messages, arrival.Bytes) : null);

        public string? PrefixOf(int place) => actor.Timeline.PrefixOf(place) is { Length: > 0 } prefix ? prefix : null;

        private (Phase, bool?)? DroppedOf(int place)
        {
            if (actor.Outcome is RoundOutcome.Completed completed) return completed.Dropped.FirstOrDefault(drop => drop.Party.Value == place + 1) is { } drop ? (drop.Phase, drop.Recovered) : null;
            for (int i = 0; i < phases.Length; i++)
            {
                if (arrivals[place][(int)phases[i]] is null && Phases[i].Closed is not null) return (phases[i], null);
            }

            return null;
        }

        private double? Since(DateTimeOffset? at) => (at - actor.Timeline.Began)?.TotalSeconds;

        private static ImmutableArray<Phase> PhasesOf(RoundTerms terms) => terms.Protocol == PlainSumProtocol.ProtocolName
            ? [Phase.MaskedInput]
            : [.. Enum.GetValues<Phase>().Where(phase => phase != Phase.ConsistencyCheck || terms.Protection.Mode == ProtectionMode.Malicious)];
    }
}
