using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Rings;
using Tacit.Cryptography.Secrets;

namespace Tacit.Protocols.SharedMask;

/// <summary>What one participant keeps during a round and never sends as it is; zeroed when disposed.</summary>
internal sealed class SharedMaskParticipant(RoundTerms terms, ImmutableArray<MaskSegment> segments, ParticipantInputs inputs) : IDisposable
{
    public RoundTerms Terms { get; } = terms;

    public ImmutableArray<MaskSegment> Segments { get; } = segments;

    public PartyId Self { get; } = inputs.Self;

    /// <summary>x_i, later y_i: masked in place.</summary>
    public ModularVector Vector { get; } = inputs.Vector;

    public IParallelLoop Loop { get; } = inputs.Loop;

    public AgreementKey Key { get; } = AgreementKey.Create(inputs.Random);

    /// <summary>r_i: this participant's part of the group's secret.</summary>
    public SecretBytes Contribution { get; } = SecretBytes.Create(SharedMaskKeys.SecretSize, inputs.Random);

    public DateTimeOffset Deadline(DateTimeOffset now) => now + 3 * Terms.PhaseTimeout;

    public Envelope ToCoordinator(Phase phase, ReadOnlyMemory<byte> payload) => new(Terms.Id, phase, Self, PartyId.Coordinator, payload);

    /// <summary>Does something to each part of a vector, which is copied out and back.</summary>
    public void ForEachSegment(ModularVector vector, Action<ModularVector, string> action)
    {
        int start = 0;
        foreach (MaskSegment segment in Segments)
        {
            ModularVector part = new(vector.Ring, segment.Length);
            for (int i = 0; i < segment.Length; i++) part[i] = vector[start + i];
            action(part, segment.Label);
            for (int i = 0; i < segment.Length; i++) vector[start + i] = part[i];
            part.Clear();
            start += segment.Length;
        }
    }

    public void Dispose()
    {
        Vector.Clear();
        Key.Dispose();
        Contribution.Dispose();
    }

    public override string ToString() => "<redacted>";
}
