using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Protocols.Uploads;

namespace Tacit.Protocols.PlainSum;

/// <summary>Adds what arrives.</summary>
internal sealed class PlainSumCoordinator(RoundTerms terms) : IRoundPhase
{
    private readonly UploadCollector uploads = new(terms, [.. terms.Cohort.Select(member => member.Id)]);

    public Phase Phase => Phase.MaskedInput;

    public PhaseStep Enter(DateTimeOffset now) => uploads.Begin(now);

    public PhaseStep Receive(Envelope message, DateTimeOffset now)
    {
        if (message.Phase != Phase) return PhaseStep.Reject(message, FailureCodes.MalformedMessage, $"this protocol has no phase {message.Phase.Name()}");
        PhaseStep step = uploads.Receive(message, now);
        return uploads.AllSettled ? Close() : step;
    }

    public PhaseStep Expire(DateTimeOffset now)
    {
        PhaseStep step = uploads.Expire(now);
        return step.Deadline is null ? Close() : step;
    }

    // The sum leaves with the outcome, so there is nothing to clear.
    public void Dispose()
    {
    }

    private PhaseStep Close() => uploads.Finished.Length >= terms.MinimumCohort
        ? Finish()
        : PhaseStep.Abort(FailureCodes.CohortBelowThreshold, $"masked-input: have {uploads.Finished.Length} inputs, need {terms.MinimumCohort}");

    private PhaseStep Finish()
    {
        HashSet<PartyId> included = [.. uploads.Finished];
        return new PhaseStep
        {
            Outcome = new RoundOutcome.Completed(
                uploads.Sum,
                uploads.Finished,
                [.. terms.Cohort.Where(m => !included.Contains(m.Id)).Select(m => new Dropout(m.Id, Phase.MaskedInput, Recovered: true))]),
        };
    }
}
