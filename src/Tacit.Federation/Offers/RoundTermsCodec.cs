using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Cryptography.Signatures;

namespace Tacit.Federation.Offers;

/// <summary>Terms as bytes, with the number that the receiver has in them. The id is not sent: the receiver computes it.</summary>
public static class RoundTermsCodec
{
    private const byte Version = 2;

    /// <summary>Writes terms for one member.</summary>
    /// <param name="terms">Any terms.</param>
    /// <param name="self">The receiver.</param>
    public static byte[] Encode(RoundTerms terms, PartyId self)
    {
        ArgumentNullException.ThrowIfNull(terms);
        ProtectionTerms protection = terms.Protection;
        WireWriter writer = new(256 + (terms.Cohort.Length * 70));
        writer.Byte(Version).Party(self).Text(terms.Protocol).Text(terms.Job).Long(terms.Round)
            .Bytes(terms.ModelHash.AsSpan()).Bytes(terms.PlanHash.AsSpan()).Number(terms.Ring.Bits).Number(terms.Length)
            .Byte((byte)protection.Mode).Number(protection.Threshold).Number(protection.Neighbours).Number(protection.MaximumCorrupt).Number(protection.MaximumDropouts).Byte((byte)protection.Sigma).Byte((byte)protection.Cipher)
            .Number(terms.MinimumCohort).Long(terms.PhaseTimeout.Ticks).Number(terms.ChunkBytes).Number(terms.Cohort.Length);
        foreach (CohortMember member in terms.Cohort)
        {
            writer.Party(member.Id).Byte(member.Identity is null ? (byte)0 : (byte)1);
            if (member.Identity is { } identity) writer.Bytes(identity.Point.Encoded);
        }

        return writer.Written.ToArray();
    }

    /// <summary>Reads terms of hostile origin, and checks what no protocol can do without.</summary>
    /// <param name="bytes">All of it, nothing after it.</param>
    /// <param name="terms">The terms, or null.</param>
    /// <param name="self">The receiver's number; a member of the cohort.</param>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out RoundTerms? terms, out PartyId self)
    {
        terms = null;
        self = default;
        WireReader reader = new(bytes);
        if (!reader.TryByte(out byte version) || version != Version || !reader.TryParty(out self)) return false;
        if (!reader.TryText(out string protocol) || !reader.TryText(out string job) || !reader.TryLong(out long round) || round < 1) return false;
        if (!reader.TryBytes(32, out ReadOnlySpan<byte> model) || !reader.TryBytes(32, out ReadOnlySpan<byte> plan)) return false;
        if (!reader.TryNumber(out int bits) || bits is < 1 or > ResidueRing.MaxBits || !reader.TryNumber(out int length)) return false;
        if (!TryProtection(ref reader, out ProtectionTerms? protection)) return false;
        if (!reader.TryNumber(out int minimum) || !reader.TryLong(out long timeout) || !reader.TryNumber(out int chunk)) return false;
        if (!TryCohort(ref reader, out ImmutableArray<CohortMember> cohort) || !reader.AtEnd) return false;
        RoundTerms read = new()
        {
            Protocol = protocol,
            Job = job,
            Round = round,
            ModelHash = [.. model],
            PlanHash = [.. plan],
            Cohort = cohort,
            Ring = new ResidueRing(bits),
            Length = length,
            Protection = protection!,
            MinimumCohort = minimum,
            PhaseTimeout = new TimeSpan(timeout),
            ChunkBytes = chunk,
        };
        if (!IsValid(read) || !read.TryGetMember(self, out _)) return false;
        terms = read;
        return true;
    }

    private static bool TryProtection(ref WireReader reader, out ProtectionTerms? protection)
    {
        protection = null;
        if (!reader.TryByte(out byte mode) || mode > (byte)ProtectionMode.Malicious || !reader.TryNumber(out int threshold) || !reader.TryNumber(out int neighbours)) return false;
        if (!reader.TryNumber(out int corrupt) || !reader.TryNumber(out int dropouts) || !reader.TryByte(out byte sigma) || !reader.TryByte(out byte cipher) || !Enum.IsDefined((KeystreamCipher)cipher)) return false;
        if (threshold < 0 || neighbours < 0 || corrupt < 0 || dropouts < 0) return false;
        protection = new ProtectionTerms { Mode = (ProtectionMode)mode, Threshold = threshold, Neighbours = neighbours, MaximumCorrupt = corrupt, MaximumDropouts = dropouts, Sigma = sigma, Cipher = (KeystreamCipher)cipher };
        return true;
    }

    private static bool TryCohort(ref WireReader reader, out ImmutableArray<CohortMember> cohort)
    {
        cohort = [];
        if (!reader.TryCount(5, out int count)) return false;
        var members = ImmutableArray.CreateBuilder<CohortMember>(count);
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryParty(out PartyId id) || !reader.TryByte(out byte signed) || signed > 1) return false;
            VerificationKey? key = null;
            if (signed == 1)
            {
                if (!reader.TryBytes(P256Point.EncodedBytes, out ReadOnlySpan<byte> encoded) || !P256Point.TryRead(encoded, out P256Point? point)) return false;
                key = new VerificationKey(point!);
            }

            members.Add(new CohortMember(id, key));
        }

        cohort = members.MoveToImmutable();
        return true;
    }

    private static bool IsValid(RoundTerms terms)
    {
        try
        {
            terms.Validate();
            return true;
        }
        catch (FailureException)
        {
            return false;
        }
    }
}
