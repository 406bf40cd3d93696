// Builds everything, runs every test and every sample, and ends with one line: "N passed, N failed".
//   dotnet run --file scripts/check.cs
#:property PublishAot=false
using System.Diagnostics;
using System.IO;
using System.Xml.Linq;

string root = FindRoot();
string results = Path.Combine(root, "artifacts", "test-results");
if (Directory.Exists(results)) Directory.Delete(results, recursive: true);

int failed = 0, passed = 0;
if (Run("dotnet", "build Tacit.slnx -c Release") != 0)
{
    Console.WriteLine("0 passed, 1 failed");
    return 1;
}

foreach (string project in new[] { "tests/Tacit.Tests", "tests/Tacit.EndToEnd.Tests" })
{
    string name = Path.GetFileName(project);
    int code = Run("dotnet", $"test {project} -c Release --no-build --logger trx;LogFileName={name}.trx --results-directory \"{results}\"");
    string report = Path.Combine(results, name + ".trx");
    int failures = 0;
    if (File.Exists(report))
    {
        XElement counters = XDocument.Load(report).Descendants().First(element => element.Name.LocalName == "Counters");
        passed += (int)counters.Attribute("passed")!;
        failures = (int)counters.Attribute("total")! - (int)counters.Attribute("passed")!;
    }

    failed += code != 0 && failures == 0 ? 1 : failures;   // a run that dies without a count has failed
}

foreach (string sample in Directory.EnumerateFiles(Path.Combine(root, "samples"), "*.cs").Order())
{
    if (Run("dotnet", $"run --file \"{sample}\"") == 0) passed++;
    else failed++;
}

if (!HasPostgres()) Console.WriteLine("PostgreSQL absent: the storage tests ran on SQLite alone (apt-get install postgresql-15)");
Console.WriteLine($"{passed} passed, {failed} failed");
return failed == 0 ? 0 : 1;

int Run(string file, string arguments)
{
    Console.WriteLine($"> {file} {arguments}");
    ProcessStartInfo start = new(file, arguments) { WorkingDirectory = root, UseShellExecute = false };
    start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
    start.Environment["MSBUILDTERMINALLOGGER"] = "off";
    using Process process = Process.Start(start)!;
    process.WaitForExit();
    return process.ExitCode;
}

static bool HasPostgres()
{
    const string Installed = "/usr/lib/postgresql";
    IEnumerable<string> versions = Directory.Exists(Installed) ? Directory.GetDirectories(Installed).Select(path => Path.Combine(path, "bin")) : [];
    return versions.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)).Any(path => File.Exists(Path.Combine(path, "initdb")));
}

static string FindRoot()
{
    for (DirectoryInfo? folder = new(Directory.GetCurrentDirectory()); folder is not null; folder = folder.Parent)
    {
        if (File.Exists(Path.Combine(folder.FullName, "Tacit.slnx"))) return folder.FullName;
    }

    throw new InvalidOperationException("Run this inside the repository.");
}
