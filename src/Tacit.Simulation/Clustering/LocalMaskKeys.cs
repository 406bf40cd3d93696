using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Hashing;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Secrets;
using Tacit.Protocols.SharedMask;

namespace Tacit.Simulation.Clustering;

/// <summary>Mask keys for clients that live in one process: what the first two exchanges of a shared-mask round give them elsewhere.</summary>
public static class LocalMaskKeys
{
    /// <summary>Agrees keys for a job.</summary>
    /// <param name="clients">C.</param>
    /// <param name="random">Where keys come from; each client would have its own.</param>
    /// <param name="job">The job's name: another job has other masks.</param>
    /// <returns>By client, disposed by the caller.</returns>
    public static SharedMaskKeys[] Agree(int clients, IRandomSource random, string job = "local")
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clients);
        AgreementKey[] own = [.. Enumerable.Range(0, clients).Select(_ => AgreementKey.Create(random))];
        using SecretBytes contributions = SecretBytes.Create(clients * SharedMaskKeys.SecretSize, random);
        using TranscriptHash hash = new("tacit/clustering/local-session/1");
        hash.Append("job", job).Append("clients", clients);
        foreach (AgreementKey key in own) hash.Append("key", key.PublicPoint.Encoded);
        ImmutableArray<byte> session = [.. hash.Digest()];
        var keys = new SharedMaskKeys[clients];
        for (int i = 0; i < clients; i++)
        {
            List<(PartyId, P256Point)> peers = [.. Enumerable.Range(0, clients).Where(j => j != i).Select(j => (new PartyId(j + 1), own[j].PublicPoint))];
            keys[i] = SharedMaskKeys.From(new PartyId(i + 1), own[i], peers, contributions.Span, session);
        }

        foreach (AgreementKey key in own) key.Dispose();
        return keys;
    }
}
