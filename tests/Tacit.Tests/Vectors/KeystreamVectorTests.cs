using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Tacit.Cryptography.Randomness;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Vectors;

public sealed class KeystreamVectorTests(ITestOutputHelper output)
{
    [Fact]
    public void The_counter_wraps_over_all_16_bytes_on_every_path()
    {
        if (SharedVectors.Find("aes_ctr_counter_wrap", output) is not { } file) return;
        Tally tally = new(file, output);

        foreach (JsonElement vector in file.Cases)
        {
            tally.Check(vector, Encrypts(vector.Hex("key"), vector.Hex("counter_block"), vector.Hex("plaintext"), vector.Hex("ciphertext")));
        }

        tally.AssertComplete(publicChecked: 5);
    }

    [Fact]
    public void Known_answers_of_NIST_and_the_RFCs_agree()
    {
        if (SharedVectors.Find("rfc_nist_known_answers", output) is not { } file) return;
        Tally tally = new(file, output);

        foreach (JsonElement vector in file.Cases)
        {
            JsonElement input = vector.GetProperty("input");
            byte[] expected = vector.Hex("expected");
            switch (vector.Text("document"))
            {
                case "NIST SP 800-38A": tally.Check(vector, Encrypts(input.Hex("key"), input.Hex("counter"), input.Hex("plaintext"), expected)); break;
                case "RFC 3686 6": tally.Check(vector, Encrypts(input.Hex("key"), CounterOf3686(input), input.Hex("plaintext"), expected)); break;
                case "FIPS 197 C.3" or "FIPS 197 C.1": tally.Check(vector, Encrypts(input.Hex("key"), input.Hex("plaintext"), new byte[16], expected)); break;
                case "FIPS 180-4": tally.Check(vector, SHA256.HashData(input.Hex("message")).AsSpan().SequenceEqual(expected)); break;
                case var document when document.StartsWith("RFC 5869", StringComparison.Ordinal) && vector.Text("name").Contains("SHA256", StringComparison.Ordinal):
                    byte[] key = HKDF.DeriveKey(HashAlgorithmName.SHA256, input.Hex("ikm"), input.Int("L"), input.Hex("salt"), input.Hex("info"));
                    tally.Check(vector, key.AsSpan().SequenceEqual(expected));
                    break;
                default: tally.NotApplicable($"not part of Tacit: {vector.Text("document")}, {vector.Text("name")}"); break;
            }
        }

        tally.AssertComplete(publicChecked: 6);
    }

    private static byte[] CounterOf3686(JsonElement input)
    {
        byte[] counter = [.. input.Hex("nonce"), .. input.Hex("iv"), 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(counter.AsSpan(12), input.Int("counter_start"));
        return counter;
    }

    private static bool Encrypts(byte[] key, byte[] counter, byte[] plaintext, byte[] expected)
    {
        return AesPaths.Supported().All(path =>
        {
            byte[] stream = new byte[plaintext.Length];
            using Keystream keystream = Keystream.FromKey(key, path, BinaryPrimitives.ReadUInt128BigEndian(counter));
            keystream.Generate(0, stream);
            return stream.Zip(plaintext, (k, p) => (byte)(k ^ p)).SequenceEqual(expected);
        });
    }
}
