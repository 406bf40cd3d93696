using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Cryptography.Secrets;
using Tacit.Cryptography.Sharing;
using Tacit.Cryptography.Signatures;

namespace Tacit.Protocols.SecAgg;

/// <summary>What one participant keeps during a round and never sends as it is. MUST NOT be serialised; zeroed when disposed.</summary>
/// <param name="inputs">The participant's inputs.</param>
internal sealed class ParticipantSecrets(ParticipantInputs inputs) : IDisposable
{
    public PartyId Self { get; } = inputs.Self;

    /// <summary>x_u, later y_u: masked in place.</summary>
    public ModularVector Vector { get; } = inputs.Vector;

    public IRandomSource Random { get; } = inputs.Random;

    public SigningKey? Identity { get; } = inputs.Identity;

    public IParallelLoop Loop { get; } = inputs.Loop;

    /// <summary>c_u: encrypts shares. Never shared.</summary>
    public AgreementKey ChannelKey { get; } = AgreementKey.Create(inputs.Random);

    /// <summary>s_u: makes pairwise masks. Shared, so that a dropped participant's masks can be taken out.</summary>
    public AgreementKey MaskKey { get; } = AgreementKey.Create(inputs.Random);

    /// <summary>b_u: makes the self-mask. Shared, so that a survivor's can.</summary>
    public SecretBytes SelfMaskSeed { get; } = SecretBytes.Create(SeedSharing.SecretBytes, inputs.Random);

    public void Dispose()
    {
        Vector.Clear();
        ChannelKey.Dispose();
        MaskKey.Dispose();
        SelfMaskSeed.Dispose();
    }

    public override string ToString() => "<redacted>";
}
