using System.Data.Common;
using System.Threading;
using System.Threading.Tasks;

namespace Tacit.Storage.Sql;

/// <summary>Statements on one connection, all values as parameters.</summary>
internal sealed class SqlSession(DbConnection connection, DbTransaction? transaction, Action<string>? probe, CancellationToken stopping)
{
    /// <summary>Runs a statement.</summary>
    /// <returns>How many rows it changed.</returns>
    public async Task<int> ExecuteAsync(string sql, params (string Name, object? Value)[] values)
    {
        probe?.Invoke(sql);
        await using DbCommand command = Command(sql, values);
        return await command.ExecuteNonQueryAsync(stopping);
    }

    /// <summary>Reads all rows.</summary>
    public async Task<List<T>> QueryAsync<T>(string sql, Func<DbDataReader, T> read, params (string Name, object? Value)[] values)
    {
        await using DbCommand command = Command(sql, values);
        await using DbDataReader reader = await command.ExecuteReaderAsync(stopping);
        List<T> rows = [];
        while (await reader.ReadAsync(stopping)) rows.Add(read(reader));
        return rows;
    }

    /// <summary>Reads the only row, or null.</summary>
    public async Task<T?> FindAsync<T>(string sql, Func<DbDataReader, T> read, params (string Name, object? Value)[] values)
        where T : class => (await QueryAsync(sql, read, values)).SingleOrDefault();

    /// <summary>Reads one number.</summary>
    public async Task<long> CountAsync(string sql, params (string Name, object? Value)[] values) =>
        (await QueryAsync(sql, row => row.GetInt64(0), values)).Single();

    private DbCommand Command(string sql, (string Name, object? Value)[] values)
    {
        DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        foreach ((string name, object? value) in values)
        {
            DbParameter parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
