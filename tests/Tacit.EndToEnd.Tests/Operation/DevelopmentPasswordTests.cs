using Xunit;

namespace Tacit.EndToEnd.Tests.Operation;

public sealed class DevelopmentPasswordTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=postgres;Password=root")]
    [InlineData("Host=127.0.0.1;Port=1;Username=postgres;PWD=Postgres")]
    public void The_password_that_everybody_knows_is_refused(string connection)
    {
        Dictionary<string, string> environment = new() { ["TACIT_DATABASE"] = connection, ["TACIT_ENVIRONMENT"] = "Production" };

        TacitProcess.Run(environment, Serve()).AssertFails("DEVELOPMENT_PASSWORD", 6, "TACIT_ENVIRONMENT is not Development");
    }

    [Fact]
    public void The_password_of_the_development_profile_is_refused_from_its_file_too()
    {
        Dictionary<string, string> environment = new() { ["TACIT_DATABASE"] = "Host=127.0.0.1;Port=1;Username=postgres", ["TACIT_DATABASE_PASSWORD_FILE"] = folder.Write("password", "root\n") };

        TacitProcess.Run(environment, Serve()).AssertFails("DEVELOPMENT_PASSWORD", 6);
    }

    [Fact]
    public void In_development_it_is_tried()
    {
        Dictionary<string, string> environment = new() { ["TACIT_DATABASE"] = "Host=127.0.0.1;Port=1;Username=postgres;Password=root;Timeout=1", ["TACIT_ENVIRONMENT"] = "Development" };

        TacitProcess.Run(environment, Serve()).AssertFails("STORAGE_UNAVAILABLE", 6);   // nobody listens there: it got as far as asking
    }

    public void Dispose() => folder.Dispose();

    private string[] Serve() => ["serve", "--data-dir", System.IO.Path.Combine(folder.Path, "data"), "--listen", "127.0.0.1:0", "--database-env", "TACIT_DATABASE"];
}
