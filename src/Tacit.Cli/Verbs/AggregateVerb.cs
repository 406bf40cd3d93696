using System.Collections.Immutable;
using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cli.Output;
using Tacit.Cryptography.Rings;
using Tacit.Protocols;
using Tacit.Simulation.Files;
using Tacit.Simulation.Networks;
using Tacit.Simulation.Rounds;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit aggregate</c>: a secure sum of integers, without any learning.</summary>
internal static class AggregateVerb
{
    private static readonly Option<string?> protocol = Arguments.Text("--protocol", "plain-sum, secagg or secagg-plus.", "NAME");
    private static readonly Option<string?> input = Arguments.Text("--in", "CSV (or .csv.gz): each row holds one participant's integers, participants are numbered from 1 in row order.", "FILE");
    private static readonly Option<string?> bits = Arguments.Text("--bits", "b: sums are modulo 2^b, 1 to 64.", "B");
    private static readonly Option<string?> mode = Arguments.Text("--mode", "malicious (default) or semi-honest coordinator.", "MODE");
    private static readonly Option<string?> threshold = Arguments.Text("--threshold", "t: shares that open a mask; chosen if left out.", "T");
    private static readonly Option<string?> neighbours = Arguments.Text("--neighbours", "k: neighbours of each participant in secagg-plus; chosen if left out.", "K");
    private static readonly Option<string?> corrupt = Arguments.Text("--corrupt", "Fraction of participants that may collude with the coordinator (0).", "F");
    private static readonly Option<string?> minimum = Arguments.Text("--minimum", "The fewest inputs that may be opened as a sum (1).", "N");
    private static readonly Option<string[]> drop = Arguments.Texts("--drop", $"A participant that stops answering, and the first phase it does not answer: {string.Join(", ", PhaseNames.All)}. Repeatable.", "ID@PHASE");
    private static readonly Option<string?> seed = Arguments.Text("--seed", "Makes keys and latencies reproducible: for replay, not for secrets.", "N");
    private static readonly Option<bool> json = Arguments.Json();

    public static Command Create()
    {
        Command command = new("aggregate", "Sums integers with the real protocol, in process.") { protocol, input, bits, mode, threshold, neighbours, corrupt, minimum, drop, seed, json };
        command.SetAction(Run);
        return command.WithExamples(
            "tacit aggregate --protocol secagg --in numbers.csv --bits 32",
            "tacit aggregate --protocol secagg-plus --in numbers.csv --bits 32 --drop 3@masked-input --drop 5@unmasking --json",
            "tacit aggregate --protocol secagg --in numbers.csv --bits 16 --threshold 4 --mode semi-honest --seed 7");
    }

    private static int Run(ParseResult parsed)
    {
        ResidueRing ring = new(Arguments.RequiredInteger(parsed, bits, 1, ResidueRing.MaxBits));
        string name = AggregationProtocols.Get(Arguments.Required(parsed, protocol)).Name;
        ProtectionMode wanted = ReadMode(parsed.GetValue(mode));
        if (parsed.GetValue(mode) is { } asked && wanted == ProtectionMode.Malicious && name == "plain-sum") throw new UsageException(FailureCodes.InvalidValue, $"--mode is {asked}; plain-sum hides nothing from the coordinator: leave --mode out, or take secagg or secagg-plus");
        RefuseWhatPlainSumHasNot(parsed, name);
        ModularVector[] vectors = IntegerTable.Read(Arguments.Required(parsed, input), ring);
        ImmutableDictionary<PartyId, Phase> crashes = ReadDrops(parsed.GetValue(drop) ?? [], vectors.Length);
        ProtectionChoice choice = new(name, wanted)
        {
            Threshold = Arguments.Integer(parsed, threshold, 1),
            Neighbours = NeighboursOf(parsed, name, vectors.Length),
            Corrupt = Arguments.Number(parsed, corrupt, x => x is >= 0 and < 1, "in [0, 1)") ?? 0,
            Drop = (double)Math.Min(crashes.Count, vectors.Length - 1) / vectors.Length,
        };
        ulong[][] values = [.. vectors.Select(vector => vector.ToArray())];   // the round zeroes its inputs
        ulong chosen = Arguments.Seed(parsed, seed) ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) >> 11;
        RoundSetup setup = RoundSetup.Create(
            new RoundSetupOptions
            {
                Protection = choice,
                Seed = chosen,
                Job = "aggregate",
                MinimumCohort = Arguments.Integer(parsed, minimum, 1, vectors.Length) ?? 1,
                Identities = new SimulatedIdentities(chosen),
            },
            vectors);
        RoundRun run = new RoundSimulation(setup.Protocol, setup.Terms, setup.Inputs) { Seed = chosen, Faults = new FaultPlan { Crashes = crashes } }.Run();
        return Print(setup.Terms, run, values, parsed.GetValue(json));
    }

    private static void RefuseWhatPlainSumHasNot(ParseResult parsed, string name)
    {
        if (name == "plain-sum") Arguments.RefuseGiven(parsed, "plain-sum shares no keys and hides nothing: leave it out, or take secagg or secagg-plus", threshold, corrupt);
    }

    private static int? NeighboursOf(ParseResult parsed, string name, int participants)
    {
        if (Arguments.Integer(parsed, neighbours, 1) is not { } k) return null;
        if (name != "secagg-plus") throw new UsageException(FailureCodes.InvalidValue, $"--neighbours is {k}; in {name} nobody chooses neighbours: leave it out, or take secagg-plus");
        return k < participants ? k : throw new UsageException(FailureCodes.InvalidValue, $"--neighbours is {k}; each of {participants} participants has at most {participants - 1}");
    }

    // How many coordinates have a sum of integers that is not a residue.
    private static int Beyond(IEnumerable<ulong[]> rows, int length, ulong most)
    {
        UInt128[] sums = new UInt128[length];
        foreach (ulong[] row in rows)
        {
            for (int i = 0; i < length; i++) sums[i] += row[i];
        }

        return sums.Count(sum => sum > most);
    }

    private static ProtectionMode ReadMode(string? text) => text switch
    {
        null or "malicious" => ProtectionMode.Malicious,
        "semi-honest" => ProtectionMode.SemiHonest,
        _ => throw new UsageException(FailureCodes.InvalidValue, $"--mode is \"{text}\"; it must be malicious or semi-honest"),
    };

    private static ImmutableDictionary<PartyId, Phase> ReadDrops(string[] drops, int participants)
    {
        var crashes = ImmutableDictionary.CreateBuilder<PartyId, Phase>();
        foreach (string text in drops)
        {
            string[] parts = text.Split('@');
            if (parts.Length != 2 || !int.TryParse(parts[0], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int id) || !PhaseNames.TryParse(parts[1], out Phase phase))
            {
                throw new UsageException(FailureCodes.InvalidValue, $"--drop is \"{text}\"; write ID@PHASE with a phase of {string.Join(", ", PhaseNames.All)}, such as 3@masked-input");
            }

            if (id < 1 || id > participants) throw new UsageException(FailureCodes.UnknownParty, $"--drop names participant {id}; the file has participants 1 to {participants}");
            if (!crashes.TryAdd(new PartyId(id), phase)) throw new UsageException(FailureCodes.InvalidValue, $"--drop names participant {id} twice; it stops answering once");
        }

        return crashes.ToImmutable();
    }

    private static int Print(RoundTerms terms, RoundRun run, ulong[][] values, bool asJson)
    {
        if (run.Outcome is RoundOutcome.Aborted aborted) throw new FailureException(aborted.Reason, aborted.Reason == FailureCodes.CohortBelowThreshold ? $"{aborted.Detail} of {terms.Cohort.Length}: drop fewer, or take a smaller --threshold or --minimum" : aborted.Detail);
        RoundOutcome.Completed completed = (RoundOutcome.Completed)run.Outcome;
        ulong[] sum = completed.Sum!.ToArray();
        int wrapped = Beyond(completed.Included.Select(party => values[party.Value - 1]), sum.Length, terms.Ring.Mask);
        if (asJson)
        {
            Json.Print(ToJson(terms, run, completed, sum, wrapped));
            return 0;
        }

        Console.Out.WriteLine($"sum       {string.Join(',', sum.Take(16))}{(sum.Length > 16 ? $",… ({sum.Length} values; --json has all)" : "")}");
        if (wrapped > 0) Console.Out.WriteLine($"wrapped   {wrapped} of {sum.Length}: their sum of integers is beyond {terms.Ring.Mask} and is shown modulo 2^{terms.Ring.Bits}; take more --bits for the integers themselves");
        Console.Out.WriteLine($"included  {string.Join(' ', completed.Included)}");
        foreach (Dropout dropout in completed.Dropped) Console.Out.WriteLine($"dropped   {dropout.Party} at {dropout.Phase.Name()}{(dropout.Recovered ? ", recovered" : "")}");
        Console.Out.WriteLine($"protocol  {terms.Protocol}, {(terms.Protection.Mode == ProtectionMode.Malicious ? "malicious" : "semi-honest")}, threshold {terms.Protection.Threshold}, neighbours {terms.Protection.Neighbours}, modulo 2^{terms.Ring.Bits}");
        Console.Out.WriteLine($"bytes     {run.Traffic.Values.Sum(t => t.Total)} in all, at most {run.Traffic.Values.Max(t => t.Total)} a participant (real cryptography, simulated network)");
        return 0;
    }

    private static JsonObject ToJson(RoundTerms terms, RoundRun run, RoundOutcome.Completed completed, ulong[] sum, int wrapped) => new()
    {
        ["protocol"] = terms.Protocol,
        ["mode"] = terms.Protection.Mode == ProtectionMode.Malicious ? "malicious" : "semi-honest",
        ["participants"] = terms.Cohort.Length,
        ["threshold"] = terms.Protection.Threshold,
        ["neighbours"] = terms.Protection.Neighbours,
        ["bits"] = terms.Ring.Bits,
        ["sum"] = Json.Array(sum, value => JsonValue.Create(value)),
        ["wrapped"] = wrapped,
        ["included"] = Json.Array(completed.Included, party => JsonValue.Create(party.Value)),
        ["dropped"] = Json.Array(completed.Dropped, drop => new JsonObject { ["participant"] = drop.Party.Value, ["phase"] = drop.Phase.Name(), ["recovered"] = drop.Recovered }),
        ["bytes"] = new JsonObject
        {
            ["total"] = run.Traffic.Values.Sum(t => t.Total),
            ["up"] = run.Traffic.Values.Sum(t => t.Up),
            ["down"] = run.Traffic.Values.Sum(t => t.Down),
            ["per_participant"] = Json.Array(run.Traffic.OrderBy(t => t.Key), t => new JsonObject { ["participant"] = t.Key.Value, ["up"] = t.Value.Up, ["down"] = t.Value.Down }),
        },
        ["simulated"] = Json.Texts(["network", "drop-outs"]),
    };
}
