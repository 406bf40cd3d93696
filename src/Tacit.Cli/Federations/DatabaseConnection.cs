using System.Data.Common;
using System.IO;
using Tacit.Aggregation.Failures;

namespace Tacit.Cli.Federations;

/// <summary>A PostgreSQL connection string from the environment, with its password from a file: never from the command line.</summary>
internal static class DatabaseConnection
{
    private const string PasswordSuffix = "_PASSWORD_FILE";
    private const int LongestPassword = 4096;

    /// <summary>Reads the variable, and the file that <c>NAME_PASSWORD_FILE</c> names, if it is there.</summary>
    /// <param name="variable">The variable's name; null means no database.</param>
    /// <exception cref="FailureException">MISSING_VALUE, FILE_ACCESS or INVALID_VALUE.</exception>
    public static string? From(string? variable)
    {
        if (variable is null) return null;
        if (Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } connection) throw new FailureException(FailureCodes.MissingValue, $"--database-env is {variable}; the environment has no such variable, or it is empty");
        return Environment.GetEnvironmentVariable(variable + PasswordSuffix) is { Length: > 0 } file ? WithPassword(variable, connection, file) : connection;
    }

    private static string WithPassword(string variable, string connection, string file)
    {
        string password;
        try
        {
            if (new FileInfo(file).Length > LongestPassword) throw new FailureException(FailureCodes.InvalidValue, $"{variable}{PasswordSuffix} names {file}, which is longer than a password");
            password = File.ReadAllText(file).TrimEnd('\r', '\n');
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new FailureException(FailureCodes.FileAccess, $"{variable}{PasswordSuffix} names {file}, which cannot be read", problem);
        }

        if (password.Length == 0) throw new FailureException(FailureCodes.InvalidValue, $"{variable}{PasswordSuffix} names {file}, which is empty");
        try
        {
            DbConnectionStringBuilder parts = new() { ConnectionString = connection };
            parts["Password"] = password;
            return parts.ConnectionString;
        }
        catch (ArgumentException)
        {
            throw new FailureException(FailureCodes.InvalidValue, $"{variable} is no connection string; write Host=...;Database=...;Username=...");
        }
    }
}
