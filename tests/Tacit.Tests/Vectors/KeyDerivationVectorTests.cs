using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tacit.Cryptography.KeyAgreement;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Vectors;

public sealed class KeyDerivationVectorTests(ITestOutputHelper output)
{
    private const string Label = "tacit/test/1";

    [Fact]
    public void The_platform_HKDF_agrees_with_Wycheproof()
    {
        if (SharedVectors.Find("wycheproof_hkdf_sha256", output) is not { } file) return;
        Tally tally = new(file, output);

        foreach (JsonElement vector in file.Cases)
        {
            byte[] key = new byte[vector.Int("size")];
            Exception? refusal = Record.Exception(() => HKDF.DeriveKey(HashAlgorithmName.SHA256, vector.Hex("ikm"), key, vector.Hex("salt"), vector.Hex("info")));
            if (vector.IsInvalid()) tally.CheckRefused(vector, accepted: refusal is not ArgumentException);
            else tally.Check(vector, refusal is null && key.AsSpan().SequenceEqual(vector.Hex("okm")));
        }

        tally.AssertComplete(publicChecked: 43);
    }

    [Fact]
    public void Derive_is_HKDF_with_label_zero_byte_and_context_as_info()
    {
        if (SharedVectors.Find("wycheproof_hkdf_sha256", output) is not { } file) return;
        Tally tally = new(file, output);

        foreach (JsonElement vector in file.Cases)
        {
            byte[] key = new byte[vector.Int("size")];
            Exception? refusal = Record.Exception(() => KeyDerivation.Derive(vector.Hex("ikm"), vector.Hex("salt"), Label, vector.Hex("info"), key));
            if (vector.IsInvalid()) tally.CheckRefused(vector, accepted: refusal is not ArgumentException);
            else tally.Check(vector, refusal is null && key.AsSpan().SequenceEqual(Composed(vector, key.Length)));
        }

        tally.AssertComplete(publicChecked: 43);
    }

    [Theory]
    [InlineData(
        "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")]
    [InlineData(
        "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8")]
    public void The_platform_HKDF_gives_the_output_of_RFC_5869(string secret, string salt, string info, string expected)
    {
        byte[] key = new byte[expected.Length / 2];

        HKDF.DeriveKey(HashAlgorithmName.SHA256, Convert.FromHexString(secret), key, Convert.FromHexString(salt), Convert.FromHexString(info));

        Assert.Equal(expected, Convert.ToHexStringLower(key));
    }

    [Fact]
    public void The_platform_HMAC_agrees_with_Wycheproof()
    {
        if (SharedVectors.Find("wycheproof_hmac_sha256", output) is not { } file) return;
        Tally tally = new(file, output);

        foreach (JsonElement vector in file.Cases)
        {
            byte[] tag = HMACSHA256.HashData(vector.Hex("key"), vector.Hex("msg"))[..(vector.GetProperty("group").Int("tagSize") / 8)];
            bool accepted = CryptographicOperations.FixedTimeEquals(tag, vector.Hex("tag"));
            if (vector.IsInvalid()) tally.CheckRefused(vector, accepted);
            else tally.Check(vector, accepted);
        }

        tally.AssertComplete(publicChecked: 87);
    }

    private static byte[] Composed(JsonElement vector, int length)
    {
        byte[] info = [.. Encoding.ASCII.GetBytes(Label), 0, .. vector.Hex("info")];
        return HKDF.DeriveKey(HashAlgorithmName.SHA256, vector.Hex("ikm"), length, vector.Hex("salt"), info);
    }
}
