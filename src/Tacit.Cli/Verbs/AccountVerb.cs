using System.CommandLine;
using System.Text.Json.Nodes;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Accounts;
using Tacit.Cli.Output;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit account</c>: what noise costs in privacy, and what privacy costs in noise.</summary>
internal static class AccountVerb
{
    public static Command Create() => new("account", "Accounts for privacy: noise to (ε, δ) and back, for one mechanism or many.")
    {
        AccountMechanismVerbs.Gaussian(), AccountMechanismVerbs.Laplace(), AccountMechanismVerbs.DiscreteGaussian(), AccountMechanismVerbs.Skellam(),
        AccountTrainingVerbs.Training(), AccountTrainingVerbs.DistributedDiscreteGaussian(), AccountComposeVerb.Create(), Batch(),
    };

    private static Command Batch()
    {
        Argument<string> file = new("FILE") { Description = "A JSON object with cases; each has id, category and params." };
        Option<bool> json = Arguments.Json();
        Command batch = new("batch", "Answers a file of cases, each by its category; a case that cannot be answered has an error of its own.") { file, json };
        batch.Computes(parsed =>
        {
            (JsonObject answers, int errors) = BatchFile.Answer(BatchFile.Read(parsed.GetValue(file)!));
            if (parsed.GetValue(json)) Json.Print(new JsonObject { ["answers"] = answers });
            else
            {
                foreach ((string id, JsonNode? answer) in answers) Console.Out.WriteLine($"{id}  {answer!.ToJsonString()}");
                Console.Out.WriteLine($"{answers.Count} cases, {errors} not answered");
            }

            return errors == 0 ? 0 : (int)FailureKind.Input;
        });
        return batch.WithExamples("tacit account batch cases.json", "tacit account batch cases.json --json");
    }
}
