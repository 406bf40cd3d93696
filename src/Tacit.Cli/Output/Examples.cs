using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Tacit.Cli.Output;

/// <summary>Help with examples: the standard help, then lines that can be pasted.</summary>
internal static class Examples
{
    public static Command WithExamples(this Command command, params string[] examples)
    {
        HelpOption help = new();
        help.Action = new ExampleHelp((HelpAction)help.Action!, examples);
        command.Options.Add(help);
        return command;
    }

    private sealed class ExampleHelp(HelpAction standard, string[] examples) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            int result = standard.Invoke(parseResult);
            Console.Out.WriteLine("Examples:");
            foreach (string example in examples) Console.Out.WriteLine($"  {example}");
            Console.Out.WriteLine();
            return result;
        }
    }
}
