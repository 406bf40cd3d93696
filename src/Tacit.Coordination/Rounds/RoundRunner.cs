using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Coordination.Access;
using Tacit.Coordination.Telemetry;
using Tacit.Cryptography.Parallelism;
using Tacit.Federation.Offers;
using Tacit.Protocols;

namespace Tacit.Coordination.Rounds;

/// <summary>What a round came to.</summary>
internal sealed record RoundResult(RoundEntry Entry, RoundOutcome Outcome, RoundActor? Actor);

/// <summary>Offers a round, waits until participants are ready, and runs the protocol with them.</summary>
internal sealed class RoundRunner(CoordinatorOptions options, RoundBoard board, Roster roster, TimeProvider clock, IRoundJournal? journal = null, CoordinatorMetrics? metrics = null)
{
    private static readonly TimeSpan tick = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits until so many participants are there, and says what it waits for.</summary>
    /// <param name="wanted">Waited for without end, or until <paramref name="grace"/> is over.</param>
    /// <param name="least">Enough once <paramref name="grace"/> is over.</param>
    /// <param name="grace">Null: as long as the options say.</param>
    /// <param name="stopping">Gives up.</param>
    /// <exception cref="FailureException">TOO_FEW_PARTICIPANTS: the time to wait is over.</exception>
    public async Task<ImmutableArray<Member>> GatherAsync(int wanted, int least, TimeSpan? grace, CancellationToken stopping)
    {
        long start = clock.GetTimestamp();
        while (true)
        {
            TimeSpan waited = clock.GetElapsedTime(start);
            int needed = grace is { } patience && waited >= patience ? Math.Min(wanted, least) : wanted;
            ImmutableArray<Member> present = roster.Present;
            if (present.Length >= needed)
            {
                board.Waiting = "";
                return present;
            }

            board.Waiting = $"waiting for participants: need {needed}, have {present.Length}";
            if (options.JoinTimeout is { } limit && waited > limit) throw new FailureException(FailureCodes.TooFewParticipants, $"need {needed} participants, have {present.Length} after {limit.TotalSeconds:F0} s");
            await Task.Delay(tick, clock, stopping);
        }
    }

    /// <summary>Runs one round.</summary>
    /// <param name="offer">What is asked for.</param>
    /// <param name="invited">Whom.</param>
    /// <param name="choice">How it is protected.</param>
    /// <param name="most">The largest cohort: the first that are ready.</param>
    /// <param name="minimum">The fewest inputs, and the fewest that are ready, for a cohort of this size.</param>
    /// <param name="begin">Writes the terms down before anybody is told of them.</param>
    /// <param name="stopping">Ends the round without a sum.</param>
    public async Task<RoundResult> RunAsync(RoundOffer offer, ImmutableArray<Member> invited, ProtectionChoice choice, int most, Func<int, int> minimum, Func<RoundTerms, CancellationToken, Task> begin, CancellationToken stopping)
    {
        RoundEntry entry = new(offer.Round, offer, invited, clock, board.Changes);
        try
        {
            board.Offer(entry);
            ImmutableArray<Member> cohort = await AnswersAsync(entry, most, stopping);
            int needed = cohort.Length == 0 ? 1 : minimum(cohort.Length);
            if (cohort.Length < needed)
            {
                return Aborted(entry, FailureCodes.CohortBelowThreshold, $"need {needed} participants that are ready, have {cohort.Length} of {invited.Length} that were invited");
            }

            RoundTerms terms = TermsOf(offer, cohort, choice, needed);
            offer.Plan.ThrowUnlessFits(terms);
            IRoundMachine machine = AggregationProtocols.Get(terms.Protocol).CreateCoordinator(terms, SequentialLoop.Instance);
            RoundActor actor = new(terms, machine, [.. cohort.Select(member => member.Name)], clock, board.Changes, journal) { Stayed = (phase, time) => metrics?.Stayed(phase.Name(), time) };
            await begin(terms, stopping);
            entry.Begin(actor, cohort);
            RoundOutcome outcome = await Task.Run(() => actor.RunAsync(stopping), CancellationToken.None);
            if (outcome is RoundOutcome.Aborted aborted) entry.Abort(aborted.Reason, aborted.Detail);
            else entry.Complete();
            return new RoundResult(entry, outcome, actor);
        }
        catch (FailureException refused)
        {
            return Aborted(entry, refused.Code, refused.Message);
        }
        catch (OperationCanceledException)
        {
            entry.Abort(FailureCodes.Interrupted, "the coordinator stops");
            throw;
        }
        catch (Exception)
        {
            entry.Abort(FailureCodes.JobFailed, "the coordinator failed");   // nobody waits for terms that never come
            throw;
        }
    }

    // All that were invited have answered, the time is over, or whoever is missing is gone.
    private async Task<ImmutableArray<Member>> AnswersAsync(RoundEntry entry, int most, CancellationToken stopping)
    {
        long start = clock.GetTimestamp();
        while (clock.GetElapsedTime(start) < options.AnswerTimeout)
        {
            Task next = entry.NextAnswer();
            Member[] missing = [.. entry.Invited.Where(entry.WaitsFor)];
            if (entry.Ready >= most || !missing.Any(roster.IsPresent)) break;
            board.Waiting = $"waiting for updates: {entry.Ready} of {entry.Invited.Length} are ready, need {Math.Min(most, entry.Invited.Length)}";
            await Task.WhenAny(next, Task.Delay(tick, clock, stopping));
            stopping.ThrowIfCancellationRequested();
        }

        board.Waiting = "";
        return entry.Close(most);
    }

    private RoundTerms TermsOf(RoundOffer offer, ImmutableArray<Member> cohort, ProtectionChoice choice, int minimum) => new()
    {
        Protocol = offer.Protocol,
        Job = offer.Job,
        Round = offer.Round,
        ModelHash = offer.VectorHash,
        PlanHash = [.. offer.Plan.Hash()],
        Cohort = [.. cohort.Select((member, i) => new CohortMember(new PartyId(i + 1), offer.Mode == ProtectionMode.Malicious ? member.Key : null))],
        Ring = offer.Plan.Ring,
        Length = offer.Plan.Length,
        Protection = choice.Resolve(cohort.Length),
        MinimumCohort = minimum,
        PhaseTimeout = options.PhaseTimeout,
    };

    private static RoundResult Aborted(RoundEntry entry, FailureCode code, string detail)
    {
        entry.Abort(code, detail);
        return new RoundResult(entry, new RoundOutcome.Aborted(code, detail, []), null);
    }
}
