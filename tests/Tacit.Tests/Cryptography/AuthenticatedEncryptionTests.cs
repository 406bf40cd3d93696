using Tacit.Cryptography.Encryption;
using Tacit.Cryptography.Randomness;
using Xunit;

namespace Tacit.Tests.Cryptography;

public sealed class AuthenticatedEncryptionTests
{
    private readonly byte[] key = new byte[AuthenticatedEncryption.KeyBytes];
    private readonly byte[] nonce = new byte[AuthenticatedEncryption.NonceBytes];
    private readonly byte[] plaintext = new byte[40];
    private readonly byte[] associated = new byte[9];
    private readonly byte[] sealedBytes = new byte[40 + AuthenticatedEncryption.TagBytes];

    public AuthenticatedEncryptionTests()
    {
        SeededRandomSource random = new(41);
        foreach (byte[] field in new[] { key, nonce, plaintext, associated }) random.Fill(field);
        AuthenticatedEncryption.Seal(key, nonce, plaintext, associated, sealedBytes);
    }

    [Fact]
    public void What_was_sealed_opens()
    {
        byte[] opened = new byte[40];

        Assert.True(AuthenticatedEncryption.TryOpen(key, nonce, sealedBytes, associated, opened));
        Assert.Equal(plaintext, opened);
    }

    [Fact]
    public void Every_bit_flip_of_anything_is_refused_and_leaves_no_plaintext()
    {
        foreach (byte[] field in new[] { key, nonce, sealedBytes, associated })
        {
            for (int bit = 0; bit < 8 * field.Length; bit++)
            {
                byte[] opened = [.. Enumerable.Repeat((byte)0xaa, 40)];
                field[bit / 8] ^= (byte)(1 << (bit % 8));

                Assert.False(AuthenticatedEncryption.TryOpen(key, nonce, sealedBytes, associated, opened));

                Assert.Equal(new byte[40], opened);
                field[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        for (int length = 0; length < sealedBytes.Length; length++)
        {
            byte[] opened = new byte[Math.Max(0, length - AuthenticatedEncryption.TagBytes)];
            Assert.False(AuthenticatedEncryption.TryOpen(key, nonce, sealedBytes.AsSpan(0, length), associated, opened));
        }
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => AuthenticatedEncryption.Seal(key.AsSpan(1), nonce, plaintext, associated, sealedBytes));
        Assert.Throws<ArgumentException>(() => AuthenticatedEncryption.Seal(key, nonce.AsSpan(1), plaintext, associated, sealedBytes));
        Assert.Throws<ArgumentException>(() => AuthenticatedEncryption.Seal(key, nonce, plaintext, associated, sealedBytes.AsSpan(1)));
        Assert.Throws<ArgumentException>(() => AuthenticatedEncryption.TryOpen(key, nonce, sealedBytes, associated, new byte[41]));
    }

    [Fact]
    public void Nothing_can_be_sealed_and_opened()
    {
        byte[] tag = new byte[AuthenticatedEncryption.TagBytes];

        AuthenticatedEncryption.Seal(key, nonce, [], associated, tag);

        Assert.True(AuthenticatedEncryption.TryOpen(key, nonce, tag, associated, []));
    }
}
