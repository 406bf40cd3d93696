using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Sharing;

namespace Tacit.Protocols.SecAgg;

/// <summary>The shares that the coordinator was given in unmasking: of each owner one kind. Kept as they came, one message for each holder.</summary>
internal sealed class OpenedShares(MaskedSum masked) : IDisposable
{
    private readonly Dictionary<PartyId, byte[]> answers = [];
    private readonly HashSet<PartyId> distrusted = [];

    public int Answers => answers.Count;

    /// <summary>Remembers who sent a wrong share.</summary>
    public void Distrust(PartyId holder) => distrusted.Add(holder);

    public bool HasAnswered(PartyId holder) => answers.ContainsKey(holder);

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

    /// <summary>Takes an answer in which nothing was found.</summary>
    /// <param name="holder">Who answered.</param>
    /// <param name="payload">A whole <see cref="UnmaskResponse"/>; copied.</param>
    public void Add(PartyId holder, ReadOnlySpan<byte> payload) => answers.Add(holder, payload.ToArray());

    /// <summary>Puts an owner's secret together.</summary>
    /// <param name="owner">A survivor or a dropped sharer.</param>
    /// <param name="secret">32 bytes, overwritten on success.</param>
    public SharingResult TryReconstruct(PartyId owner, Span<byte> secret)
    {
        int threshold = masked.Terms.Protection.Threshold;
        ImmutableArray<PartyId> holders = masked.Roster.HoldersOf(owner);
        uint[] points = new uint[holders.Length];
        byte[] values = new byte[holders.Length * SeedSharing.ShareBytes];

        // Finding a wrong share is slow: who sent one is left out from then on, as long as the others suffice.
        int count = Gather(owner, holders, leaveOut: distrusted, points, values);
        if (count <= threshold && distrusted.Count > 0) count = Gather(owner, holders, leaveOut: [], points, values);   // without one more nothing wrong would be noticed
        SharingResult result = SeedSharing.TryReconstruct(threshold, points.AsSpan(0, count), values.AsSpan(0, count * SeedSharing.ShareBytes), secret);
        if (result.Succeeded || distrusted.Count == 0) return result;

        // A holder may be distrusted for what a dealer did to it: with all shares more wrong ones can be corrected.
        count = Gather(owner, holders, leaveOut: [], points, values);
        return SeedSharing.TryReconstruct(threshold, points.AsSpan(0, count), values.AsSpan(0, count * SeedSharing.ShareBytes), secret);
    }

    public int Count(PartyId owner) => masked.Roster.HoldersOf(owner).Count(holder => TryGet(holder, owner, out _));

    public void Dispose() => answers.Clear();

    private int Gather(PartyId owner, ImmutableArray<PartyId> holders, HashSet<PartyId> leaveOut, Span<uint> points, Span<byte> values)
    {
        int count = 0;
        foreach (PartyId holder in holders)
        {
            if (leaveOut.Contains(holder) || !TryGet(holder, owner, out ReadOnlySpan<byte> share)) continue;
            points[count] = holder.Point;
            share.CopyTo(values[(count++ * SeedSharing.ShareBytes)..]);
        }

        return count;
    }

    private bool TryGet(PartyId holder, PartyId owner, out ReadOnlySpan<byte> share)
    {
        share = default;
        return answers.TryGetValue(holder, out byte[]? answer) && UnmaskResponse.TryFindShare(answer, owner, out share);
    }
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
