using System.Text.Json;
using Tacit.Cryptography.Rings;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Vectors;

public sealed class MaskingVectorTests(ITestOutputHelper output)
{
    [Fact]
    public void Masked_inputs_and_the_sum_of_survivors_agree_with_the_vectors()
    {
        if (SharedVectors.Find("mpc_and_masking_identities", output) is not { } file) return;
        Tally tally = new(file, output);

        foreach (JsonElement vector in file.Cases)
        {
            if (vector.Text("kind") == "secagg_masked_sum") tally.Check(vector, MasksAndSums(vector));
            else tally.NotApplicable($"not part of Tacit: {vector.Text("kind")}");
        }

        tally.AssertComplete(publicChecked: 3);
    }

    private static bool MasksAndSums(JsonElement vector)
    {
        ResidueRing ring = new(vector.Int("bits"));
        int[] dropped = [.. vector.GetProperty("dropped").EnumerateArray().Select(client => client.GetInt32())];
        int[] survivors = [.. Enumerable.Range(0, vector.Int("clients")).Except(dropped)];
        ModularVector sum = new(ring, vector.GetProperty("inputs")[0].GetArrayLength());
        bool masked = true;
        for (int i = 0; i < vector.Int("clients"); i++)
        {
            ModularVector own = Vector(vector.GetProperty("inputs")[i]);
            own.Add(Vector(vector.GetProperty("self_masks")[i]));
            AddPairMasks(own, i, Enumerable.Range(0, vector.Int("clients")));
            masked &= own.SequenceEqual(Vector(vector.GetProperty("masked")[i]));
            if (survivors.Contains(i)) sum.Add(own);
        }

        foreach (int i in survivors) sum.Subtract(Vector(vector.GetProperty("self_masks")[i]));
        foreach (int i in dropped) AddPairMasks(sum, i, survivors);   // what a dropped client would have added cancels what its peers did
        return masked && sum.SequenceEqual(Vector(vector.GetProperty("sum_of_survivors")));

        ModularVector Vector(JsonElement residues) => ModularVector.From(ring, residues.Words());

        void AddPairMasks(ModularVector target, int client, IEnumerable<int> peers)
        {
            foreach (int peer in peers)
            {
                if (peer > client) target.Add(Vector(vector.GetProperty("pairwise_masks").GetProperty($"{client},{peer}")));
                if (peer < client) target.Subtract(Vector(vector.GetProperty("pairwise_masks").GetProperty($"{peer},{client}")));
            }
        }
    }
}
