using System.Collections.Immutable;
using System.Threading;
using System.Threading.Tasks;
using Tacit.Aggregation.Failures;
using Tacit.Storage.Sql;

namespace Tacit.Storage.Schema;

/// <summary>Brings a database to this program's tables, all missing steps in one transaction, or refuses it by name.</summary>
internal static class Migrator
{
    private const string CreateTable = "CREATE TABLE migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, shape TEXT NOT NULL, applied_us BIGINT NOT NULL)";

    /// <summary>Checks and migrates.</summary>
    /// <returns>How many steps were missing.</returns>
    public static Task<int> RunAsync(SqlDatabase database, ImmutableArray<Migration> steps, DateTimeOffset now, CancellationToken stopping) =>
        database.TransactAsync(session => RunAsync(session, database, steps, now), schema: true, stopping);

    private static async Task<int> RunAsync(SqlSession session, SqlDatabase database, ImmutableArray<Migration> steps, DateTimeOffset now)
    {
        string[] shape = await ShapeAsync(session, database);
        if (shape.Length == 0) await session.ExecuteAsync(CreateTable);
        else if (!shape.Any(line => line.Contains("migrations", StringComparison.Ordinal))) throw Altered($"it belongs to something else: it has {shape[0]}");

        List<Applied> applied = await session.QueryAsync(
            "SELECT number, name, checksum, shape FROM migrations ORDER BY number", row => new Applied(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3)));
        Check(applied, steps, shape);
        foreach (Migration step in steps[applied.Count..])
        {
            await session.ExecuteAsync(step.Sql);
            string[] after = await ShapeAsync(session, database);
            await session.ExecuteAsync(
                "INSERT INTO migrations (number, name, checksum, shape, applied_us) VALUES (@number, @name, @checksum, @shape, @at)",
                ("number", step.Number), ("name", step.Name), ("checksum", step.Checksum), ("shape", string.Join('\n', after)), ("at", StoredTime.From(now)));
        }

        return steps.Length - applied.Count;
    }

    private static void Check(List<Applied> applied, ImmutableArray<Migration> steps, string[] shape)
    {
        if (applied.Count > 0 && applied[^1].Number > steps[^1].Number)
        {
            throw new FailureException(FailureCodes.StorageNewer, $"the database has migration {applied[^1].Number} ({applied[^1].Name}); this program knows {steps.Length}. Start the newer program");
        }

        foreach ((int i, Applied row) in applied.Index())
        {
            if (row.Number != i + 1) throw Altered($"migration {i + 1} is missing from its list");
            if (row.Name != steps[i].Name || row.Checksum != steps[i].Checksum) throw Altered($"migration {row.Number} ({row.Name}) is not this program's {steps[i].Name}");
        }

        if (applied.Count == 0) return;
        string[] expected = applied[^1].Shape.Split('\n');
        if (expected.Except(shape).FirstOrDefault() is { } missing) throw Altered($"it has lost {missing}");
        if (shape.Except(expected).FirstOrDefault() is { } added) throw Altered($"it has gained {added}");
    }

    private static async Task<string[]> ShapeAsync(SqlSession session, SqlDatabase database) =>
        [.. await session.QueryAsync(database.ShapeSql, row => row.GetString(0).ReplaceLineEndings(" "))];

    private static FailureException Altered(string what) => new(FailureCodes.StorageAltered, $"the database is not as this program left it: {what}");

    private sealed record Applied(long Number, string Name, string Checksum, string Shape);
}
