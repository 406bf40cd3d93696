using System.Diagnostics;
using System.IO;
using System.Runtime.InteropServices;
using Tacit.EndToEnd.Tests.Federation;
using Xunit;

namespace Tacit.EndToEnd.Tests.Operation;

/// <summary>run.sh, with the program of the tests.</summary>
public sealed class RunScriptTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task A_job_runs_to_its_end()
    {
        if (OperatingSystem.IsWindows()) return;

        using Process script = Start("4", "--plan", folder.Write("small.yaml", Given.PlanText), "--rounds", "1", "--json");
        string output = await script.StandardOutput.ReadToEndAsync();
        await script.WaitForExitAsync();

        Assert.Equal(0, script.ExitCode);
        Assert.Contains("\"mode\":\"network\"", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupting_it_stops_every_participant()
    {
        if (OperatingSystem.IsWindows()) return;
        string mark = Path.Combine(folder.Path, "data");

        using Process script = Start("4", "--plan", folder.Write("small.yaml", Given.PlanText), "--data-dir", mark);
        while (await script.StandardError.ReadLineAsync() is { } line && !line.Contains("round 1", StringComparison.Ordinal))
        {
            // until the participants are at work
        }

        Task<string> rest = script.StandardError.ReadToEndAsync();
        Assert.Equal(0, Kill(script.Id, Interrupt));
        try
        {
            await rest.WaitAsync(TimeSpan.FromMinutes(2));   // ends when nobody holds the pipe any more: not the script, not the coordinator, not a participant
        }
        catch (TimeoutException)
        {
            script.Kill(entireProcessTree: true);
            Assert.Fail("two minutes after Ctrl-C something still runs; shells without job control start background commands with interrupts ignored, and tests in one cannot interrupt anything");
        }

        await script.WaitForExitAsync();

        Assert.Equal(130, script.ExitCode);
    }

    [Fact]
    public void Without_anything_to_join_it_says_so()
    {
        if (OperatingSystem.IsWindows()) return;
        using Process script = Start("--join", folder.Write("invitations.txt", "# none yet\n"));
        script.WaitForExit();

        Assert.Equal(2, script.ExitCode);
        Assert.Contains("holds no invitation", script.StandardError.ReadToEnd(), StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private const int Interrupt = 2;

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);

    private Process Start(params string[] arguments)
    {
        string program = folder.Write("tacit", $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "tacit.dll")}' \"$@\"\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        ProcessStartInfo start = new("bash") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = folder.Path };
        start.ArgumentList.Add(Path.Combine(TacitProcess.Repository, "run.sh"));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["TACIT"] = program;
        return Process.Start(start)!;
    }
}
