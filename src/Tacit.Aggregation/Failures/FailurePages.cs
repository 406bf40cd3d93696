using static Tacit.Aggregation.Failures.FailureKind;

namespace Tacit.Aggregation.Failures;

/// <summary>The texts of the catalogue, in groups.</summary>
internal static partial class FailurePages
{
    public static IReadOnlyList<FailurePage> Rounds { get; } =
    [
        new(FailureCodes.CohortBelowThreshold, Protocol, "Fewer participants are left than the threshold or the minimum cohort asks for. Masks cannot be opened, or a sum would hide too few inputs, so the round gives nothing.", "Start a new round with more participants, plan for more drop-outs (protection.drop), or lower the threshold if the mode allows it."),
        new(FailureCodes.IdentitySignatureInvalid, Protocol, "A message is not signed by the identity key that is pinned for its sender. Somebody may stand between the participants.", "Compare the key fingerprints over another channel; enrol the participant again if it has a new key."),
        new(FailureCodes.InvalidPublicKey, Protocol, "A public key is not 65 bytes of a point on P-256 with canonical coordinates. Agreeing on a secret with it could leak the other key.", "Update the software of the participant that sent it; exclude it if it does so again."),
        new(FailureCodes.DuplicateKey, Protocol, "One ephemeral key stands for two participants, or a participant's own key came back to it. Masks would cancel the wrong way.", "Nothing at the participant: the coordinator or a peer misbehaves. Start a new round without it."),
        new(FailureCodes.ShareDecryptionFailed, Protocol, "The ciphertext of a share does not open: it was altered, meant for somebody else, or belongs to another round. Only this share is lost; the round goes on while enough remain.", "If it happens often, look for a broken proxy or a participant that misbehaves."),
        new(FailureCodes.ReplayedMessage, Protocol, "A message of another round was sent again.", "Nothing: it was refused. Look for a broken proxy if it happens often."),
        new(FailureCodes.InvalidShare, Protocol, "A share is not canonical (x must be 1…p − 1, y in [0, p)), is of the wrong secret, or belongs to nobody who could hold it.", "Exclude the participant that sent it if it does so again."),
        new(FailureCodes.InconsistentShares, Protocol, "Shares of one secret do not lie on one polynomial. With two shares more than the threshold the wrong one is named and the round goes on; otherwise it ends.", "Exclude the participants that are named."),
        new(FailureCodes.VectorDimensionMismatch, Protocol, "A vector or a part of it has another length than the terms say.", "Make sure that all participants run the same plan and model."),
        new(FailureCodes.ElementOutOfRange, Input, "A value is not below the modulus 2^bits.", "Use more bits, or smaller values."),
        new(FailureCodes.RoundClosed, Protocol, "A message came after its phase was closed. It is never used later: that would open an input alone.", "Take part in the next round; lengthen the phase timeout if participants are slow."),
        new(FailureCodes.UnknownRound, Protocol, "A message names a round that is not this one: another session, or other terms.", "Make sure that all parties hold the same terms."),
        new(FailureCodes.UnknownParty, Protocol, "A message is from or about somebody who is not in the round.", "Check the roster and the participant's number."),
        new(FailureCodes.Misrouted, Protocol, "A message reached somebody it was not addressed to.", "Check the transport's routing."),
        new(FailureCodes.ModelInconsistent, Protocol, "Participants hold different models. Their sums would reveal more than a sum of one model's updates.", "Fetch the model again; if it happens again, do not trust the coordinator."),
        new(FailureCodes.UpdateNotFinite, Input, "An update holds NaN or infinity, which has no place on the grid.", "Lower the learning rate, check the data for extreme values, or clip."),
        new(FailureCodes.MalformedMessage, Protocol, "Bytes are not a message of the protocol: truncated, with bytes left over, or with counts that cannot be.", "Make sure that both sides run the same version."),
        new(FailureCodes.MessageTooLarge, Protocol, "A message is above the limit.", "Send the vector in chunks of the size that the terms say."),
        new(FailureCodes.DuplicateMessage, Protocol, "A participant sent what it had already sent. The first one counts.", "Nothing: networks do that."),
        new(FailureCodes.UnmaskRequestRefused, Protocol, "The coordinator asked for something the protocol never answers: both shares of one participant, or a decision without a consistency check. Answering could open an input.", "Do not trust the coordinator until this is explained."),
        new(FailureCodes.SurvivorsInconsistent, Protocol, "Participants were shown different survivor sets, or a set that cannot be true. This is how an input would be opened alone.", "Do not trust the coordinator until this is explained."),
        new(FailureCodes.GraphInconsistent, Protocol, "The neighbours or coins that were handed out are not those of the jointly drawn graph. A chosen graph could surround a participant with colluders.", "Do not trust the coordinator until this is explained."),
        new(FailureCodes.CoordinatorSilent, Protocol, "The coordinator stopped answering. The participant's secrets are erased.", "Take part in the next round; check the network."),
        new(FailureCodes.ThresholdNotAllowed, Input, "The threshold does not keep what the mode promises: malicious mode needs 2t > n + c, semi-honest mode t > c, graph protocols at least what the parameter finder gives.", "Leave the threshold out to have it chosen, or use one from the range in the message."),
        new(FailureCodes.ParametersInfeasible, Input, "No neighbour graph keeps the promised probabilities for these fractions of corrupt and dropped participants.", "Use the nearest feasible fractions in the message, a larger cohort, or the protocol secagg."),
        new(FailureCodes.ModulusTooSmall, Input, "The sum of all inputs could wrap around the modulus, and a wrapped sum is wrong without anybody noticing.", "Use the number of bits in the message, fewer participants, or fewer bits a value."),
    ];

    public static IReadOnlyList<FailurePage> Files { get; } =
    [
        new(FailureCodes.CsvFieldCount, Input, "A row has another number of fields than the others.", "Correct the line in the message; quote fields that hold commas."),
        new(FailureCodes.NotANumber, Input, "A number was expected and something else was found. A comma is never a decimal point.", "Correct the cell in the message, or name the column under data.ignore."),
        new(FailureCodes.ValueNotFinite, Input, "A value is NaN or infinite.", "Remove or impute the row in the message."),
        new(FailureCodes.InvalidLabel, Input, "A label is not one of the classes.", "Correct the line in the message."),
        new(FailureCodes.UnsupportedDtype, Input, "An array has an element type that is not read. Pickled objects are code and are never loaded.", "Save the array as i1, u1, i2, u2, i4, i8, f4 or f8, little-endian."),
        new(FailureCodes.UnsupportedVersion, Input, "A file or message has a version that this release does not read.", "Convert it, or use a release that reads it."),
        new(FailureCodes.MalformedFile, Input, "A file is not what its name says: truncated, inconsistent, or with bytes left over.", "Get the file again."),
        new(FailureCodes.TooLarge, Input, "A file, or what it decompresses to, is above the limit.", "Split it."),
        new(FailureCodes.MissingField, Input, "A key, column, tensor or file that is needed is not there.", "Add what the message names."),
        new(FailureCodes.ChecksumMismatch, Input, "A model's checksum does not match its content: it was damaged or altered.", "Get the file again."),
        new(FailureCodes.ShapeMismatch, Input, "Two shapes that have to agree do not.", "Make them agree as the message says."),
        new(FailureCodes.InvalidValue, Input, "A value is outside what is allowed.", "Use a value that the message allows."),
        new(FailureCodes.EmptyData, Input, "There is no data to work with.", "Check the file and the split."),
        new(FailureCodes.ValueOutOfBounds, Input, "A value is outside the bounds that were declared for it; used as it is, it would break what the bounds promise.", "Widen the bounds or clip the data."),
        new(FailureCodes.FileNotFound, Input, "A data file or folder is not there.", "Check the path."),
        new(FailureCodes.FileAccess, FailureKind.Environment, "A file could not be read or written.", "Check permissions and disk space."),
        new(FailureCodes.NotAFile, Input, "A folder or device was given where a file is needed.", "Name a file."),
        new(FailureCodes.PathNotAllowed, Input, "A path or archive entry leads out of the folder it has to stay in.", "Keep paths inside the folder; do not unpack archives you do not trust."),
    ];

    public static IReadOnlyList<FailurePage> Plans { get; } =
    [
        new(FailureCodes.ConfigNotFound, Input, "The plan's file is not there.", "Check the path."),
        new(FailureCodes.ConfigSyntax, Input, "The plan is not well-formed YAML, or a key appears twice.", "Correct the line in the message."),
        new(FailureCodes.ConfigTooComplex, Input, "The plan uses aliases, anchors, tags or deep nesting. They can make a small file explode, and no plan needs them.", "Write the values out."),
        new(FailureCodes.ConfigTooLarge, Input, "The plan's file is above 1 MiB.", "A plan has a few dozen lines: check the path."),
        new(FailureCodes.UnknownKey, Input, "The plan has a key that no plan has. Unknown keys are refused, so that a misspelt protection is not silently absent.", "Correct the key; docs/plans.md lists all of them."),
        new(FailureCodes.InvalidNumber, Input, "A number was expected.", "Write it with a decimal point and without thousands separators, such as 1.5."),
        new(FailureCodes.NumberNotFinite, Input, "A number is infinite or NaN.", "Use a finite number."),
        new(FailureCodes.InvalidEpsilon, Input, "Epsilon is not positive.", "Use an epsilon above 0; small ones protect more."),
        new(FailureCodes.DeltaTooLarge, Input, "Delta is outside [0, 1), or not below 1/n: then revealing one record outright would count as private.", "Use a delta well below 1/n."),
        new(FailureCodes.MechanismNotValid, Input, "The mechanism's proof does not cover these parameters.", "Use the mechanism in the message."),
        new(FailureCodes.InvalidNoise, Input, "The noise multiplier is not positive: there would be no noise.", "Use a value above 0."),
        new(FailureCodes.InvalidSamplingRate, Input, "A sampling rate is outside (0, 1].", "Use 0 < q ≤ 1."),
        new(FailureCodes.AccountantMismatch, Input, "The accountant's theorem does not hold for the way examples are sampled.", "Sample as the accountant assumes, or use another accountant."),
        new(FailureCodes.InsecureSeed, Input, "A fixed seed makes noise predictable, so it protects nothing.", "Remove the key."),
        new(FailureCodes.UnknownCommand, Usage, "There is no such verb.", "tacit --help lists them."),
        new(FailureCodes.UnknownOption, Usage, "There is no such option.", "tacit VERB --help lists them."),
        new(FailureCodes.MissingValue, Usage, "An option has no value, or a required one was left out.", "tacit VERB --help shows examples."),
        new(FailureCodes.SecretOnCommandLine, Usage, "A secret on the command line can be read by every user of the machine and stays in the shell's history.", "Give secrets in files that only you can read."),
        new(FailureCodes.UnknownCode, Usage, "There is no such failure code.", "tacit explain lists all codes."),
        new(FailureCodes.Interrupted, Interruption, "You ended the command. Nothing half-written was left behind.", "Run it again."),
        new(FailureCodes.InternalError, FailureKind.Environment, "A bug: the command ended in a way that nobody thought of.", "Please report the message with the command line; set TACIT_TRACE=1 to see where it happened."),
    ];
}
