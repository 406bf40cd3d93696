using System.Text.Json;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Signatures;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Vectors;

public sealed class SignatureVectorTests(ITestOutputHelper output)
{
    [Fact]
    public void Verification_agrees_with_Wycheproof()
    {
        if (SharedVectors.Find("wycheproof_ecdsa_secp256r1_sha256_p1363", output) is not { } file) return;
        Tally tally = new(file, output);

        foreach (JsonElement vector in file.Cases) Check(tally, vector, vector.Hex("sig"));

        tally.AssertComplete(publicChecked: 131);
    }

    [Fact]
    public void Verification_of_strict_DER_signatures_agrees_with_Wycheproof()
    {
        if (SharedVectors.Find("wycheproof_ecdsa_secp256r1_sha256", output) is not { } file) return;
        Tally tally = new(file, output);

        foreach (JsonElement vector in file.Cases)
        {
            if (StrictDer.TryReadSignature(vector.Hex("sig"), out byte[] signature, out string reason)) Check(tally, vector, signature);
            else if (vector.IsInvalid()) tally.NotApplicable("has no r ‖ s form: " + reason);
            else tally.Check(vector, agrees: false, "valid, but not strict DER: " + reason);
        }

        tally.AssertComplete(publicChecked: 123);
    }

    private static void Check(Tally tally, JsonElement vector, byte[] signature)
    {
        Assert.True(P256Point.TryRead(vector.GetProperty("group").GetProperty("publicKey").Hex("uncompressed"), out P256Point? point));
        using VerificationKey key = new(point!);
        bool accepted = key.Verify(vector.Hex("msg"), signature);
        SignatureClaim claim = new(key, vector.Hex("msg"), signature);
        Assert.Equal(accepted ? -1 : 0, SignatureBatch.FirstInvalid([claim, claim, claim, claim]));
        if (vector.IsInvalid()) tally.CheckRefused(vector, accepted);
        else tally.Check(vector, accepted, "valid, but refused");
    }
}

/// <summary>SEQUENCE { INTEGER r, INTEGER s } in DER, nothing more lenient, to r ‖ s.</summary>
internal static class StrictDer
{
    private const int Sequence = 0x30, Integer = 0x02, WordBytes = 32;

    public static bool TryReadSignature(ReadOnlySpan<byte> der, out byte[] signature, out string reason)
    {
        signature = new byte[2 * WordBytes];
        reason = "not a sequence in DER";
        if (!TryReadField(ref der, Sequence, out ReadOnlySpan<byte> body) || !der.IsEmpty) return false;
        return TryReadNumber(ref body, signature.AsSpan(0, WordBytes), out reason)
            && TryReadNumber(ref body, signature.AsSpan(WordBytes), out reason)
            && Is(body.IsEmpty, "more than two integers", ref reason);
    }

    private static bool TryReadNumber(ref ReadOnlySpan<byte> rest, Span<byte> destination, out string reason)
    {
        reason = "not an integer in DER";
        if (!TryReadField(ref rest, Integer, out ReadOnlySpan<byte> number) || number.IsEmpty) return false;
        if (number.Length > 1 && number[0] == 0 && number[1] < 0x80) return false;
        if (!Is(number[0] < 0x80, "a negative integer", ref reason)) return false;
        if (number[0] == 0) number = number[1..];
        if (!Is(number.Length <= destination.Length, "an integer above 2^256", ref reason)) return false;
        number.CopyTo(destination[(destination.Length - number.Length)..]);
        return true;
    }

    // Both integers of P-256 and their sequence are shorter than 128 bytes: DER demands the one-byte length.
    private static bool TryReadField(ref ReadOnlySpan<byte> rest, int tag, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (rest.Length < 2 || rest[0] != tag || rest[1] >= 0x80 || rest[1] > rest.Length - 2) return false;
        content = rest.Slice(2, rest[1]);
        rest = rest[(2 + content.Length)..];
        return true;
    }

    private static bool Is(bool condition, string otherwise, ref string reason)
    {
        if (!condition) reason = otherwise;
        return condition;
    }
}
