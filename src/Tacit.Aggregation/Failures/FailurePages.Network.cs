using static Tacit.Aggregation.Failures.FailureKind;

namespace Tacit.Aggregation.Failures;

internal static partial class FailurePages
{
    public static IReadOnlyList<FailurePage> Network { get; } =
    [
        new(FailureCodes.JobFailed, Protocol, "A job gave up: too many of its rounds in a row failed, or its coordinator could not go on.", "The message names the last reason. tacit explain it, mend it, and submit the plan again."),
        new(FailureCodes.RoundRepeated, Protocol, "A coordinator asked for a round that this participant had begun before. Two contributions to one round could be taken apart.", "The participant did not answer. Ask the coordinator's operator: a restored backup asks so, and so does an attack."),
        new(FailureCodes.UnknownJob, Input, "No job of this coordinator has this id.", "tacit list shows all jobs with their ids."),
        new(FailureCodes.NotAuthenticated, Protocol, "A request shows no identity, or a token that is unknown, expired or replaced by a newer one.", "Join again: a participant signs a challenge with its identity key and gets a new token."),
        new(FailureCodes.NotAllowed, Protocol, "The identity is known and may not do this: routes belong to newcomers, participants or the operator, and a round to those who are in it.", "Use the token of the role that the route belongs to."),
        new(FailureCodes.SenderTooSlow, Protocol, "A body did not arrive in the time that there is for it. Slow senders would otherwise hold rounds and memory.", "Check the network; lengthen the phase timeout if participants have slow lines."),
        new(FailureCodes.TermsRefused, Protocol, "The participant's own policy does not allow the round, or the terms are not those that were offered. Nothing was contributed.", "Ask the coordinator's operator for rounds that the policy allows; change the policy only if you mean it."),
        new(FailureCodes.CoordinatorUnreachable, FailureKind.Environment, "The coordinator does not answer.", "Check the address, the port and whether the coordinator runs."),
        new(FailureCodes.TooFewParticipants, Protocol, "Fewer participants came than the job needs, and the time to wait for them is over.", "Start more participants, or wait longer."),
    ];
}
