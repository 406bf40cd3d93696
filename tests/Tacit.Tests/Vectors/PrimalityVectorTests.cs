using System.Numerics;
using System.Text.Json;
using Tacit.Cryptography.Sharing;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Vectors;

public sealed class PrimalityVectorTests(ITestOutputHelper output)
{
    [Fact]
    public void Primality_agrees_with_Wycheproof()
    {
        if (SharedVectors.Find("wycheproof_primality", output) is not { } file) return;
        Tally tally = new(file, output);

        foreach (JsonElement vector in file.Cases)
        {
            bool prime = Primality.IsProbablePrime(new BigInteger(vector.Hex("value"), isUnsigned: false, isBigEndian: true));
            if (vector.IsInvalid()) tally.CheckRefused(vector, prime);
            else if (vector.IsValid()) tally.Check(vector, prime, "prime, but refused");
            else tally.Check(vector, !prime, "a negative number counts as prime");
        }

        tally.AssertComplete(publicChecked: 159);
    }
}
