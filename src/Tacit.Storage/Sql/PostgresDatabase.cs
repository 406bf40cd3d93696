using System.Data;
using System.Data.Common;
using System.Threading;
using System.Threading.Tasks;
using Npgsql;

namespace Tacit.Storage.Sql;

/// <summary>PostgreSQL, in the schema <c>federated</c>: changes wait for each other at the head row, reads do not wait.</summary>
internal sealed class PostgresDatabase(NpgsqlDataSource source) : SqlDatabase
{
    public const string Schema = "federated";

    private const string ConstraintClass = "23", RaisedByTrigger = "P0001";
    private const long SchemaLock = 0x7461_6369_74;   // "tacit", for all who migrate

    public override string Dialect => "Postgres";

    // Names and types alone: the wording of definitions differs between versions of the server.
    public override string ShapeSql => """
        SELECT line FROM (
            SELECT 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull::text AS line
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'federated' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
            UNION ALL
            SELECT 'trigger ' || c.relname || '.' || t.tgname || ' ' || t.tgenabled::text
            FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'federated' AND NOT t.tgisinternal
            UNION ALL
            SELECT 'constraint ' || k.conname || ' ' || k.contype::text
            FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
            WHERE n.nspname = 'federated' AND k.contype IN ('c', 'f', 'p', 'u')
            UNION ALL
            SELECT 'function ' || p.proname || ' ' || md5(p.prosrc)
            FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname = 'federated'
        ) AS shape ORDER BY line COLLATE "C"
        """;

    protected override string RowLock => " FOR UPDATE";

    public static PostgresDatabase Open(string connection)
    {
        NpgsqlConnectionStringBuilder builder = new(connection) { SearchPath = Schema, MaxAutoPrepare = 64 };
        builder.ApplicationName ??= "tacit";
        builder.Options = $"{builder.Options} -c synchronous_commit=on".Trim();   // whatever the server's default: a commit is on disk
        return new PostgresDatabase(NpgsqlDataSource.Create(builder));
    }

    public override ValueTask DisposeAsync() => source.DisposeAsync();

    protected override async Task<T> TransactOnceAsync<T>(Func<SqlSession, Task<T>> work, bool schema, CancellationToken stopping)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(stopping);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, stopping);
        SqlSession session = new(connection, transaction, Probe, stopping);
        if (schema)
        {
            await session.CountAsync("SELECT count(pg_advisory_xact_lock(@key))", ("key", SchemaLock));
            if (await session.CountAsync("SELECT count(*) FROM pg_namespace WHERE nspname = 'federated'") == 0) await session.ExecuteAsync("CREATE SCHEMA federated");
        }

        T result = await work(session);
        await CommitAsync(transaction);
        return result;
    }

    protected override async Task<T> ReadOnceAsync<T>(Func<SqlSession, Task<T>> work, bool snapshot, CancellationToken stopping)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(stopping);
        await using NpgsqlTransaction? moment = snapshot ? await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, stopping) : null;
        return await work(new SqlSession(connection, moment, null, stopping));
    }

    protected override bool IsPassing(DbException problem) => problem.IsTransient;

    protected override bool IsRefusal(DbException problem) =>
        problem is PostgresException { SqlState: { } state } && (state.StartsWith(ConstraintClass, StringComparison.Ordinal) || state == RaisedByTrigger);
}
