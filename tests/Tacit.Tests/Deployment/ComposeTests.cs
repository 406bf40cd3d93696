using System.IO;
using System.Text.Json;
using Tacit.Tests.Conventions;
using Xunit;

namespace Tacit.Tests.Deployment;

public sealed class ComposeTests
{
    private static readonly YamlPart compose = YamlPart.Documents("compose.yaml").Single();
    private static readonly YamlPart development = YamlPart.Documents("compose.development.yaml").Single();

    [Fact]
    public void The_three_services_are_at_their_ports_on_loopback_alone()
    {
        string[] ports = [.. Services().SelectMany(service => service.Value.Find("ports")?.Texts ?? [])];

        Assert.Equal(["db", "pgadmin", "web"], Services().Select(service => service.Key).Order());
        Assert.All(ports, port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
        Assert.Contains("127.0.0.1:3000:3000", Ports("web"));
        Assert.Contains("127.0.0.1:8001:8001", Ports("web"));
        Assert.Contains("127.0.0.1:5432:5432", Ports("db"));
        Assert.Contains("127.0.0.1:5050:80", Ports("pgadmin"));
    }

    [Fact]
    public void Images_are_pinned() => Assert.All(Services(), service => Assert.Matches(@":\d+\.\d+[\w.-]*$", service.Value.TextAt("image")!));

    [Fact]
    public void No_password_is_written_down_but_the_one_of_the_development_profile()
    {
        foreach (YamlPart file in new[] { compose, development })
        {
            foreach ((string key, YamlPart value) in Settings(file))
            {
                bool secret = key.Contains("PASSWORD", StringComparison.OrdinalIgnoreCase);
                Assert.True(!secret || (key.EndsWith("_FILE", StringComparison.Ordinal) && value.Text.StartsWith("/run/secrets/", StringComparison.Ordinal)), key);
                Assert.DoesNotContain("Password=", value.Text, StringComparison.OrdinalIgnoreCase);
            }
        }

        string[] ignored = File.ReadAllLines(Path.Combine(SourceTree.Root, ".gitignore"));
        Assert.Contains("/secrets/", ignored);
        Assert.All(compose.Find("secrets")!.Entries, secret => Assert.StartsWith("./secrets/", secret.Value.TextAt("file"), StringComparison.Ordinal));
    }

    [Fact]
    public void Every_secret_that_a_service_reads_is_declared_and_given_to_it()
    {
        string[] declared = [.. compose.Find("secrets")!.Entries.Select(secret => secret.Key)];
        foreach ((_, YamlPart service) in Services())
        {
            string[] given = [.. service.Find("secrets")?.Texts ?? []];
            Assert.All(given, secret => Assert.Contains(secret, declared));
            string[] read = [.. (service.Find("environment")?.Entries ?? []).Where(entry => entry.Key.EndsWith("PASSWORD_FILE", StringComparison.Ordinal)).Select(entry => Path.GetFileName(entry.Value.Text))];
            Assert.Equal(read.Order(), given.Order());
        }
    }

    [Fact]
    public void The_development_profile_alone_says_that_it_is_one()
    {
        Assert.Equal("Production", compose.TextAt("services", "web", "environment", "TACIT_ENVIRONMENT"));
        Assert.Equal("Development", development.TextAt("services", "web", "environment", "TACIT_ENVIRONMENT"));
        Assert.All(development.Find("secrets")!.Entries, secret => Assert.True(File.Exists(Path.Combine(SourceTree.Root, secret.Value.TextAt("file")!)), secret.Key));
        Assert.Equal("root", File.ReadAllText(Path.Combine(SourceTree.Root, "deploy", "development", "database-password")).Trim());
    }

    [Fact]
    public void The_coordinator_is_not_root_writes_in_one_place_and_can_gain_nothing()
    {
        YamlPart web = compose.Find("services", "web")!;

        Assert.Matches("^[1-9][0-9]*:", web.TextAt("user")!);
        Assert.Equal("true", web.TextAt("read_only"));
        Assert.Equal(["ALL"], web.Find("cap_drop")!.Texts);
        Assert.Contains("no-new-privileges:true", web.Find("security_opt")!.Texts);
        Assert.DoesNotContain(Services(), service => service.Value.Find("privileged") is not null || service.Value.TextAt("network_mode") == "host");
        Assert.All(Services().SelectMany(service => service.Value.Find("volumes")?.Texts ?? []), volume => Assert.DoesNotContain("docker.sock", volume, StringComparison.Ordinal));
    }

    [Fact]
    public void Services_wait_for_a_database_that_answers()
    {
        Assert.NotNull(compose.Find("services", "db", "healthcheck", "test"));
        Assert.Equal("service_healthy", compose.TextAt("services", "web", "depends_on", "db", "condition"));
        Assert.Equal("service_healthy", compose.TextAt("services", "pgadmin", "depends_on", "db", "condition"));
    }

    [Fact]
    public void The_list_of_servers_holds_no_password()
    {
        string text = File.ReadAllText(Path.Combine(SourceTree.Root, "deploy", "pgadmin", "servers.json"));
        using var servers = JsonDocument.Parse(text);

        Assert.Equal("db", servers.RootElement.GetProperty("Servers").GetProperty("1").GetProperty("Host").GetString());
        Assert.DoesNotContain("assword", text, StringComparison.Ordinal);
    }

    private static IEnumerable<(string Key, YamlPart Value)> Services() => compose.Find("services")!.Entries;

    private static IEnumerable<string> Ports(string service) => compose.Find("services", service, "ports")!.Texts;

    private static IEnumerable<(string Key, YamlPart Value)> Settings(YamlPart file) => file.Find("services")!.Entries.SelectMany(service => service.Value.Find("environment")?.Entries ?? []);
}
