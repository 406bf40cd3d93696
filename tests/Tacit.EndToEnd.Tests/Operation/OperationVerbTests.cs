using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Text.Json;
using Xunit;

namespace Tacit.EndToEnd.Tests.Operation;

/// <summary>The verbs against a coordinator in a process of its own.</summary>
public sealed class OperationVerbTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Process coordinator;

    public OperationVerbTests()
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = folder.Path };
        foreach (string argument in new[] { Path.Combine(AppContext.BaseDirectory, "tacit.dll"), "serve", "--listen", "127.0.0.1:0", "--data-dir", Data, "--log-level", "information", "--log-format", "json" }) start.ArgumentList.Add(argument);
        coordinator = Process.Start(start)!;
        while (coordinator.StandardError.ReadLine() is { } line && !line.Contains("owner's token", StringComparison.Ordinal))
        {
            // until it has said everything
        }
    }

    private string Data => Path.Combine(folder.Path, "data");

    [Fact]
    public void Verbs_find_the_coordinator_by_its_data_directory_and_end_when_it_does()
    {
        Assert.Equal("live", Run("status", "--live", "--json").Json.GetProperty("status").GetString());
        Assert.Equal(0, Run("status", "--json").Json.GetProperty("participants").GetInt32());
        Assert.Empty(Run("list", "--json").Json.GetProperty("jobs").EnumerateArray());
        Assert.Contains("no jobs yet", Run("list").Output, StringComparison.Ordinal);
        Run("stop", "nobody'; DROP TABLE jobs; --").AssertFails("UNKNOWN_JOB", 3);
        Run("resume", "nobody").AssertFails("UNKNOWN_JOB", 3);
        Assert.Contains("tacit_jobs{state=\"running\"} 0", Run("metrics").Output, StringComparison.Ordinal);
        Assert.NotEmpty(Run("metrics", "--json").Json.GetProperty("metrics").EnumerateArray());
        Assert.Equal(0, Run("logs").Exit);
        TacitProcess.Result doctor = Run("doctor", "--ports", "1", "--json");
        string[] looked = [.. doctor.Json.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("name").GetString()!)];
        Assert.Equal(0, doctor.Exit);
        Assert.Superset(new HashSet<string> { "runtime", "processor", "memory", "disk", "data", "ports", "coordinator", "clock", "tls", "store", "certificate", "audit" }, looked.ToHashSet());

        string token = folder.Write("token", "operator.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(token, UnixFileMode.UserRead | UnixFileMode.OtherRead);
            Run("status", "--token-file", token).AssertFails("KEY_FILE_PERMISSIONS", 3);
            File.SetUnixFileMode(token, UnixFileMode.UserRead);
        }

        Run("status", "--token-file", token).AssertFails("NOT_AUTHENTICATED", 5);
        Run("status", "--pin", new string('0', 64)).AssertFails("CERTIFICATE_REFUSED", 5);
        Run("logs", "--level", "loud").AssertFails("INVALID_VALUE", 2, "--level is loud");
        coordinator.Kill();
        coordinator.WaitForExit();
        Run("status").AssertFails("COORDINATOR_UNREACHABLE", 6);
    }

    [Fact]
    public async Task A_link_to_the_dashboard_opens_once()
    {
        JsonElement link = Run("dashboard", "--json").Json;
        using HttpClientHandler handler = new() { AllowAutoRedirect = false, ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        using HttpClient http = new(handler);
        using HttpResponseMessage first = await http.GetAsync(new Uri(link.GetProperty("url").GetString()!)), second = await http.GetAsync(new Uri(link.GetProperty("url").GetString()!));

        Assert.Equal("owner", link.GetProperty("role").GetString());
        Assert.Equal((HttpStatusCode.SeeOther, HttpStatusCode.Forbidden), (first.StatusCode, second.StatusCode));
        Assert.Equal("viewer", Run("dashboard", "--role", "viewer", "--json").Json.GetProperty("role").GetString());
        Assert.StartsWith("https://127.0.0.1:", Run("dashboard").Output, StringComparison.Ordinal);
        Run("dashboard", "--role", "king").AssertFails("INVALID_VALUE", 2, "--role is king");
        string anna = folder.Write("anna", Run("token", "create", "anna", "--role", "operator").Output);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(anna, UnixFileMode.UserRead);
        Run("dashboard", "--role", "owner", "--token-file", anna).AssertFails("NOT_ALLOWED", 5, "operator");
    }

    [Fact]
    public void Doctor_names_what_will_not_work_and_the_way_out()
    {
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(Data, File.GetUnixFileMode(Data) | UnixFileMode.OtherRead);

        TacitProcess.Result doctor = TacitProcess.Run(new Dictionary<string, string> { ["TACIT_DATABASE"] = "Host=127.0.0.1;Port=1;Username=tacit;Password=canary-1f2e" }, "doctor", "--data-dir", Data, "--database-env", "TACIT_DATABASE", "--json");

        JsonElement[] problems = [.. doctor.Json.GetProperty("findings").EnumerateArray().Where(finding => finding.GetProperty("weight").GetString() == "problem")];
        Assert.Equal(6, doctor.Exit);
        Assert.Equal(["data", "database"], problems.Select(problem => problem.GetProperty("name").GetString()!).Order());
        Assert.All(problems, problem => Assert.NotEqual("", problem.GetProperty("way_out").GetString()));
        Assert.DoesNotContain("canary-1f2e", doctor.Output + doctor.Error, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        if (!coordinator.HasExited) coordinator.Kill();
        coordinator.Dispose();
        folder.Dispose();
    }

    private TacitProcess.Result Run(params string[] arguments) => TacitProcess.Run([.. arguments, "--data-dir", Data]);
}
