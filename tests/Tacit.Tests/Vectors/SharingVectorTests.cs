using System.Numerics;
using System.Text.Json;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Sharing;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Vectors;

public sealed class SharingVectorTests(ITestOutputHelper output)
{
    [Fact]
    public void Sharing_over_prime_fields_agrees_with_the_vectors()
    {
        if (SharedVectors.Find("shamir", output) is not { } file) return;
        Tally tally = new(file, output);

        foreach (JsonElement vector in file.Cases)
        {
            if (vector.Text("kind") == "negative") CheckNegative(tally, vector);
            else tally.Check(vector, Reconstructs(vector, new PrimeFieldSharing(vector.Big("p"))));
        }

        tally.AssertComplete(publicChecked: 46);
    }

    [Fact]
    public void The_field_of_seed_sharing_agrees_with_the_vectors()
    {
        if (SharedVectors.Find("shamir", output) is not { } file) return;
        Tally tally = new(file, output);

        foreach (JsonElement vector in file.Cases)
        {
            if (vector.Text("kind") == "reconstruct" && vector.Big("p") == Mersenne61.P) tally.Check(vector, ReconstructsInMersenne61(vector));
            else tally.NotApplicable("another field");
        }

        tally.AssertComplete(publicChecked: 4);
    }

    private static bool Reconstructs(JsonElement vector, PrimeFieldSharing sharing)
    {
        BigInteger[] coefficients = [.. vector.GetProperty("coefficients").EnumerateArray().Select(c => c.Big())];
        FieldShare[] all = Shares(vector.GetProperty("shares"));
        int[] subset = [.. vector.GetProperty("subset").EnumerateArray().Select(x => x.GetInt32())];
        FieldShare[] chosen = [.. subset.Select(x => all.Single(share => share.X == x))];
        BigInteger[] points = [.. chosen.Select(share => share.X)];

        bool weighted = !vector.TryGetProperty("lagrange_at_zero", out JsonElement weights)
            || weights.EnumerateArray().Select((w, i) => sharing.LagrangeCoefficient(points, i, 0) == w.Big()).All(equal => equal);
        return weighted && all.All(share => sharing.Evaluate(coefficients, share.X) == share.Y)
            && sharing.TryReconstruct(vector.Int("threshold"), chosen, out BigInteger secret) == SharingError.None && secret == vector.Big("secret")
            && sharing.TryReconstruct(vector.Int("threshold"), all, out BigInteger checkedSecret) == SharingError.None && checkedSecret == secret;
    }

    private static bool ReconstructsInMersenne61(JsonElement vector)
    {
        ulong[] coefficients = vector.GetProperty("coefficients").Words();
        FieldShare[] shares = Shares(vector.GetProperty("shares"));
        uint[] points = [.. vector.GetProperty("subset").EnumerateArray().Select(x => x.GetUInt32())];
        ulong[] weights = new ulong[points.Length];
        LagrangeWeights.AtZero(points, weights);

        bool evaluated = shares.All(share => coefficients.Reverse().Aggregate(0UL, (y, c) => Mersenne61.MultiplyAdd(y, (ulong)share.X, c)) == share.Y);
        ulong secret = points.Select((x, i) => Mersenne61.Multiply(weights[i], (ulong)shares.Single(share => share.X == x).Y)).Aggregate(0UL, Mersenne61.Add);
        return evaluated && weights.SequenceEqual(vector.GetProperty("lagrange_at_zero").Words()) && secret == vector.Big("secret");
    }

    private static void CheckNegative(Tally tally, JsonElement vector)
    {
        JsonElement input = vector.GetProperty("input");
        string error = vector.Text("expected_error").Split(':')[0];
        BigInteger p = input.TryGetProperty("p", out JsonElement modulus) ? modulus.Big() : vector.Big("field");
        switch (error)
        {
            case "DuplicateShare" or "InvalidShare" or "TooFewShares" or "InconsistentShares":
                SharingError found = new PrimeFieldSharing(p).TryReconstruct(input.Int("threshold"), Shares(input.GetProperty("shares")), out _);
                tally.Check(vector, found.ToString() == error, $"{found} instead of {error}");
                break;
            case "MismatchedSharing":
                FieldShare[] mixed = [new(1, 1, 5), new(2, 2, 6)];
                tally.Check(vector, new PrimeFieldSharing(p).TryReconstruct(2, mixed, out _) == SharingError.InconsistentShares);
                break;
            case "InvalidThreshold" or "InvalidParameters" or "InvalidSecret":
                Exception? refusal = Record.Exception(() => new PrimeFieldSharing(p).Split(input.Big("split"), input.Int("threshold"), input.Int("n"), new SeededRandomSource(1)));
                tally.CheckRefused(vector, accepted: refusal is not ArgumentException);
                break;
            default:
                tally.Check(vector, agrees: false, $"no rule for {error}");
                break;
        }
    }

    private static FieldShare[] Shares(JsonElement list) => [.. list.EnumerateArray().Select(share => new FieldShare(0, share[0].Big(), share[1].Big()))];
}
