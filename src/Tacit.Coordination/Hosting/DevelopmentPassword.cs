using System.Data.Common;
using Tacit.Aggregation.Failures;

namespace Tacit.Coordination.Hosting;

/// <summary>Passwords that everybody knows: for trying things out, and refused elsewhere.</summary>
public static class DevelopmentPassword
{
    /// <summary>Says what kind of place this is; only <c>Development</c> allows such passwords.</summary>
    public const string EnvironmentVariable = "TACIT_ENVIRONMENT";

    private static readonly HashSet<string> known = new(StringComparer.OrdinalIgnoreCase) { "root", "postgres", "password", "admin", "tacit", "changeme", "secret", "example", "123456" };
    private static readonly string[] keys = ["Password", "PWD", "PSW"];

    /// <summary>Looks at a connection string.</summary>
    /// <param name="connection">Npgsql's. In no message.</param>
    /// <exception cref="FailureException">DEVELOPMENT_PASSWORD, or INVALID_VALUE: it is no connection string.</exception>
    public static void ThrowIfUsed(string connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        if (Environment.GetEnvironmentVariable(EnvironmentVariable) == "Development") return;
        DbConnectionStringBuilder parts = [];
        try
        {
            parts.ConnectionString = connection;
        }
        catch (ArgumentException)
        {
            throw new FailureException(FailureCodes.InvalidValue, "the database's connection string cannot be read; write Host=...;Database=...;Username=...");
        }

        IEnumerable<string?> passwords = keys.Select(key => parts.TryGetValue(key, out object? value) ? (string)value : null).Append(Environment.GetEnvironmentVariable("PGPASSWORD"));
        if (passwords.Any(password => password is not null && known.Contains(password)))
        {
            throw new FailureException(FailureCodes.DevelopmentPassword, $"the database's password is one that everybody knows, and {EnvironmentVariable} is not Development");
        }
    }
}
