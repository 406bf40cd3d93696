using System.CommandLine;
using System.Text.Json.Nodes;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Output;

namespace Tacit.Cli.Accounts;

/// <summary>The options that the accounts share, read with the code of what is wrong: <c>INVALID_EPSILON</c>, <c>INVALID_NOISE</c> and so on.</summary>
internal static class AccountOptions
{
    public static Option<string?> Epsilon(string help = "ε.") => Arguments.Text("--epsilon", help, "E");

    public static Option<string?> Delta(string help = "δ.") => Arguments.Text("--delta", help, "D");

    public static double? Positive(ParseResult parsed, Option<string?> option) => Checked(parsed, option, FailureCodes.InvalidValue, x => x > 0, "greater than 0");

    public static double? EpsilonOf(ParseResult parsed, Option<string?> option) => Checked(parsed, option, FailureCodes.InvalidEpsilon, x => x > 0, "greater than 0");

    public static double? DeltaOf(ParseResult parsed, Option<string?> option) => Checked(parsed, option, FailureCodes.DeltaTooLarge, x => x is > 0 and < 1, "in (0, 1)");

    public static double? NoiseOf(ParseResult parsed, Option<string?> option) => Checked(parsed, option, FailureCodes.InvalidNoise, x => x > 0, "greater than 0");

    public static double? RateOf(ParseResult parsed, Option<string?> option) => Checked(parsed, option, FailureCodes.InvalidSamplingRate, x => x is > 0 and <= 1, "in (0, 1]");

    public static double? BetaOf(ParseResult parsed, Option<string?> option) => Checked(parsed, option, FailureCodes.InvalidValue, x => x is >= 0 and < 1, "in [0, 1)");

    /// <summary>Sets what a command computes: away from the thread that waits, so that Ctrl-C ends it at once.</summary>
    public static void Computes(this Command command, Func<ParseResult, int> compute) =>
        command.SetAction((parsed, stopping) => Task.Run(() => compute(parsed), CancellationToken.None).WaitAsync(stopping));

    /// <summary>A value that has to be there.</summary>
    public static double Required(double? value, Option option) => value ?? throw Missing(option);

    public static UsageException Missing(Option option, string otherwise = "") =>
        new(FailureCodes.MissingValue, $"{option.Name} is missing; write {option.Name} {option.HelpName ?? "VALUE"}{otherwise}");

    /// <summary>The answer as one JSON object, or as a table of its fields for people.</summary>
    public static int Print(JsonObject answer, bool json, string title)
    {
        if (json)
        {
            Json.Print(answer);
            return 0;
        }

        Console.Out.WriteLine(title);
        Console.Out.WriteLine();
        int width = answer.Max(field => field.Key.Length);
        foreach ((string key, JsonNode? value) in answer) Console.Out.WriteLine($"  {key.PadRight(width)}  {Shown(value)}");
        return 0;
    }

    private static double? Checked(ParseResult parsed, Option<string?> option, FailureCode code, Func<double, bool> holds, string allowed)
    {
        double? value = Arguments.Number(parsed, option, _ => true, allowed);
        if (value is { } given && !holds(given)) throw new FailureException(code, $"{option.Name} is {parsed.GetValue(option)}; it must be {allowed}");
        return value;
    }

    private static string Shown(JsonNode? value) => value switch
    {
        null => "none",
        JsonValue number when number.TryGetValue(out double x) => x.ToString(Math.Abs(x) is < 1e-4 or > 1e6 && x != 0 ? "E6" : "0.########", System.Globalization.CultureInfo.InvariantCulture),
        JsonValue text when text.TryGetValue(out string? words) => words,
        _ => value.ToJsonString(),
    };
}
