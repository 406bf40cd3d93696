using System.Buffers.Binary;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Federation.Envelopes;
using Tacit.Storage.Rounds;

namespace Tacit.Coordination.Rounds;

/// <summary>What everybody may see of a round: keys and commitments as they were advertised, and the signatures under who is in the sum. Shares, inputs and what opens masks are not kept.</summary>
/// <remarks>Only messages that the machine took in without complaint: at most a few from each participant. Used in the actor's turn.</remarks>
internal sealed class PublicTranscript
{
    private readonly SortedDictionary<Phase, (List<Envelope> Messages, DateTimeOffset First, DateTimeOffset Last)> phases = [];

    public void Add(Envelope message, DateTimeOffset at)
    {
        if (message.Phase is not (Phase.AdvertiseKeys or Phase.ConsistencyCheck)) return;
        (List<Envelope> messages, DateTimeOffset first, _) = phases.TryGetValue(message.Phase, out var known) ? known : ([], at, at);
        messages.Add(message);
        phases[message.Phase] = (messages, first, at);
    }

    public void Clear() => phases.Clear();

    /// <summary>The phases to be stored: envelopes as they came, each behind its length.</summary>
    public IEnumerable<PhaseRecord> Records(string job, long number)
    {
        foreach ((Phase phase, (List<Envelope> messages, DateTimeOffset first, DateTimeOffset last)) in phases)
        {
            byte[] body = new byte[messages.Sum(message => EnvelopeLimits.LengthBytes + EnvelopeCodec.EncodedBytes(message))];
            Span<byte> rest = body;
            foreach (Envelope message in messages)
            {
                byte[] encoded = EnvelopeCodec.Encode(message);
                BinaryPrimitives.WriteInt32LittleEndian(rest, encoded.Length);
                encoded.CopyTo(rest[EnvelopeLimits.LengthBytes..]);
                rest = rest[(EnvelopeLimits.LengthBytes + encoded.Length)..];
            }

            yield return new PhaseRecord(job, number, (int)phase, phase.Name(), body, first, last);
        }
    }
}
