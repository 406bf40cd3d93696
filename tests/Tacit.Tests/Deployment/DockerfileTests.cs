using System.IO;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tacit.Tests.Conventions;
using Xunit;

namespace Tacit.Tests.Deployment;

/// <summary>The rules of the image, read from its recipe.</summary>
public sealed partial class DockerfileTests
{
    private static readonly string[][] steps = [.. Steps(File.ReadAllText(Path.Combine(SourceTree.Root, "Dockerfile")))];

    [Fact]
    public void The_image_that_runs_has_a_user_who_is_not_root_and_no_step_after_it_becomes_root()
    {
        string[] users = [.. Last().Where(step => step[0] == "USER").Select(step => step[1])];

        Assert.NotEmpty(users);
        Assert.All(users, user => Assert.Matches("^[1-9][0-9]*:[1-9][0-9]*$", user));   // a number: runAsNonRoot cannot check a name
    }

    [Fact]
    public void Bases_are_pinned_to_a_whole_version_of_a_known_publisher()
    {
        string[] bases = [.. steps.Where(step => step[0] == "FROM").Select(step => step[1].Split(' ')[0])];

        Assert.Equal(2, bases.Length);
        Assert.All(bases, image => Assert.Matches(@"^mcr\.microsoft\.com/dotnet/(sdk|aspnet):\d+\.\d+\.\d+-noble(-chiseled)?$", image));
    }

    [Fact]
    public void The_base_has_the_libc_that_the_bundled_database_needs() => Assert.DoesNotContain(steps, step => step[0] == "FROM" && step[1].Contains("alpine", StringComparison.Ordinal));

    [Fact]
    public void The_builder_is_the_one_that_global_json_asks_for()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(SourceTree.Root, "global.json")));
        string wanted = file.RootElement.GetProperty("sdk").GetProperty("version").GetString()!;
        string used = Version().Match(steps.First(step => step[0] == "FROM")[1]).Value;

        Assert.Equal(wanted.Split('.')[..2], used.Split('.')[..2]);
        Assert.True(new Version(used) >= new Version(wanted));
    }

    [Fact]
    public void Nothing_secret_is_put_into_the_image()
    {
        foreach (string[] step in steps.Where(step => step[0] is "ENV" or "ARG" or "LABEL" or "RUN" or "COPY" or "ADD" or "CMD" or "ENTRYPOINT"))
        {
            Assert.DoesNotMatch(SecretWord(), step[1]);
        }

        Assert.DoesNotContain(steps, step => step[0] == "ADD");   // fetches from anywhere
        string[] context = File.ReadAllLines(Path.Combine(SourceTree.Root, ".dockerignore"));
        Assert.Contains("*", context);
        Assert.DoesNotContain("!secrets", context);
        Assert.All(context.Where(line => line.StartsWith('!')), line => Assert.True(Path.Exists(Path.Combine(SourceTree.Root, line[1..])), line));
    }

    [Fact]
    public void What_is_copied_into_the_build_is_there()
    {
        string[] copied = [.. steps.Where(step => step[0] == "COPY" && !step[1].Contains("--from", StringComparison.Ordinal)).SelectMany(step => step[1].Split(' ')[..^1])];

        Assert.NotEmpty(copied);
        Assert.All(copied, path => Assert.True(Path.Exists(Path.Combine(SourceTree.Root, path)), path));
    }

    [Fact]
    public void The_image_says_how_it_is_and_writes_in_one_place()
    {
        string[][] run = [.. Last()];

        string health = Assert.Single(run, step => step[0] == "HEALTHCHECK")[1];
        Assert.Contains("CMD [", health, StringComparison.Ordinal);   // there is no shell
        Assert.Equal("/data", Assert.Single(run, step => step[0] == "VOLUME")[1]);
        Assert.All(run.Where(step => step[0] is "CMD" or "ENTRYPOINT"), step => Assert.NotEmpty(JsonSerializer.Deserialize<string[]>(step[1])!));
    }

    private static IEnumerable<string[]> Last() => steps.Skip(Array.FindLastIndex(steps, step => step[0] == "FROM"));

    private static IEnumerable<string[]> Steps(string text) =>
        from line in text.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
        where line.Length > 0 && !line.StartsWith('#')
        select line.Split(' ', 2, StringSplitOptions.TrimEntries);

    [GeneratedRegex(@"\d+\.\d+\.\d+")]
    private static partial Regex Version();

    [GeneratedRegex("password|passwd|secret|token|api[-_]?key|private", RegexOptions.IgnoreCase)]
    private static partial Regex SecretWord();
}
