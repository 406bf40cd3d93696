using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Signatures;
using Xunit;

namespace Tacit.Tests.Cryptography;

public sealed class SignatureTests
{
    private static readonly byte[] message = [.. Enumerable.Range(0, 20).Select(i => (byte)i)];

    private readonly SigningKey key = SigningKey.Create(new SeededRandomSource(31));

    [Fact]
    public void A_signature_is_accepted() => Assert.True(key.VerificationKey.Verify(message, key.Sign(message)));

    [Fact]
    public void Every_bit_flip_of_a_signature_is_refused()
    {
        byte[] signature = key.Sign(message);
        for (int bit = 0; bit < 8 * signature.Length; bit++)
        {
            Assert.False(key.VerificationKey.Verify(message, Flipped(signature, bit)), $"bit {bit}");
        }
    }

    [Fact]
    public void Every_bit_flip_of_a_message_is_refused()
    {
        byte[] signature = key.Sign(message);
        for (int bit = 0; bit < 8 * message.Length; bit++)
        {
            Assert.False(key.VerificationKey.Verify(Flipped(message, bit), signature), $"bit {bit}");
        }
    }

    [Fact]
    public void Signatures_of_another_length_are_refused()
    {
        byte[] signature = key.Sign(message);

        Assert.Equal(VerificationKey.SignatureBytes, signature.Length);
        for (int length = 0; length < signature.Length; length++) Assert.False(key.VerificationKey.Verify(message, signature.AsSpan(0, length)));
        Assert.False(key.VerificationKey.Verify(message, [.. signature, 0]));
    }

    [Theory]
    [InlineData("00")]
    [InlineData("ff")]
    public void Numbers_outside_of_1_to_order_minus_1_are_refused(string fill)
    {
        byte[] signature = [.. Enumerable.Repeat(Convert.FromHexString(fill)[0], VerificationKey.SignatureBytes)];

        Assert.False(key.VerificationKey.Verify(message, signature));
    }

    [Fact]
    public void Another_key_does_not_accept_the_signature()
    {
        using SigningKey other = SigningKey.Create(new SeededRandomSource(32));

        Assert.False(other.VerificationKey.Verify(message, key.Sign(message)));
        Assert.NotEqual(other.VerificationKey, key.VerificationKey);
    }

    [Fact]
    public void A_verification_key_is_its_point()
    {
        Assert.True(P256Point.TryRead(key.VerificationKey.Point.Encoded, out P256Point? point));

        VerificationKey again = new(point!);

        Assert.Equal(key.VerificationKey, again);
        Assert.Equal(key.VerificationKey.GetHashCode(), again.GetHashCode());
        Assert.True(again.Verify(message, key.Sign(message)));
    }

    [Fact]
    public void A_signing_key_is_not_printed() => Assert.Equal("<redacted>", $"{key}");

    private static byte[] Flipped(byte[] bytes, int bit)
    {
        byte[] copy = [.. bytes];
        copy[bit / 8] ^= (byte)(1 << (bit % 8));
        return copy;
    }

    [Fact]
    public void An_imported_key_may_be_freed_and_is_imported_again()
    {
        byte[] signature = key.Sign(message);
        VerificationKey pinned = new(key.VerificationKey.Point);

        SignatureBatch.Prepare([pinned]);
        SignatureBatch.Prepare([pinned]);
        Assert.True(pinned.Verify(message, signature));
        pinned.Dispose();
        pinned.Dispose();
        Assert.True(pinned.Verify(message, signature));
        Assert.Equal(key.VerificationKey, pinned);
        pinned.Dispose();
    }

    [Fact]
    public void One_key_checks_on_many_threads()
    {
        byte[] signature = key.Sign(message), wrong = Flipped(signature, 77);
        using VerificationKey pinned = new(key.VerificationKey.Point);
        int errors = 0;

        System.Threading.Tasks.Parallel.For(0, 400, i =>
        {
            if (i % 50 == 0) pinned.Dispose();
            if (pinned.Verify(message, i % 2 == 0 ? signature : wrong) != (i % 2 == 0)) System.Threading.Interlocked.Increment(ref errors);
        });

        Assert.Equal(0, errors);
    }
}
