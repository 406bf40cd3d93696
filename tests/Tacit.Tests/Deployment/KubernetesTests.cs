using System.IO;
using Tacit.Tests.Conventions;
using Xunit;

namespace Tacit.Tests.Deployment;

public sealed class KubernetesTests
{
    private const string Folder = "deploy/kubernetes";

    private static readonly YamlPart[] all =
    [
        .. Directory.GetFiles(Path.Combine(SourceTree.Root, "deploy", "kubernetes"), "*.yaml").Order(StringComparer.Ordinal)
            .SelectMany(file => YamlPart.Documents($"{Folder}/{Path.GetFileName(file)}")),
    ];

    private static readonly YamlPart deployment = Of("Deployment").Single();
    private static readonly YamlPart pod = deployment.Find("spec", "template", "spec")!;
    private static readonly YamlPart container = pod.Find("containers", 0)!;

    [Fact]
    public void Every_file_is_listed_and_every_object_has_a_kind_and_a_name()
    {
        string[] listed = [.. Of("Kustomization").Single().Find("resources")!.Texts.Order(StringComparer.Ordinal)];
        string[] files = [.. Directory.GetFiles(Path.Combine(SourceTree.Root, "deploy", "kubernetes"), "*.yaml").Select(file => Path.GetFileName(file)!).Where(file => file != "kustomization.yaml").Order(StringComparer.Ordinal)];

        Assert.Equal(files, listed);
        Assert.All(all.Where(item => item.TextAt("kind") != "Kustomization"), item => Assert.NotNull(item.TextAt("apiVersion") + item.TextAt("metadata", "name")));
        Assert.All(all.Where(item => item.TextAt("kind") is not ("Kustomization" or "Namespace")), item => Assert.Equal("tacit", item.TextAt("metadata", "namespace")));
    }

    [Fact]
    public void The_pod_keeps_the_restricted_standard_that_its_namespace_enforces()
    {
        Assert.Equal("restricted", Of("Namespace").Single().TextAt("metadata", "labels", "pod-security.kubernetes.io/enforce"));
        Assert.Equal("true", pod.TextAt("securityContext", "runAsNonRoot"));
        Assert.NotEqual("0", pod.TextAt("securityContext", "runAsUser"));
        Assert.Equal("RuntimeDefault", pod.TextAt("securityContext", "seccompProfile", "type"));
        Assert.Equal("false", container.TextAt("securityContext", "allowPrivilegeEscalation"));
        Assert.Equal("true", container.TextAt("securityContext", "readOnlyRootFilesystem"));
        Assert.Equal(["ALL"], container.Find("securityContext", "capabilities", "drop")!.Texts);
        Assert.Equal("false", pod.TextAt("automountServiceAccountToken"));
        Assert.All(new[] { "hostNetwork", "hostPID", "hostIPC" }, key => Assert.Null(pod.Find(key)));
        Assert.All(pod.Find("volumes")!.Items, volume => Assert.Null(volume.Find("hostPath")));
    }

    [Fact]
    public void The_user_is_the_one_of_the_image()
    {
        string user = File.ReadAllLines(Path.Combine(SourceTree.Root, "Dockerfile")).Single(line => line.StartsWith("USER ", StringComparison.Ordinal))[5..];

        Assert.Equal(user, $"{pod.TextAt("securityContext", "runAsUser")}:{pod.TextAt("securityContext", "runAsGroup")}");
    }

    [Fact]
    public void There_is_one_coordinator_and_the_old_one_ends_first()
    {
        Assert.Equal("1", deployment.TextAt("spec", "replicas"));
        Assert.Equal("Recreate", deployment.TextAt("spec", "strategy", "type"));
    }

    [Fact]
    public void Images_are_pinned_and_memory_is_limited()
    {
        Assert.Matches(@":\d+\.\d+\.\d+$", container.TextAt("image")!);
        Assert.NotNull(container.TextAt("resources", "limits", "memory"));
        Assert.NotNull(container.TextAt("resources", "requests", "cpu"));
    }

    [Theory]
    [InlineData("startupProbe", "/healthz/live")]
    [InlineData("livenessProbe", "/healthz/live")]
    [InlineData("readinessProbe", "/healthz/ready")]
    public void Probes_ask_the_anonymous_routes_over_TLS(string probe, string path)
    {
        Assert.Equal(path, container.TextAt(probe, "httpGet", "path"));
        Assert.Equal("HTTPS", container.TextAt(probe, "httpGet", "scheme"));
        Assert.Contains(container.TextAt(probe, "httpGet", "port"), container.Find("ports")!.Items.Select(port => port.TextAt("name")));
    }

    [Fact]
    public void Secrets_are_referred_to_and_never_written_down()
    {
        Assert.Empty(Of("Secret"));
        string mounted = container.Find("volumeMounts")!.Items.Single(mount => mount.TextAt("name") == "database").TextAt("mountPath")!;
        Assert.Equal("tacit-database", pod.Find("volumes")!.Items.Single(volume => volume.TextAt("name") == "database").TextAt("secret", "secretName"));
        YamlPart settings = Of("ConfigMap").Single().Find("data")!;
        Assert.StartsWith(mounted, settings.TextAt("TACIT_DATABASE_PASSWORD_FILE"), StringComparison.Ordinal);
        Assert.DoesNotContain("Password", settings.TextAt("TACIT_DATABASE")!, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("VerifyFull", settings.TextAt("TACIT_DATABASE")!, StringComparison.Ordinal);
        Assert.Equal("Production", settings.TextAt("TACIT_ENVIRONMENT"));
        Assert.Contains("/secrets/", File.ReadAllLines(Path.Combine(SourceTree.Root, ".gitignore")));
    }

    [Fact]
    public void Every_volume_that_is_mounted_is_there() => Assert.Equal(
        container.Find("volumeMounts")!.Items.Select(mount => mount.TextAt("name")).Order(),
        pod.Find("volumes")!.Items.Select(volume => volume.TextAt("name")).Order());

    [Fact]
    public void The_service_finds_the_pod_and_its_ports()
    {
        YamlPart service = Of("Service").Single();
        var labels = deployment.Find("spec", "template", "metadata", "labels")!.Entries.Select(label => (label.Key, label.Value.Text)).ToHashSet();

        Assert.All(service.Find("spec", "selector")!.Entries, label => Assert.Contains((label.Key, label.Value.Text), labels));
        Assert.All(deployment.Find("spec", "selector", "matchLabels")!.Entries, label => Assert.Contains((label.Key, label.Value.Text), labels));
        Assert.All(service.Find("spec", "ports")!.Items, port => Assert.Contains(container.Find("ports")!.Items, open => open.TextAt("name") == port.TextAt("targetPort") && open.TextAt("containerPort") == port.TextAt("port")));
    }

    [Fact]
    public void Nothing_goes_in_or_out_but_what_is_named()
    {
        YamlPart[] policies = [.. Of("NetworkPolicy")];
        YamlPart closed = policies.Single(policy => policy.TextAt("metadata", "name") == "deny-all"), open = policies.Single(policy => policy.TextAt("metadata", "name") == "tacit-coordinator");

        Assert.Empty(closed.Find("spec", "podSelector")!.Entries);
        Assert.Null(closed.Find("spec", "ingress"));
        Assert.Null(closed.Find("spec", "egress"));
        Assert.All(policies, policy => Assert.Equal(["Egress", "Ingress"], policy.Find("spec", "policyTypes")!.Texts.Order()));
        // From anywhere: the coordinator's port and no other. To anywhere: nothing.
        Assert.Equal(["8443"], open.Find("spec", "ingress")!.Items.Where(rule => rule.Find("from") is null).SelectMany(Ports));
        Assert.All(open.Find("spec", "egress")!.Items, rule => Assert.NotNull(rule.Find("to", 0)));
        Assert.All(open.Find("spec", "ingress")!.Items.Concat(open.Find("spec", "egress")!.Items), rule => Assert.NotEmpty(Ports(rule)));
    }

    private static IEnumerable<string> Ports(YamlPart rule) => rule.Find("ports")!.Items.Select(port => port.TextAt("port")!);

    private static IEnumerable<YamlPart> Of(string kind) => all.Where(item => item.TextAt("kind") == kind);
}
