using System.Data.Common;
using System.Text.Json;
using Npgsql;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Federations;
using Tacit.Cli.Output;

namespace Tacit.Cli.Diagnosis;

/// <summary>What a coordinator that runs, and the database that one would use, have to say.</summary>
internal static class CoordinatorChecks
{
    private const int LeastDays = 7;
    private static readonly TimeSpan mostSkew = TimeSpan.FromSeconds(5);

    /// <summary>Asks the coordinator; nothing at all if there is none.</summary>
    public static async Task<List<Finding>> OfAsync(CoordinatorClient client, TimeProvider clock, CancellationToken stopping)
    {
        List<Finding> findings = [];
        long start = clock.GetTimestamp();
        try
        {
            await client.IsLiveAsync(stopping);
        }
        catch (FailureException problem)
        {
            findings.Add(Finding.Problem("coordinator", problem.Message, FailureCatalogue.Pages[problem.Code.Name].WayOut));
            return findings;
        }

        findings.Add(Finding.Good("coordinator", FormattableString.Invariant($"{client.Address} answers after {clock.GetElapsedTime(start).TotalMilliseconds:F0} ms")));
        findings.Add(Clock(client.Date, clock.GetUtcNow()));
        findings.Add(Certificate(client, clock.GetUtcNow()));
        try
        {
            JsonElement health = await client.GetAsync("/api/v1/health", stopping);
            foreach (JsonElement check in health.Items("checks"))
            {
                findings.Add(check.Text("holds") == "true"
                    ? Finding.Good(check.Text("name"), check.Text("detail"))
                    : Finding.Problem(check.Text("name"), check.Text("detail"), WayOutOf(check.Text("name"))));
            }
        }
        catch (FailureException problem)
        {
            findings.Add(Finding.Advice("health", problem.Message, "give --token-file with a token of an operator: what readiness looks at is not for everybody"));
        }

        return findings;
    }

    /// <summary>Opens a connection to PostgreSQL and asks for its version; changes nothing.</summary>
    public static async Task<Finding> DatabaseAsync(string variable, CancellationToken stopping)
    {
        const int LeastVersion = 15;
        string connection;
        try
        {
            connection = DatabaseConnection.From(variable)!;
            Coordination.Hosting.DevelopmentPassword.ThrowIfUsed(connection);
        }
        catch (FailureException problem)
        {
            return Finding.Problem("database", $"{problem.Code}: {problem.Message}", FailureCatalogue.Pages[problem.Code.Name].WayOut);
        }

        try
        {
            NpgsqlConnectionStringBuilder settings = new(connection) { Pooling = false, Timeout = 5 };
            await using NpgsqlConnection opened = new(settings.ConnectionString);
            await opened.OpenAsync(stopping);
            int version = opened.PostgreSqlVersion.Major;
            bool local = settings.Host is null || settings.Host.StartsWith('/') || settings.Host is "localhost" or "127.0.0.1" or "::1";
            if (version < LeastVersion) return Finding.Problem("database", $"PostgreSQL {version} at {settings.Host}", $"use PostgreSQL {LeastVersion} or newer");
            return local || settings.SslMode is SslMode.VerifyFull or SslMode.VerifyCA
                ? Finding.Good("database", $"PostgreSQL {version} at {settings.Host} answers")
                : Finding.Advice("database", $"PostgreSQL {version} at {settings.Host} answers, and its certificate is not checked", $"add SSL Mode=VerifyFull to {variable}");
        }
        catch (Exception problem) when (problem is DbException or TimeoutException or ArgumentException or System.Net.Sockets.SocketException)
        {
            string why = problem is PostgresException refused ? refused.SqlState : problem.GetType().Name;   // messages may quote the connection string
            return Finding.Problem("database", $"{variable}: no connection ({why})", "check host, port, user and password, and whether the server lets this host in");
        }
    }

    private static Finding Clock(DateTimeOffset? theirs, DateTimeOffset ours)
    {
        if (theirs is not { } time) return Finding.Advice("clock", "the coordinator does not say its time", "compare both clocks by hand");
        TimeSpan skew = ours - time;
        string found = FormattableString.Invariant($"{Math.Abs(skew.TotalSeconds):F0} s {(skew < TimeSpan.Zero ? "behind" : "ahead of")} the coordinator");
        return skew.Duration() <= mostSkew ? Finding.Good("clock", found) : Finding.Problem("clock", found, "let both machines take their time from NTP: certificates and tokens end by the clock");
    }

    private static Finding Certificate(CoordinatorClient client, DateTimeOffset now)
    {
        if (client.Certificate is not { } certificate) return Finding.Advice("tls", "the coordinator is asked in the clear", "only on loopback; elsewhere give it a certificate");
        DateTimeOffset until = certificate.NotAfter;
        string found = FormattableString.Invariant($"the certificate is good until {until.UtcDateTime:u}, {(until - now).TotalDays:F0} days");
        return (until - now).TotalDays >= LeastDays ? Finding.Good("tls", found) : Finding.Problem("tls", found, "restart the coordinator, or rotate its certificate, and hand the new pin out");
    }

    private static string WayOutOf(string check) => check switch
    {
        "store" => "look at the database's own log and at the disk; tacit explain STORAGE_UNAVAILABLE",
        "certificate" => "restart the coordinator, or rotate its certificate",
        "audit" => "somebody changed the audit log: compare it with a backup before going on; tacit explain STORAGE_CORRUPT",
        _ => "tacit logs says more",
    };
}
