using System.IO;
using System.Net.Http;
using System.Threading;
using Tacit.Coordination.Hosting;
using Tacit.Federation.Sessions;
using Xunit;

namespace Tacit.EndToEnd.Tests.Federation;

/// <summary>What a dashboard hears when nothing happens: without it, it could not tell a quiet coordinator from a lost connection.</summary>
public sealed class ChangeStreamTests
{
    [Fact]
    public async Task A_quiet_coordinator_says_that_it_is_alive()
    {
        await using CoordinatorServer server = await Given.ServerAsync();
        using HttpClient http = Given.Http(server, await server.Access.OwnerTokenAsync());
        using HttpResponseMessage answer = await http.GetAsync(new Uri(Routes.Changes, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        using StreamReader lines = new(await answer.Content.ReadAsStreamAsync());
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(35));   // as long as the dashboard waits

        while (await lines.ReadLineAsync(limit.Token) is { } line)
        {
            if (line == "event: alive") return;
        }

        Assert.Fail("the stream ended");
    }
}
