using System.Text.Json;
using Tacit.Cryptography.Encryption;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Vectors;

public sealed class EncryptionVectorTests(ITestOutputHelper output)
{
    [Fact]
    public void Authenticated_encryption_agrees_with_Wycheproof()
    {
        if (SharedVectors.Find("wycheproof_aes_gcm", output) is not { } file) return;
        Tally tally = new(file, output);

        foreach (JsonElement vector in file.Cases)
        {
            byte[] message = vector.Hex("msg"), opened = new byte[message.Length];
            byte[] sealedBytes = [.. vector.Hex("ct"), .. vector.Hex("tag")];
            if (!IsSupported(vector))
            {
                CheckThrows(tally, vector, message, sealedBytes);
                continue;
            }

            bool accepted = AuthenticatedEncryption.TryOpen(vector.Hex("key"), vector.Hex("iv"), sealedBytes, vector.Hex("aad"), opened);
            if (vector.IsInvalid()) tally.CheckRefused(vector, accepted);
            else tally.Check(vector, accepted && opened.AsSpan().SequenceEqual(message) && Seals(vector, message, sealedBytes));
        }

        tally.AssertComplete(publicChecked: 158);
    }

    private static bool IsSupported(JsonElement vector)
    {
        JsonElement group = vector.GetProperty("group");
        Assert.Equal(8 * AuthenticatedEncryption.TagBytes, group.Int("tagSize"));
        return group.Int("keySize") == 8 * AuthenticatedEncryption.KeyBytes && group.Int("ivSize") == 8 * AuthenticatedEncryption.NonceBytes;
    }

    private static bool Seals(JsonElement vector, byte[] message, byte[] expected)
    {
        byte[] sealedBytes = new byte[expected.Length];
        AuthenticatedEncryption.Seal(vector.Hex("key"), vector.Hex("iv"), message, vector.Hex("aad"), sealedBytes);
        return sealedBytes.AsSpan().SequenceEqual(expected);
    }

    private static void CheckThrows(Tally tally, JsonElement vector, byte[] message, byte[] sealedBytes)
    {
        byte[] key = vector.Hex("key"), nonce = vector.Hex("iv"), opened = new byte[message.Length], other = new byte[sealedBytes.Length];
        Exception? opening = Record.Exception(() => AuthenticatedEncryption.TryOpen(key, nonce, sealedBytes, [], opened));
        Exception? sealing = Record.Exception(() => AuthenticatedEncryption.Seal(key, nonce, message, [], other));
        tally.CheckRefused(vector, accepted: opening is not ArgumentException || sealing is not ArgumentException);
    }
}
