using System.Globalization;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Rings;
using Tacit.Learning.Jobs;
using Tacit.Learning.Models;
using Tacit.Simulation.Plans;

namespace Tacit.Benchmarks.Federations;

/// <summary>One federation: its size, who vanishes, and how it is transported. The same for the coordinator's process and for the load's.</summary>
/// <param name="Participants">n.</param>
/// <param name="Length">d, residues of an input.</param>
/// <param name="Vanish">The share of all participants that vanishes in each of four phases.</param>
/// <param name="Tls">Whether over TLS.</param>
/// <param name="PhaseSeconds">How long the coordinator waits in each phase.</param>
internal sealed record LoadOptions(int Participants, int Length, double Vanish, bool Tls, int PhaseSeconds)
{
    private const int Period = 16381, Slope = 13;

    /// <summary>Bytes of the model in single precision: what memory is counted in.</summary>
    public long ModelBytes => 4L * Length;

    public string[] Arguments =>
    [
        Participants.ToString(CultureInfo.InvariantCulture), Length.ToString(CultureInfo.InvariantCulture), Vanish.ToString(CultureInfo.InvariantCulture),
        Tls ? "tls" : "clear", PhaseSeconds.ToString(CultureInfo.InvariantCulture),
    ];

    /// <summary>The job before it, with some of the same participants: code that runs for the first time is compiled in it, and counted in neither time nor memory.</summary>
    public LoadOptions WarmUp => this with { Participants = Math.Min(100, Participants), Length = 100_000, Vanish = 0, Rounds = 4 };

    public int Rounds { get; init; } = 1;

    public static LoadOptions Read(string[] arguments) => new(
        int.Parse(arguments[0], CultureInfo.InvariantCulture), int.Parse(arguments[1], CultureInfo.InvariantCulture),
        double.Parse(arguments[2], CultureInfo.InvariantCulture), arguments[3] == "tls", int.Parse(arguments[4], CultureInfo.InvariantCulture));

    public TrainingPlan Plan()
    {
        string drop = (Vanish > 0 ? 0.45 : 0.05).ToString(CultureInfo.InvariantCulture);
        string text = $$"""
            task: training
            name: load
            rounds: {{Rounds}}
            data: {format: synthetic-activity, persons: 8, windows: 12, test: {fraction: 0.25} }
            model: {kind: mlp, hidden: [{{Layers.Hidden}}] }
            training: {learning-rate: 0.05}
            cohort: {size: auto, minimum: {{Participants / 2}} }
            protection: {protocol: secagg-plus, mode: semi-honest, corrupt: 0.05, drop: {{drop}}, weight-cap: 1, range: 32767 }
            """;
        return TrainingPlanReader.Read("load.yaml", PlanFile.Apply(PlanFile.Parse("load.yaml", text), []));
    }

    public InputShape Shape => InputShape.Vector(Layers.Features);

    /// <summary>Where a participant vanishes: a tenth (or so) each before its keys, its shares, in the middle of its input, and before it opens shares.</summary>
    public Phase? VanishesIn(int index)
    {
        int each = (int)Math.Round(Participants * Vanish), at = (int)(index * 7919L % Participants) / Math.Max(1, each);   // spread over the cohort
        return each == 0 ? null : at switch { 0 => Phase.AdvertiseKeys, 1 => Phase.ShareKeys, 2 => Phase.MaskedInput, 3 => Phase.Unmasking, _ => null };
    }

    /// <summary>The input of a participant, which anybody can compute: small values, a weight of one and nothing saturated.</summary>
    public static ModularVector InputOf(RoundTerms terms, PartyId party)
    {
        ModularVector input = new(terms.Ring, terms.Length);
        Span<uint> lanes = input.Lanes<uint>();
        for (int j = 0; j < lanes.Length - 2; j++) lanes[j] = (uint)((j % Period) + (party.Value * (j % Slope)));
        lanes[^2] = 1;
        return input;
    }

    /// <summary>Whether a sum is that of the inputs of those who are in it; holds nothing beside it.</summary>
    public static bool IsRight(ModularVector sum, IReadOnlyCollection<PartyId> included)
    {
        ulong n = (ulong)included.Count, numbers = (ulong)included.Sum(party => (long)party.Value), mask = sum.Ring.Mask;
        for (int j = 0; j < sum.Length - 2; j++)
        {
            if (sum[j] != (((n * (ulong)(j % Period)) + (numbers * (ulong)(j % Slope))) & mask)) return false;
        }

        return sum[sum.Length - 2] == n && sum[sum.Length - 1] == 0;
    }

    // Two classes: hidden · (features + 3) + 2 parameters, weight and saturation count.
    private (int Features, int Hidden) Layers
    {
        get
        {
            int product = Length - 4, hidden = Enumerable.Range(4, 2000).Where(h => product % h == 0 && product / h > 4).MinBy(h => Math.Abs(h - Math.Sqrt(product)));
            return ((product / hidden) - 3, hidden);
        }
    }
}
