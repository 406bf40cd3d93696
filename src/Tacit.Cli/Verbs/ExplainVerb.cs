using System.CommandLine;
using System.Text.Json.Nodes;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Output;
using Tacit.Learning.Jobs;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit explain [CODE]</c>: what a failure code means and the way out.</summary>
internal static class ExplainVerb
{
    public static Command Create()
    {
        Argument<string?> code = new("CODE") { Description = "A failure code, such as COHORT_BELOW_THRESHOLD; all of them if left out.", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> json = Arguments.Json();
        Command command = new("explain", "Tells what a failure code means, why it is refused and what to do.") { code, json };
        command.SetAction(parsed => Run(parsed.GetValue(code), parsed.GetValue(json)));
        return command.WithExamples("tacit explain COHORT_BELOW_THRESHOLD", "tacit explain --json");
    }

    private static int Run(string? name, bool json)
    {
        FailurePage[] pages = name is null ? [.. FailureCatalogue.Pages.Values] : [Find(name)];
        if (json)
        {
            Json.Print(name is null ? new JsonObject { ["codes"] = Json.Array(pages, Describe) } : Describe(pages[0]));
            return 0;
        }

        foreach (FailurePage page in pages)
        {
            Console.Out.WriteLine(name is null ? $"{page.Code.Name,-28} {page.Meaning}" : $"{page.Code.Name}  (exit {(int)page.Kind})\n\n  {page.Meaning}\n\n  way out: {page.WayOut}");
        }

        return 0;
    }

    private static FailurePage Find(string name)
    {
        if (FailureCatalogue.Pages.TryGetValue(name.ToUpperInvariant(), out FailurePage? page)) return page;
        string hint = EditDistance.Nearest(name.ToUpperInvariant(), FailureCatalogue.Pages.Keys) is { } near ? $"did you mean {near}?" : "tacit explain lists all codes";
        throw new UsageException(FailureCodes.UnknownCode, $"\"{name}\" is not a failure code; {hint}");
    }

    private static JsonObject Describe(FailurePage page) => new()
    {
        ["code"] = page.Code.Name,
        ["exit"] = (int)page.Kind,
        ["meaning"] = page.Meaning,
        ["way_out"] = page.WayOut,
    };
}
