using System.Diagnostics;
using System.IO;
using System.Text.Json;
using Xunit;

namespace Tacit.EndToEnd.Tests;

/// <summary>Runs the real command line as a process of its own.</summary>
internal static class TacitProcess
{
    /// <summary>The folder of the sources that the tests were built from.</summary>
    public static string Repository { get; } = FindRepository();

    public static Result Run(params string[] arguments) => Run(new Dictionary<string, string>(), arguments);

    public static Result Run(IReadOnlyDictionary<string, string> environment, params string[] arguments) => RunProgram("tacit.dll", environment, arguments);

    /// <summary>Runs another of the programs that lie beside the tests.</summary>
    public static Result RunProgram(string program, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        Wait("dotnet", environment, [Path.Combine(AppContext.BaseDirectory, program), .. arguments]);

    /// <summary>Runs it where no file may become larger than one KiB, as on a disk that is full. Not on Windows.</summary>
    public static Result RunWithoutRoom(params string[] arguments) => Wait(
        "bash",
        new Dictionary<string, string> { ["DOTNET_EnableWriteXorExecute"] = "0", ["DOTNET_EnableDiagnostics"] = "0" },   // both need large files of their own
        ["-c", "trap '' XFSZ; ulimit -f 1; exec dotnet \"$0\" \"$@\"", Path.Combine(AppContext.BaseDirectory, "tacit.dll"), .. arguments]);

    /// <summary>Runs it, and asks it to end once it has had time to begin. Not on Windows.</summary>
    public static Result RunInterrupted(params string[] arguments) => Wait(
        "bash",
        new Dictionary<string, string>(),
        ["-c", "dotnet \"$0\" \"$@\" & sleep 2; kill -TERM $!; wait $!", Path.Combine(AppContext.BaseDirectory, "tacit.dll"), .. arguments]);   // as Ctrl-C does, which a shell may have switched off

    private static Result Wait(string program, IReadOnlyDictionary<string, string> environment, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = AppContext.BaseDirectory };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(10)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', start.ArgumentList)} hangs");
        }

        return new Result(process.ExitCode, output.Result, error.Result);
    }

    private static string FindRepository()
    {
        DirectoryInfo at = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Tacit.slnx"))) at = at.Parent!;
        return at.FullName;
    }

    internal sealed record Result(int Exit, string Output, string Error)
    {
        public JsonElement Json => JsonDocument.Parse(Output).RootElement;

        public void AssertFails(string code, int exit, params string[] named)
        {
            Assert.StartsWith($"✗ {code}  ", Error.Split('\n').First(line => line.StartsWith('✗')), StringComparison.Ordinal);
            Assert.Equal(exit, Exit);
            foreach (string word in named) Assert.Contains(word, Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
            Assert.DoesNotContain("Exception", Error, StringComparison.Ordinal);
        }
    }
}

/// <summary>A folder that goes away with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("tacit-test-").FullName;

    public string Write(string name, string content)
    {
        string path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, content);
        return path;
    }

    public string Write(string name, byte[] content)
    {
        string path = System.IO.Path.Combine(Path, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
