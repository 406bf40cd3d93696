using System.Text;

namespace Tacit.Cli;

/// <summary>The entry point of <c>tacit</c>.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return CommandLine.Run(arguments);
    }
}
