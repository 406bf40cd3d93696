using System.IO;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tacit.Aggregation.Failures;
using Tacit.Privacy.Accounting;

namespace Tacit.Cli.Accounts;

/// <summary>A file of cases: each category is answered by the function of its name.</summary>
internal static class BatchFile
{
    private const long LargestBytes = 64L << 20;
    private static readonly JsonDocumentOptions strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    public static IReadOnlyDictionary<string, Func<CaseParameters, JsonObject>> Categories { get; } =
        MechanismCases.All.Concat(LawCases.All).Concat(TrainingCases.All).ToDictionary(StringComparer.Ordinal);

    /// <summary>Answers by id, in the file's order, and how many of them are errors.</summary>
    public static (JsonObject Answers, int Errors) Answer(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("cases", out JsonElement cases) || cases.ValueKind != JsonValueKind.Array)
        {
            throw new FailureException(FailureCodes.MissingField, "cases is missing; the file must be an object with a list of cases, each with id, category and params");
        }

        JsonObject answers = [];
        int errors = 0, position = 0;
        foreach (JsonElement item in cases.EnumerateArray())
        {
            position++;
            CaseParameters fields = CaseParameters.Of(item, $"cases[{position - 1}]");
            string id = fields.Text("id");
            if (answers.ContainsKey(id)) throw new FailureException(FailureCodes.InvalidValue, $"cases[{position - 1}]: id {id} is there twice");
            try
            {
                answers[id] = AnswerOf(fields);
            }
            catch (FailureException failure)
            {
                errors++;
                answers[id] = new JsonObject { ["error"] = new JsonObject { ["code"] = failure.Code.Name, ["message"] = failure.Message } };
            }
        }

        return (answers, errors);
    }

    public static JsonElement Read(string path)
    {
        if (Directory.Exists(path)) throw new FailureException(FailureCodes.NotAFile, $"{path} is a folder; name a JSON file");
        if (!File.Exists(path)) throw new FailureException(FailureCodes.FileNotFound, $"{path} is not there");
        if (new FileInfo(path).Length > LargestBytes) throw new FailureException(FailureCodes.TooLarge, $"{path} has more than {LargestBytes} bytes");
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path), strict).RootElement;
        }
        catch (JsonException problem)
        {
            string what = problem.LineNumber is { } line ? FormattableString.Invariant($"is not JSON: line {line + 1}, byte {problem.BytePositionInLine + 1}") : "has a key twice in one object";
            throw new FailureException(FailureCodes.MalformedFile, $"{path} {what}", problem);
        }
    }

    private static JsonObject AnswerOf(CaseParameters fields)
    {
        string category = fields.Text("category");
        if (!Categories.TryGetValue(category, out Func<CaseParameters, JsonObject>? answer))
        {
            string hint = Learning.Jobs.EditDistance.Nearest(category, Categories.Keys) is { } near ? $": did you mean {near}?" : "";
            throw new FailureException(FailureCodes.InvalidValue, $"category {category} is not one that is answered{hint}; docs/accounting.md lists them");
        }

        return Guarded(() => answer(fields.Object("params")));
    }

    /// <summary>Runs an accounting function and gives its refusals a code.</summary>
    public static TResult Guarded<TResult>(Func<TResult> account)
    {
        try
        {
            return account();
        }
        catch (AccountantMismatchException mismatch)
        {
            throw new FailureException(FailureCodes.AccountantMismatch, mismatch.Message, mismatch);
        }
        catch (ArgumentException argument)
        {
            string message = argument.Message.ReplaceLineEndings(" ");
            throw new FailureException(FailureCodes.InvalidValue, message, argument);
        }
    }
}
