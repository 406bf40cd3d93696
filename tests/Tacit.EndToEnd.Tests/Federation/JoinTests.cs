using System.Diagnostics;
using System.IO;
using System.Text.Json.Nodes;
using System.Threading;
using Tacit.Coordination.Hosting;
using Tacit.Coordination.Jobs;
using Tacit.Cryptography.Randomness;
using Tacit.Federation.Identities;
using Tacit.Federation.Sessions;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Xunit;

namespace Tacit.EndToEnd.Tests.Federation;

/// <summary>The verbs of enrolment, as processes, against a coordinator in this process.</summary>
public sealed class JoinTests : IDisposable
{
    private const string PolicyText = """
        minimum-cohort: 3
        protocols: [secagg-plus]
        rounds: 20
        exact-sums: true
        """;

    private readonly TemporaryFolder folder = new();
    private readonly List<Participant> participants = [];

    [Fact]
    public async Task Three_sites_join_by_invitation_compare_words_and_train_and_come_back_after_a_rotation()
    {
        await using CoordinatorServer server = await ServerAsync();
        string connection = await ConnectAsync(server), policy = folder.Write("policy.yaml", PolicyText);
        TrainingPlan plan = Given.Plan("rounds=2", "cohort.minimum=3");
        string[] names = ["north", "east", "south"];

        foreach (string name in names)
        {
            string invite = Run("invite", name, "--data-dir", connection).Output.Trim();
            Participant joined = Start(name, invite, policy);
            Assert.StartsWith("join: This site joins at most 20 rounds, never with fewer than 2 others, with no limit to ε: exact sums are allowed.", await joined.LineAsync("This site"), StringComparison.Ordinal);
            string words = (await joined.LineAsync("join: words"))["join: words  ".Length..];
            Assert.Equal(6, words.Split(' ').Length);
            if (name == "north") TacitProcess.Run("approve", name, "--words", "bado bado bado bado bado bado", "--data-dir", connection).AssertFails("WORDS_DIFFER", 5);
            Run("approve", name, "--words", words, "--data-dir", connection);
            await joined.LineAsync("takes part");
        }

        FederatedResult first = await server.Jobs.RunAsync(JobOf(plan));
        Run("rotate", "--data-dir", Home("east"));
        await participants[1].LineAsync("the key was rotated");
        await participants[1].LineAsync("takes part");
        FederatedResult second = await server.Jobs.RunAsync(JobOf(plan));
        Run("revoke", "south", "--reason", "left", "--data-dir", connection);
        await participants[2].ExitAsync();

        Assert.All(first.Rounds.Concat(second.Rounds), round => Assert.Equal(names.Order(), round.Included.Order()));
        Assert.Contains("INVITATION_REFUSED", participants[2].Error, StringComparison.Ordinal);
        Assert.Contains("shut out", participants[2].Error, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            foreach (string file in new[] { "identity.key", "enrolment.json", "ledger", "rounds" }) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Home("north"), file)));
        }
    }

    [Fact]
    public async Task A_second_invitation_voids_the_first_aloud_and_who_waits_is_in_the_status()
    {
        await using CoordinatorServer server = await ServerAsync();
        string connection = await ConnectAsync(server), policy = folder.Write("policy.yaml", PolicyText);
        TacitProcess.Result first = Run("invite", "north", "--data-dir", connection), second = Run("invite", "north", "--data-dir", connection);
        Assert.DoesNotContain("void", first.Error, StringComparison.Ordinal);
        Assert.Contains("north had an invitation that was not used; it is void now", second.Error, StringComparison.Ordinal);

        TacitProcess.Run("join", first.Output.Trim(), "--data", folder.Path, "--policy", policy, "--data-dir", Home("late")).AssertFails("INVITATION_REFUSED", 5, "replaced by a newer");
        Participant joined = Start("north", second.Output.Trim(), policy, "--json");
        string words = (await joined.LineAsync("join: words"))["join: words  ".Length..];
        Assert.Contains("1 waits for approval: north; compare words, then tacit approve north", Run("status", "--data-dir", connection).Output, StringComparison.Ordinal);
        TacitProcess.Run("rotate", "--data-dir", Home("north")).AssertFails("NOT_ALLOWED", 5, "north waits for approval");
        Run("approve", "north", "--words", words, "--data-dir", connection);
        await joined.LineAsync("takes part");
        Assert.DoesNotContain("waits for approval", Run("status", "--data-dir", connection).Output, StringComparison.Ordinal);
        joined.Kill();

        Assert.Equal(["policy", "waiting", "taking-part"], joined.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!["event"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_key_that_is_older_than_the_policy_allows_is_replaced_before_the_first_round()
    {
        await using CoordinatorServer server = await ServerAsync();
        string connection = await ConnectAsync(server), policy = folder.Write("policy.yaml", PolicyText + "\nrotate-keys: 30d\n");
        Participant joined = Start("north", Run("invite", "north", "--data-dir", connection).Output.Trim(), policy);
        string words = (await joined.LineAsync("join: words"))["join: words  ".Length..], enrolment = Path.Combine(Home("north"), "enrolment.json");
        joined.Kill();
        JsonNode content = JsonNode.Parse(File.ReadAllText(enrolment))!;
        content["keyMade"] = DateTimeOffset.UtcNow.AddDays(-31);
        File.WriteAllText(enrolment, content.ToJsonString());
        Run("approve", "north", "--words", words, "--data-dir", connection);

        Participant again = new("join", "--data-dir", Home("north"));
        participants.Add(again);
        await again.LineAsync("30 days old and has been replaced");

        Assert.Equal(2, Assert.Single((await Identity.AskAsync<RosterAnswer>(server, "GET", Routes.Roster, await server.Access.OwnerTokenAsync())).Roster).Generation);
    }

    [Fact]
    public async Task Tokens_are_made_listed_and_taken_back_and_a_viewer_cannot_invite()
    {
        await using CoordinatorServer server = await ServerAsync();
        string connection = await ConnectAsync(server);

        string token = Run("token", "create", "anna", "--role", "viewer", "--days", "3", "--data-dir", connection).Output.Trim();
        string file = folder.Write("token", token);
        Share(file);
        TacitProcess.Run("invite", "x", "--coordinator", $"{server.Address}", "--pin", server.Pin!, "--token-file", file).AssertFails("KEY_FILE_PERMISSIONS", 3);
        Protect(file);
        TacitProcess.Run("invite", "x", "--coordinator", $"{server.Address}", "--pin", server.Pin!, "--token-file", file).AssertFails("NOT_ALLOWED", 5);
        TacitProcess.Run("token", "list", "--coordinator", $"{server.Address}", "--pin", new string('0', 64), "--token-file", file).AssertFails("CERTIFICATE_REFUSED", 5);
        Assert.Contains("anna", Run("token", "list", "--data-dir", connection).Output, StringComparison.Ordinal);
        Run("token", "revoke", "anna", "--reason", "left", "--data-dir", connection);
        TacitProcess.Run("invite", "x", "--coordinator", $"{server.Address}", "--pin", server.Pin!, "--token-file", file).AssertFails("NOT_AUTHENTICATED", 5);
    }

    [Fact]
    public void What_is_wrong_is_said_before_anything_is_sent()
    {
        string policy = folder.Write("policy.yaml", PolicyText), invite = Invite.Create(new Uri("http://127.0.0.1:9"), "north", null, SystemRandomSource.Instance).ToText();

        TacitProcess.Run("join", invite[..^1], "--data", folder.Path, "--policy", policy, "--data-dir", Home("a")).AssertFails("INVITATION_INVALID", 3);
        TacitProcess.Run("join", invite, "--data", folder.Path, "--policy", policy, "--data-dir", Home("b"), "--name", "south").AssertFails("INVITATION_REFUSED", 5, "--name is south");
        TacitProcess.Run("join", invite, "--data", folder.Path, "--data-dir", Home("c")).AssertFails("MISSING_VALUE", 2, "--policy");
        TacitProcess.Run("join", "--data-dir", Home("d")).AssertFails("MISSING_VALUE", 2, "invitation");
        TacitProcess.Run("join", invite, "--policy", folder.Write("bad.yaml", "minimum-cohort: 3\nround: 5\n"), "--data-dir", Home("e")).AssertFails("UNKNOWN_KEY", 3, "line 2", "did you mean rounds?");
        Assert.False(Directory.Exists(Home("a")) || Directory.Exists(Home("b")) || Directory.Exists(Home("e")));
    }

    public void Dispose()
    {
        foreach (Participant participant in participants) participant.Dispose();
        folder.Dispose();
    }

    private static TacitProcess.Result Run(params string[] arguments)
    {
        TacitProcess.Result result = TacitProcess.Run(arguments);
        Assert.True(result.Exit == 0, result.Error);
        return result;
    }

    private static FederatedJob JobOf(TrainingPlan plan)
    {
        TrainTestSplit data = Given.Data(plan);
        string text = Given.PlanText.Replace("minimum: 4", "minimum: 3", StringComparison.Ordinal).Replace("rounds: 3", "rounds: 2", StringComparison.Ordinal);
        return Given.Job(plan, data, participants: 3) with { PlanText = text };
    }

    private static void Share(string file)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
    }

    private static void Protect(string file)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private Task<CoordinatorServer> ServerAsync() => Given.ServerAsync(configure: options =>
    {
        options.OpenEnrolment = false;
        options.OwnAuthority = true;
        options.ClientCertificates = Coordination.Certificates.ClientCertificateMode.Required;
        options.DataDirectory = Path.Combine(folder.Path, "coordinator");
        options.JoinTimeout = TimeSpan.FromSeconds(60);
    });

    // What tacit serve writes.
    private async Task<string> ConnectAsync(CoordinatorServer server)
    {
        string home = Path.Combine(folder.Path, "coordinator");
        string file = folder.Write(Path.Combine("coordinator", "connection.json"), System.Text.Json.JsonSerializer.Serialize(new { address = server.Address, certificate = server.Pin, token = await server.Access.OwnerTokenAsync() }));
        Protect(file);
        return home;
    }

    private string Home(string name) => Path.Combine(folder.Path, "sites", name);

    private Participant Start(string name, string invite, string policy, params string[] more)
    {
        Participant started = new(["join", invite, "--policy", policy, "--data", folder.Path, "--data-dir", Home(name), .. more]);
        participants.Add(started);
        return started;
    }

    // A process whose lines on standard error can be waited for.
    private sealed class Participant : IDisposable
    {
        private static readonly TimeSpan patience = TimeSpan.FromMinutes(2);

        private readonly Process process;
        private readonly List<string> lines = [];
        private readonly SemaphoreSlim more = new(0);
        private int read;

        public Participant(params string[] arguments)
        {
            ProcessStartInfo start = new("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true, UseShellExecute = false };
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "tacit.dll"));
            foreach (string argument in arguments) start.ArgumentList.Add(argument);
            process = Process.Start(start)!;
            process.ErrorDataReceived += (_, line) =>
            {
                lock (lines) lines.Add(line.Data ?? "(end)");
                more.Release();
            };
            process.BeginErrorReadLine();
        }

        public string Error
        {
            get { lock (lines) return string.Join('\n', lines); }
        }

        /// <summary>The next line with these words.</summary>
        public async Task<string> LineAsync(string words)
        {
            while (true)
            {
                Assert.True(await more.WaitAsync(patience), $"no line with \"{words}\" in:\n{Error}");
                string line;
                lock (lines) line = lines[read++];
                Assert.False(line == "(end)", $"no line with \"{words}\" in:\n{Error}");
                if (line.Contains(words, StringComparison.Ordinal)) return line;
            }
        }

        public Task ExitAsync() => process.WaitForExitAsync(new CancellationTokenSource(patience).Token);

        /// <summary>Standard output, once the process has ended.</summary>
        public string Output => process.StandardOutput.ReadToEnd();

        public void Kill()
        {
            process.Kill();
            process.WaitForExit();
        }

        public void Dispose()
        {
            if (!process.HasExited) process.Kill();
            process.Dispose();
            more.Dispose();
        }
    }
}
