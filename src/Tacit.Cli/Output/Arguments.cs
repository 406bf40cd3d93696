using System.CommandLine;
using System.Globalization;
using System.Numerics;
using Tacit.Aggregation.Failures;

namespace Tacit.Cli.Output;

/// <summary>Options as text, read with one strict rule in every locale: a decimal point, no separators.</summary>
internal static class Arguments
{
    public static Option<string?> Text(string name, string help, string valueName) => new(name) { Description = help, HelpName = valueName };

    public static Option<string[]> Texts(string name, string help, string valueName) =>
        new(name) { Description = help, HelpName = valueName, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };

    public static Option<bool> Json() => new("--json") { Description = "One JSON object on standard output; progress on standard error." };

    public static Option<bool> Flag(string name, string help) => new(name) { Description = help };

    public static int? Integer(ParseResult parsed, Option<string?> option, int least, int most = int.MaxValue)
    {
        if (parsed.GetValue(option) is not { } text) return null;
        string range = most == int.MaxValue ? $"at least {least}" : $"{least} to {most}";
        bool read = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value);
        if (!read && BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)) throw new UsageException(FailureCodes.InvalidNumber, $"{option.Name} is {text}; it must be {least} to {most}");
        if (!read) throw new UsageException(FailureCodes.InvalidNumber, $"{option.Name} is \"{text}\"; it must be a whole number, {range}");
        return value >= least && value <= most ? value : throw new UsageException(FailureCodes.InvalidNumber, $"{option.Name} is {value}; it must be {range}");
    }

    public static int RequiredInteger(ParseResult parsed, Option<string?> option, int least, int most = int.MaxValue) =>
        Integer(parsed, option, least, most) ?? throw Missing(option);

    public static string Required(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) ?? throw Missing(option);

    public static double? Number(ParseResult parsed, Option<string?> option, Func<double, bool> holds, string allowed)
    {
        if (parsed.GetValue(option) is not { } text) return null;
        if (!double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value))
        {
            string hint = text.Contains(',', StringComparison.Ordinal) ? $": write {text.Replace(',', '.')}" : "";
            throw new UsageException(FailureCodes.InvalidNumber, $"{option.Name} is \"{text}\"; it must be a number {allowed}{hint}");
        }

        return holds(value) ? value : throw new UsageException(FailureCodes.InvalidNumber, $"{option.Name} is {text}; it must be {allowed}");
    }

    public static ulong? Seed(ParseResult parsed, Option<string?> option)
    {
        if (parsed.GetValue(option) is not { } text) return null;
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed) && seed <= 1UL << 53
            ? seed
            : throw new UsageException(FailureCodes.InvalidNumber, $"{option.Name} is \"{text}\"; it must be a whole number from 0 to {1UL << 53}");
    }

    /// <summary>Values of a plan to replace, each once.</summary>
    public static string[] Settings(ParseResult parsed, Option<string[]> option)
    {
        string[] settings = parsed.GetValue(option) ?? [];
        string? twice = settings.GroupBy(setting => setting.Split('=')[0]).FirstOrDefault(one => one.Count() > 1)?.Key;
        return twice is null ? settings : throw new UsageException(FailureCodes.InvalidValue, $"{option.Name} {twice} is there twice; set it once");
    }

    /// <summary>Refuses the first of the options that is given, because the answer would not depend on it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="because">Why not, and the way out.</param>
    /// <param name="options">Those that have no meaning here.</param>
    public static void RefuseGiven(ParseResult parsed, string because, params IEnumerable<Option<string?>> options)
    {
        if (options.FirstOrDefault(option => parsed.GetValue(option) is not null) is { } given) throw new UsageException(FailureCodes.InvalidValue, $"{given.Name} is {parsed.GetValue(given)}; {because}");
    }

    private static UsageException Missing(Option option) => new(FailureCodes.MissingValue, $"{option.Name} is missing; write {option.Name} {option.HelpName ?? "VALUE"}");
}
