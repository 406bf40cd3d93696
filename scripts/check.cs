// Builds everything, runs every test and every sample, and ends with one line: "N passed, N failed".
//   dotnet run --file scripts/check.cs
#:property PublishAot=false
using System.Diagnostics;
using System.IO;
using System.Xml.Linq;

string root = FindRoot();
string results = Path.Combine(root, "artifacts", "test-results");
if (Directory.Exists(results)) Directory.Delete(results, recursive: true);

string[] missing = Provide();

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

foreach (string line in missing) Console.WriteLine(line);
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

// Tests find PostgreSQL and Chromium where they are installed. A build machine that lets us installs them; a person's machine is left as it is.
string[] Provide()
{
    (string Package, Func<bool> IsThere, string Without)[] wanted =
    [
        ("postgresql-15", HasPostgres, "PostgreSQL absent: the storage tests run on SQLite alone (apt-get install postgresql-15)"),
        ("chromium", HasChromium, "Chromium absent: the dashboard is not looked at in a browser (apt-get install chromium)"),
    ];
    string[] absent = [.. wanted.Where(tool => !tool.IsThere()).Select(tool => tool.Package)];
    bool mayInstall = Environment.GetEnvironmentVariable("CI") == "true" && Environment.UserName == "root" && OnPath("apt-get");
    if (absent.Length > 0 && mayInstall) Install(absent);
    foreach ((string package, Func<bool> isThere, _) in wanted)
    {
        Console.WriteLine($"{package}: {(!isThere() ? "absent" : absent.Contains(package) ? "installed now" : "already there")}");
    }

    return [.. wanted.Where(tool => !tool.IsThere()).Select(tool => tool.Without)];
}

void Install(string[] packages)
{
    Environment.SetEnvironmentVariable("DEBIAN_FRONTEND", "noninteractive");
    // The tests make servers of their own: no cluster is created and none is started.
    const string Settings = "/etc/postgresql-common";
    if (!File.Exists(Path.Combine(Settings, "createcluster.conf")))
    {
        Directory.CreateDirectory(Settings);
        File.WriteAllText(Path.Combine(Settings, "createcluster.conf"), "create_main_cluster = false\nstart_conf = 'disabled'\n");
    }

    const string Quiet = "-q -o Acquire::Retries=2 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold";
    Run("apt-get", $"{Quiet} update");
    foreach (string package in packages) Run("apt-get", $"{Quiet} install --yes --no-install-recommends {package}");
}

static bool OnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(path => File.Exists(Path.Combine(path, program)));

static bool HasChromium() => OnPath("chromium") || File.Exists("/usr/bin/chromium");

static bool HasPostgres()
{
    const string Installed = "/usr/lib/postgresql";
    IEnumerable<string> versions = Directory.Exists(Installed) ? Directory.GetDirectories(Installed).Select(path => Path.Combine(path, "bin")) : [];
    return OnPath("initdb") || versions.Any(path => File.Exists(Path.Combine(path, "initdb")));
}

static string FindRoot()
{
    for (DirectoryInfo? folder = new(Directory.GetCurrentDirectory()); folder is not null; folder = folder.Parent)
    {
        if (File.Exists(Path.Combine(folder.FullName, "Tacit.slnx"))) return folder.FullName;
    }

    throw new InvalidOperationException("Run this inside the repository.");
}
