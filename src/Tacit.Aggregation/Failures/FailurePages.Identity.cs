using static Tacit.Aggregation.Failures.FailureKind;

namespace Tacit.Aggregation.Failures;

internal static partial class FailurePages
{
    public static IReadOnlyList<FailurePage> Identity { get; } =
    [
        new(FailureCodes.InvitationInvalid, Input, "The text is not an invitation: it begins otherwise, or its checksum does not fit. Nothing was sent.", "Copy the whole string again, from tacit1: to its end."),
        new(FailureCodes.InvitationRefused, Protocol, "The invitation was used with another key, has ended, or was taken back. An invitation is good once.", "Ask for a new one. If it was used and not by you, tell the coordinator's owner: somebody else may have joined in your name; the words that are compared would have shown it."),
        new(FailureCodes.WordsDiffer, Protocol, "The words that the participant shows are not those that the coordinator computes from the key that waits. Either somebody mistyped, or somebody sits in between with a key or a certificate of their own. Nobody was approved.", "Compare again over a channel that you trust. If the words still differ, revoke the name and send a new invitation another way."),
        new(FailureCodes.CertificateRefused, Protocol, "The other side of the connection shows a certificate that is not the pinned one, is not signed by the coordinator's authority, is over, or belongs to another key.", "Check the address. If the coordinator was set up anew, ask for a new invitation; do not lift the pin."),
        new(FailureCodes.TooManyAttempts, Protocol, "Too many requests from this address showed no valid identity within a minute.", "Wait a minute and use a valid token. Behind a shared address, valid tokens are still taken."),
    ];
}
