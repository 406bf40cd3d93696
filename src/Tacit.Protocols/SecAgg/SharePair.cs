using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Secrets;
using Tacit.Cryptography.Sharing;

namespace Tacit.Protocols.SecAgg;

/// <summary>Which of a participant's two secrets a share is of.</summary>
internal enum ShareKind : byte
{
    /// <summary>s^SK_u: opened for the dropped.</summary>
    MaskKey = 1,

    /// <summary>b_u: opened for the survivors.</summary>
    SelfMask = 2,
}

/// <summary>The shares that one holder has of one participant: s^SK_{u,v} ‖ b_{u,v}.</summary>
internal static class SharePair
{
    public const int Bytes = 2 * SeedSharing.ShareBytes;

    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> pair, ShareKind kind) =>
        kind == ShareKind.MaskKey ? pair[..SeedSharing.ShareBytes] : pair[SeedSharing.ShareBytes..];

    public static bool IsPair(ReadOnlySpan<byte> pair) =>
        pair.Length == Bytes && SeedSharing.IsShare(pair[..SeedSharing.ShareBytes]) && SeedSharing.IsShare(pair[SeedSharing.ShareBytes..]);
}

/// <summary>The share pairs that a participant holds, by whose they are. Secret: zeroed when disposed.</summary>
internal sealed class HeldShares : IDisposable
{
    private readonly SortedDictionary<PartyId, SecretBytes> pairs = [];

    public void Add(PartyId owner, ReadOnlySpan<byte> pair) => pairs.Add(owner, SecretBytes.From(pair));

    public bool TryGet(PartyId owner, ShareKind kind, out ReadOnlySpan<byte> share)
    {
        bool held = pairs.TryGetValue(owner, out SecretBytes? pair);
        share = held ? SharePair.Of(pair!.Span, kind) : default;
        return held;
    }

    public void Dispose()
    {
        foreach (SecretBytes pair in pairs.Values) pair.Dispose();
    }

    public override string ToString() => "<redacted>";

    /// <summary>Splits both secrets among the holders.</summary>
    /// <param name="secrets">Whose.</param>
    /// <param name="threshold">t.</param>
    /// <param name="holders">Ascending.</param>
    /// <returns>One pair for each holder, in order; zeroed by the caller.</returns>
    public static SecretBytes Split(ParticipantSecrets secrets, int threshold, IReadOnlyList<PartyId> holders)
    {
        uint[] points = [.. holders.Select(holder => holder.Point)];
        using SecretBytes scalar = new(SeedSharing.SecretBytes);
        using SecretBytes maskShares = new(points.Length * SeedSharing.ShareBytes);
        using SecretBytes selfShares = new(points.Length * SeedSharing.ShareBytes);
        secrets.MaskKey.ExportScalar(scalar.Span);
        SeedSharing.Split(scalar.Span, threshold, points, secrets.Random, maskShares.Span);
        SeedSharing.Split(secrets.SelfMaskSeed.Span, threshold, points, secrets.Random, selfShares.Span);

        SecretBytes pairs = new(points.Length * SharePair.Bytes);
        for (int i = 0; i < points.Length; i++)
        {
            Span<byte> pair = pairs.Span.Slice(i * SharePair.Bytes, SharePair.Bytes);
            maskShares.Span.Slice(i * SeedSharing.ShareBytes, SeedSharing.ShareBytes).CopyTo(pair);
            selfShares.Span.Slice(i * SeedSharing.ShareBytes, SeedSharing.ShareBytes).CopyTo(pair[SeedSharing.ShareBytes..]);
        }

        return pairs;
    }
}
