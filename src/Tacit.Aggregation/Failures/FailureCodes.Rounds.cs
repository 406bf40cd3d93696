namespace Tacit.Aggregation.Failures;

public static partial class FailureCodes
{
    /// <summary>Too few participants are left for the threshold or the minimum cohort.</summary>
    public static readonly FailureCode CohortBelowThreshold = new("COHORT_BELOW_THRESHOLD");

    /// <summary>A message is not signed by the pinned identity of its sender.</summary>
    public static readonly FailureCode IdentitySignatureInvalid = new("IDENTITY_SIGNATURE_INVALID");

    /// <summary>A public key is not a canonical point of the curve.</summary>
    public static readonly FailureCode InvalidPublicKey = new("INVALID_PUBLIC_KEY");

    /// <summary>One key stands for two participants, or comes back to the one who made it.</summary>
    public static readonly FailureCode DuplicateKey = new("DUPLICATE_KEY");

    /// <summary>The ciphertext of a share does not open: altered, swapped or from elsewhere.</summary>
    public static readonly FailureCode ShareDecryptionFailed = new("SHARE_DECRYPTION_FAILED");

    /// <summary>A message of another round was sent again.</summary>
    public static readonly FailureCode ReplayedMessage = new("REPLAYED_MESSAGE");

    /// <summary>A share is not canonical or belongs to nobody it could belong to.</summary>
    public static readonly FailureCode InvalidShare = new("INVALID_SHARE");

    /// <summary>Shares of one secret do not lie on one polynomial.</summary>
    public static readonly FailureCode InconsistentShares = new("INCONSISTENT_SHARES");

    /// <summary>A vector has another length than the terms say.</summary>
    public static readonly FailureCode VectorDimensionMismatch = new("VECTOR_DIMENSION_MISMATCH");

    /// <summary>A residue is not below the modulus.</summary>
    public static readonly FailureCode ElementOutOfRange = new("ELEMENT_OUT_OF_RANGE");

    /// <summary>A message came after its phase was closed.</summary>
    public static readonly FailureCode RoundClosed = new("ROUND_CLOSED");

    /// <summary>A message names a round that is not this one.</summary>
    public static readonly FailureCode UnknownRound = new("UNKNOWN_ROUND");

    /// <summary>A message is from or about somebody who is not in the round.</summary>
    public static readonly FailureCode UnknownParty = new("UNKNOWN_PARTY");

    /// <summary>A message reached somebody it was not addressed to.</summary>
    public static readonly FailureCode Misrouted = new("MISROUTED");

    /// <summary>Participants hold different models.</summary>
    public static readonly FailureCode ModelInconsistent = new("MODEL_INCONSISTENT");

    /// <summary>Bytes are not a message of the protocol.</summary>
    public static readonly FailureCode MalformedMessage = new("MALFORMED_MESSAGE");

    /// <summary>A message is above the limit.</summary>
    public static readonly FailureCode MessageTooLarge = new("MESSAGE_TOO_LARGE");

    /// <summary>A participant sent what it had already sent.</summary>
    public static readonly FailureCode DuplicateMessage = new("DUPLICATE_MESSAGE");

    /// <summary>The coordinator asks for something the protocol never answers, such as both shares of one participant.</summary>
    public static readonly FailureCode UnmaskRequestRefused = new("UNMASK_REQUEST_REFUSED");

    /// <summary>Participants were shown different survivor sets.</summary>
    public static readonly FailureCode SurvivorsInconsistent = new("SURVIVORS_INCONSISTENT");

    /// <summary>The neighbours that were handed out are not those of the agreed graph.</summary>
    public static readonly FailureCode GraphInconsistent = new("GRAPH_INCONSISTENT");

    /// <summary>The coordinator stopped answering.</summary>
    public static readonly FailureCode CoordinatorSilent = new("COORDINATOR_SILENT");

    /// <summary>The threshold is not one that the mode allows.</summary>
    public static readonly FailureCode ThresholdNotAllowed = new("THRESHOLD_NOT_ALLOWED");

    /// <summary>No graph keeps the promised probabilities for these fractions.</summary>
    public static readonly FailureCode ParametersInfeasible = new("PARAMETERS_INFEASIBLE");

    /// <summary>The sum of all inputs could wrap around the modulus.</summary>
    public static readonly FailureCode ModulusTooSmall = new("MODULUS_TOO_SMALL");
}
