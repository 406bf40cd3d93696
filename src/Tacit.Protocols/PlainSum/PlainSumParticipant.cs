using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Protocols.Uploads;

namespace Tacit.Protocols.PlainSum;

/// <summary>Sends its input as it is.</summary>
internal sealed class PlainSumParticipant(RoundTerms terms, ParticipantInputs inputs) : IRoundPhase
{
    private readonly InputUpload upload = new(terms, inputs.Self, inputs.Vector);

    public Phase Phase => Phase.MaskedInput;

    public PhaseStep Enter(DateTimeOffset now) => new()
    {
        Outbound = upload.First(),
        Deadline = now + ((2 + terms.Cohort.Length) * terms.PhaseTimeout),   // every other upload may stall first
        Outcome = upload.NeedsRoom ? null : Done(),
    };

    public PhaseStep Receive(Envelope message, DateTimeOffset now) => InputUpload.IsGrant(message)
        ? new PhaseStep { Outbound = upload.Chunks(), Outcome = Done() }
        : PhaseStep.Reject(message, FailureCodes.MalformedMessage, "not a grant");

    public PhaseStep Expire(DateTimeOffset now) =>
        PhaseStep.Abort(FailureCodes.CoordinatorSilent, $"the coordinator gave no room for the input of {inputs.Self} in time", PartyId.Coordinator);

    public void Dispose() => upload.Dispose();

    private RoundOutcome.Completed Done() => new(null, [inputs.Self], []);
}
