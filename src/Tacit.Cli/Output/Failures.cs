using System.IO;
using System.Text.Json.Nodes;
using Tacit.Aggregation.Failures;

namespace Tacit.Cli.Output;

/// <summary>Failure as polished as success: one line on standard error, with --json also an object on standard output, never a stack trace.</summary>
internal static class Failures
{
    public static int Report(Exception problem, bool json)
    {
        if (IsBrokenPipe(problem)) return 0;   // the reader has seen enough
        (FailureCode code, int exit, string found) = Classify(problem);
        string message = Printable(found);
        Console.Error.WriteLine($"✗ {code}  {message}");
        Console.Error.WriteLine($"  tacit explain {code}");
        if (Environment.GetEnvironmentVariable("TACIT_TRACE") == "1") Console.Error.WriteLine(problem);
        if (!json) return exit;
        try
        {
            Json.Print(new JsonObject { ["error"] = new JsonObject { ["code"] = code.Name, ["message"] = message, ["exit"] = exit } });
        }
        catch (IOException)
        {
            // standard output is what failed: standard error has it all
        }

        return exit;
    }

    private static (FailureCode Code, int Exit, string Message) Classify(Exception problem) => problem switch
    {
        UsageException usage => (usage.Code, (int)FailureKind.Usage, usage.Message),
        FailureException failure => (failure.Code, (int)FailureCatalogue.KindOf(failure.Code), failure.Message),
        OperationCanceledException => (FailureCodes.Interrupted, (int)FailureKind.Interruption, "interrupted; nothing half-written was left behind"),
        Privacy.Accounting.AccountantMismatchException mismatch => (FailureCodes.AccountantMismatch, (int)FailureCatalogue.KindOf(FailureCodes.AccountantMismatch), OneLine(mismatch.Message)),
        AggregateException { InnerExceptions: [var inner, ..] } => Classify(inner),
        IOException or UnauthorizedAccessException => (FailureCodes.FileAccess, (int)FailureKind.Environment, OneLine(problem.Message)),
        OutOfMemoryException => (FailureCodes.TooLarge, (int)FailureKind.Environment, "there is not enough memory for this; use a smaller model or fewer participants"),
        _ => (FailureCodes.InternalError, (int)FailureKind.Environment, $"{problem.GetType().Name}: {OneLine(problem.Message)}"),
    };

    // EPIPE on Unix, ERROR_NO_DATA and ERROR_BROKEN_PIPE on Windows.
    private static bool IsBrokenPipe(Exception problem) =>
        problem is IOException && (problem.HResult == 32 || (problem.HResult & 0xFFFF) is 109 or 232 || problem.Message.Contains("Broken pipe", StringComparison.Ordinal));

    // Messages quote what was found in files: control characters there must not reach the terminal.
    private static string Printable(string text) => string.Concat(text.Select(letter => char.IsControl(letter) || letter == '\uFFFD' ? '?' : letter));

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
