using System.Text.Json;
using Tacit.Cryptography.KeyAgreement;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Vectors;

public sealed class KeyAgreementVectorTests(ITestOutputHelper output)
{
    [Fact]
    public void Agreement_on_raw_points_agrees_with_Wycheproof()
    {
        if (SharedVectors.Find("wycheproof_ecdh_secp256r1_ecpoint", output) is not { } file) return;
        Tally tally = new(file, output);

        foreach (JsonElement vector in file.Cases) Check(tally, vector, P256Point.TryRead(vector.Hex("public"), out P256Point? point), point);

        tally.AssertComplete(publicChecked: 177);
    }

    [Fact]
    public void Agreement_on_subject_public_key_info_agrees_with_Wycheproof()
    {
        if (SharedVectors.Find("wycheproof_ecdh_secp256r1", output) is not { } file) return;
        Tally tally = new(file, output);

        foreach (JsonElement vector in file.Cases) Check(tally, vector, P256Point.TryReadSubjectPublicKeyInfo(vector.Hex("public"), out P256Point? point), point);

        tally.AssertComplete(publicChecked: 191);
    }

    [Fact]
    public void Points_that_are_not_points_are_refused()
    {
        if (SharedVectors.Find("p256_invalid_points", output) is not { } file) return;
        Tally tally = new(file, output);

        foreach (JsonElement vector in file.Cases) tally.CheckRefused(vector, P256Point.TryRead(vector.Hex("point"), out _));

        tally.AssertComplete(publicChecked: 8);
    }

    private static void Check(Tally tally, JsonElement vector, bool accepted, P256Point? point)
    {
        if (vector.IsInvalid()) tally.CheckRefused(vector, accepted);
        else if (accepted) tally.Check(vector, SharedSecret(vector, point!).AsSpan().SequenceEqual(vector.Hex("shared")), "another shared secret");
        else if (vector.IsValid()) tally.Check(vector, agrees: false, "valid, but refused");
        else tally.NotApplicable("acceptable to Wycheproof, refused here: " + string.Join(", ", vector.GetProperty("flags").EnumerateArray()));
    }

    // Scalars are signed big-endian numbers there: shorter than 32 bytes, or with a zero byte in front.
    private static byte[] SharedSecret(JsonElement vector, P256Point point)
    {
        byte[] number = [.. vector.Hex("private").SkipWhile(b => b == 0)];
        byte[] scalar = new byte[AgreementKey.ScalarBytes];
        number.CopyTo(scalar, scalar.Length - number.Length);
        Assert.True(AgreementKey.TryFromScalar(scalar, out AgreementKey? key));

        using (key)
        {
            byte[] secret = new byte[AgreementKey.SharedSecretBytes];
            key!.Agree(point, secret);
            byte[] batched = new byte[AgreementKey.SharedSecretBytes];
            key.AgreeWithAll([point], batched);
            Assert.Equal(secret, batched);
            return secret;
        }
    }
}
