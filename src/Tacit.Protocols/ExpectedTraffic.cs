using Tacit.Aggregation.Rounds;
using Tacit.Protocols.PlainSum;
using Tacit.Protocols.SecAggPlus;

namespace Tacit.Protocols;

/// <summary>Bytes that one participant sends and receives in a round in which nobody drops out: the formulas of docs/protocols.</summary>
/// <param name="Up">Sent, envelope headers included.</param>
/// <param name="Down">Received.</param>
public readonly record struct ExpectedTraffic(long Up, long Down)
{
    private const int Header = 62;
    private const int ChunkOverhead = 5;

    /// <summary>The bytes of one round.</summary>
    /// <param name="protocol">A protocol's name.</param>
    /// <param name="protection">Mode and neighbours.</param>
    /// <param name="participants">n.</param>
    /// <param name="length">Residues of a contribution.</param>
    /// <param name="bits">Bits of a residue.</param>
    /// <param name="chunkBytes">Bytes of packed residues in one message.</param>
    public static ExpectedTraffic Of(string protocol, ProtectionTerms protection, int participants, int length, int bits, int chunkBytes = 64 * 1024)
    {
        long packed = (((long)length * bits) + 7) / 8, chunks = Math.Max(1, (packed + chunkBytes - 1) / chunkBytes);
        long grant = chunks > 1 ? Header + 1 : 0;   // and as much for the request
        long vector = packed + (chunks * (Header + ChunkOverhead)) + grant;
        if (protocol == PlainSumProtocol.ProtocolName) return new ExpectedTraffic(vector, grant);
        bool signed = protection.Mode == ProtectionMode.Malicious, graph = protocol == SecAggPlusProtocol.ProtocolName && protection.Neighbours < participants - 1;
        long n = participants, k = Math.Min(protection.Neighbours, participants - 1), s = signed ? 64 : 0, bitmap = (n + 7) / 8;
        long check = signed ? Header : 0;
        return graph
            ? new ExpectedTraffic(
                (4 * Header) + check + 1 + 162 + s + 17 + 37 + (k * 100) + vector + (signed ? 65 : 0) + 5 + (k * 45),
                (5 * Header) + grant + check + 5 + (n * 36) + 1 + bitmap + (n * 16) + 5 + (k * (166 + s)) + 5 + (k * 100) + (signed ? 1 + bitmap : 0) + 5 + (2 * bitmap) + (signed ? k * 68 : 0))
            : new ExpectedTraffic(
                (3 * Header) + check + 1 + 130 + s + 37 + ((n - 1) * 100) + vector + (signed ? 65 : 0) + 5 + (n * 45),
                (3 * Header) + grant + check + 5 + (n * (134 + s)) + 5 + ((n - 1) * 100) + (signed ? 1 + bitmap : 0) + 5 + (2 * bitmap) + (signed ? n * 68 : 0));
    }
}
