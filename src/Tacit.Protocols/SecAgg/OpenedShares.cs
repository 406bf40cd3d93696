using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Sharing;

namespace Tacit.Protocols.SecAgg;

/// <summary>The shares that the coordinator was given in unmasking, by whose secret they are of: one kind for each owner.</summary>
internal sealed class OpenedShares(MaskedSum masked) : IDisposable
{
    private readonly HashSet<PartyId> answered = [];
    private readonly HashSet<PartyId> distrusted = [];
    private readonly Dictionary<PartyId, List<(PartyId Holder, ReadOnlyMemory<byte> Share)>> shares = [];

    public int Answers => answered.Count;

    /// <summary>Remembers who sent a wrong share.</summary>
    public void Distrust(PartyId holder) => distrusted.Add(holder);

    public bool HasAnswered(PartyId holder) => answered.Contains(holder);

    public static ShareKind KindOf(MaskedSum masked, PartyId owner) => masked.IsSurvivor(owner) ? ShareKind.SelfMask : ShareKind.MaskKey;

    /// <summary>Says what is wrong with an answer: the wrong kind, a stranger's share, a share that is not canonical.</summary>
    public string? Find(PartyId holder, UnmaskResponse response)
    {
        ImmutableArray<PartyId> owners = masked.Roster.HoldersOf(holder);
        foreach ((PartyId owner, ShareKind kind, ReadOnlyMemory<byte> share) in response.Items)
        {
            if (owners.BinarySearch(owner) < 0 || masked.Participation.Sharers.BinarySearch(owner) < 0) return $"{holder} holds no share of {owner}";
            if (kind != KindOf(masked, owner)) return $"{holder} opened the wrong share of {owner}";
            if (!SeedSharing.IsShare(share.Span)) return $"the share of {owner} from {holder} is not canonical: x must be 1…p − 1 and y in [0, p)";
        }

        return null;
    }

    public void Add(PartyId holder, UnmaskResponse response)
    {
        answered.Add(holder);
        foreach ((PartyId owner, _, ReadOnlyMemory<byte> share) in response.Items)
        {
            if (!shares.TryGetValue(owner, out List<(PartyId, ReadOnlyMemory<byte>)>? list)) shares[owner] = list = [];
            list.Add((holder, share));
        }
    }

    /// <summary>Puts an owner's secret together.</summary>
    /// <param name="owner">A survivor or a dropped sharer.</param>
    /// <param name="secret">32 bytes, overwritten on success.</param>
    public SharingResult TryReconstruct(PartyId owner, Span<byte> secret)
    {
        if (!shares.TryGetValue(owner, out List<(PartyId Holder, ReadOnlyMemory<byte> Share)>? list)) return new SharingResult(SharingError.TooFewShares, []);

        // Finding a wrong share is slow: who sent one is left out from then on, as long as the others suffice.
        List<(PartyId Holder, ReadOnlyMemory<byte> Share)> trusted = [.. list.Where(item => !distrusted.Contains(item.Holder))];
        if (trusted.Count >= masked.Terms.Protection.Threshold) list = trusted;

        uint[] points = [.. list.Select(item => item.Holder.Point)];
        byte[] values = new byte[list.Count * SeedSharing.ShareBytes];
        for (int i = 0; i < list.Count; i++) list[i].Share.Span.CopyTo(values.AsSpan(i * SeedSharing.ShareBytes));
        return SeedSharing.TryReconstruct(masked.Terms.Protection.Threshold, points, values, secret);
    }

    public int Count(PartyId owner) => shares.TryGetValue(owner, out List<(PartyId, ReadOnlyMemory<byte>)>? list) ? list.Count : 0;

    public void Dispose() => shares.Clear();
}

/// <summary>Who stopped answering, and when.</summary>
internal static class Dropouts
{
    public static ImmutableArray<Dropout> Of(MaskedSum masked, ImmutableArray<PartyId> signers, OpenedShares opened)
    {
        var dropouts = ImmutableArray.CreateBuilder<Dropout>();
        foreach (CohortMember member in masked.Terms.Cohort)
        {
            Phase? phase = masked.Roster.Members.BinarySearch(member.Id) < 0 ? Phase.AdvertiseKeys
                : masked.Participation.Sharers.BinarySearch(member.Id) < 0 ? Phase.ShareKeys
                : !masked.IsSurvivor(member.Id) ? Phase.MaskedInput
                : signers.BinarySearch(member.Id) < 0 ? Phase.ConsistencyCheck
                : !opened.HasAnswered(member.Id) ? Phase.Unmasking
                : null;
            if (phase is { } missed) dropouts.Add(new Dropout(member.Id, missed, Recovered: true));
        }

        return dropouts.DrainToImmutable();
    }
}
