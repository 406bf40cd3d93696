using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Cryptography.Signatures;

namespace Tacit.Protocols;

/// <summary>What a participant brings into a round. Holds secrets: not a record, never printed.</summary>
public sealed class ParticipantInputs
{
    /// <summary>Who takes part.</summary>
    public required PartyId Self { get; init; }

    /// <summary>x: the contribution, in the ring and length of the terms. Owned by the machine from now on, and cleared by it.</summary>
    public required ModularVector Vector { get; init; }

    /// <summary>Where keys and shares come from.</summary>
    public required IRandomSource Random { get; init; }

    /// <summary>The long-term identity; required in malicious mode. Owned by the caller.</summary>
    public SigningKey? Identity { get; init; }

    /// <summary>Spreads mask expansion.</summary>
    public IParallelLoop Loop { get; init; } = SequentialLoop.Instance;

    /// <inheritdoc/>
    public override string ToString() => $"inputs of {Self}: <redacted>";

    internal void ThrowUnlessFits(RoundTerms terms)
    {
        if (!terms.TryGetMember(Self, out CohortMember? member))
        {
            throw new FailureException(FailureCodes.UnknownParty, $"participant {Self} is not in the cohort of round {terms.Round}");
        }

        if (Vector.Ring != terms.Ring || Vector.Length != terms.Length)
        {
            throw new FailureException(FailureCodes.VectorDimensionMismatch, $"the input is {Vector}; the terms say {terms.Length} residues of {terms.Ring}");
        }

        if (terms.Protection.Mode == ProtectionMode.Malicious && (Identity is null || !Identity.VerificationKey.Equals(member!.Identity)))
        {
            throw new FailureException(FailureCodes.IdentitySignatureInvalid, $"participant {Self} holds no identity key that matches the one pinned in the terms; malicious mode needs it");
        }
    }
}
