using System.IO;
using System.Net;
using Tacit.Aggregation.Failures;
using Tacit.Coordination.Hosting;
using Tacit.Federation.Identities;
using Tacit.Federation.Sessions;
using Xunit;

namespace Tacit.EndToEnd.Tests.Federation;

/// <summary>A coordinator is started again over the same data while another one runs.</summary>
public sealed class SecondStartTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_start_that_finds_its_port_taken_leaves_the_one_that_runs_alone()
    {
        await using CoordinatorServer first = await ServerAsync(0);
        string owner = await first.Access.OwnerTokenAsync();

        await Assert.ThrowsAsync<IOException>(() => ServerAsync(first.Address.Port));

        Assert.Equal(HttpStatusCode.OK, (await Identity.SendAsync(first, "POST", Routes.Invites, owner, new InviteRequest("north"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await Identity.SendAsync(first, "GET", Routes.Ready, owner)).Status);
    }

    [Fact]
    public async Task One_that_was_taken_over_says_that_it_is_not_ready()
    {
        await using CoordinatorServer first = await ServerAsync(0);
        string owner = await first.Access.OwnerTokenAsync();
        await using CoordinatorServer second = await ServerAsync(0);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Identity.SendAsync(first, "GET", Routes.Ready, owner)).Status);
        Assert.Equal(HttpStatusCode.OK, (await Identity.SendAsync(second, "GET", Routes.Ready, owner)).Status);
        (HttpStatusCode status, _, string body) = await Identity.SendAsync(first, "POST", Routes.Invites, owner, new InviteRequest("north"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains(FailureCodes.StorageTakenOver.Name, body, StringComparison.Ordinal);
    }

    private Task<CoordinatorServer> ServerAsync(int port) => Given.ServerAsync(configure: options => (options.DataDirectory, options.Port) = (folder.Path, port));
}
