using System.CommandLine;
using System.Text.Json.Nodes;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Accounts;
using Tacit.Cli.Output;
using Tacit.Privacy.Accounting;
using Tacit.Privacy.Accounting.Curves;
using Tacit.Privacy.Accounting.Events;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit account compose</c>: a list of events by every accountant, or k mechanisms of one (ε, δ).</summary>
internal static class AccountComposeVerb
{
    public static Command Create()
    {
        Option<string?> events = Arguments.Text("--events", "A JSON file with a list of events.", "FILE"), relation = Arguments.Text("--relation", "add-or-remove-one (default), replace-one or zero-out.", "NAME");
        Option<string?> epsilon = AccountOptions.Epsilon("ε of each mechanism; with --events, asks for δ at this ε."), delta = AccountOptions.Delta("δ of each mechanism; with --events, of all together.");
        Option<string?> count = Arguments.Text("--count", "Mechanisms of that (ε, δ).", "K"), total = Arguments.Text("--total-delta", "δ of all mechanisms together.", "D");
        Option<bool> json = Arguments.Json();
        Command command = new("compose", "Composes different events by every accountant that covers them, or k mechanisms of which only (ε, δ) is known.") { events, relation, epsilon, delta, count, total, json };
        command.Computes(parsed =>
        {
            if (parsed.GetValue(events) is not null) Arguments.RefuseGiven(parsed, "with --events their number is in the file, and --delta is that of all together: leave it out", count, total);
            else Arguments.RefuseGiven(parsed, "mechanisms of which only (epsilon, delta) is known have no relation: leave it out, or give --events", relation);
            JsonObject answer = parsed.GetValue(events) is { } file
                ? BatchFile.Guarded(() => Events(file, parsed.GetValue(relation), AccountOptions.DeltaOf(parsed, delta), AccountOptions.EpsilonOf(parsed, epsilon)))
                : BatchFile.Guarded(() => Known(
                    AccountOptions.Required(AccountOptions.EpsilonOf(parsed, epsilon), epsilon),
                    Arguments.Number(parsed, delta, x => x is >= 0 and < 1, "in [0, 1)") ?? 0,
                    Arguments.RequiredInteger(parsed, count, 1),
                    AccountOptions.Required(AccountOptions.DeltaOf(parsed, total), total)));
            return AccountOptions.Print(answer, parsed.GetValue(json), "Composition");
        });
        return command.WithExamples("tacit account compose --events events.json --delta 1e-5 --json", "tacit account compose --epsilon 0.1 --delta 1e-8 --count 100 --total-delta 1e-5");
    }

    private static JsonObject Events(string file, string? named, double? delta, double? epsilon)
    {
        if (delta is null == epsilon is null) throw new UsageException(FailureCodes.MissingValue, "give one of --delta and --epsilon with --events; the other is the answer");
        (PrivacyEvent happened, NeighboringRelation? inFile) = EventReader.Read(BatchFile.Read(file));
        NeighboringRelation relation = inFile ?? NeighboringRelation.AddOrRemoveOne;
        if (named is not null) relation = EventReader.Relation(named) ?? throw new FailureException(FailureCodes.InvalidValue, $"--relation is \"{named}\"; it must be add-or-remove-one, replace-one or zero-out");
        JsonObject answer = new() { ["relation"] = EventReader.Name(relation) }, refusals = [];
        double best = double.PositiveInfinity;
        foreach ((string name, IPrivacyAccountant accountant) in new (string, IPrivacyAccountant)[] { ("pld", new PrivacyLossAccountant(relation)), ("rdp", new RenyiAccountant(relation)), ("zcdp", new ConcentratedAccountant(relation)) })
        {
            if (!accountant.TryCompose(happened, 1, out string refusal))
            {
                refusals[name] = refusal;
                continue;
            }

            double found = delta is { } d ? accountant.Epsilon(d) : accountant.Delta(epsilon!.Value);
            answer[$"{(delta is null ? "delta" : "epsilon")}_{name}"] = Answers.Exact(found);
            if (accountant is RenyiAccountant renyi && delta is { } at) answer["order"] = Answers.Exact(renyi.BestEpsilon(at).Order);
            best = Math.Min(best, found);
        }

        if (refusals.Count == 3) throw new FailureException(FailureCodes.AccountantMismatch, $"no accountant covers the events: {refusals["rdp"]}");
        answer["delta"] = delta is null ? Answers.Exact(best) : delta;
        answer["epsilon"] = epsilon is null ? Answers.Exact(best) : epsilon;
        if (refusals.Count > 0) answer["not_covered"] = refusals;
        return answer;
    }

    private static JsonObject Known(double epsilon, double delta, int count, double total)
    {
        double basic = count * delta <= total ? Composition.Basic(epsilon, count) : double.PositiveInfinity;
        double advanced = Composition.Advanced(epsilon, delta, count, total), optimal = Composition.Optimal(epsilon, delta, count, total);
        if (double.IsInfinity(optimal)) throw new FailureException(FailureCodes.DeltaTooLarge, FormattableString.Invariant($"--total-delta {total} cannot hold: {count} mechanisms of delta {delta} already use more up"));
        JsonObject answer = [];
        AccountMechanismVerbs.Fill(answer, [("epsilon", Math.Min(basic, Math.Min(advanced, optimal))), ("epsilon_optimal", optimal), ("epsilon_advanced", advanced), ("epsilon_basic", basic), ("count", count), ("delta", total)]);
        return answer;
    }
}
