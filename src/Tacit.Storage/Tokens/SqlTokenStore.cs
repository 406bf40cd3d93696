using System.Data.Common;
using System.Threading;
using System.Threading.Tasks;
using Tacit.Storage.Roster;
using Tacit.Storage.Sql;

namespace Tacit.Storage.Tokens;

/// <summary>Tokens in SQL.</summary>
internal sealed class SqlTokenStore(SqlDatabase database) : ITokenStore
{
    private const int HashBytes = 32;
    private const string Columns = "SELECT name, role, hash, created_us, ends_us, revoked_us FROM tokens ";
    private const string Good = "WHERE name = @name AND revoked_us IS NULL AND ends_us > @at";

    public Task<TokenRecord> AddAsync(string name, RosterRoles role, ReadOnlyMemory<byte> hash, DateTimeOffset ends, Change by, CancellationToken stopping)
    {
        StoredText.Name(name, nameof(name));
        if (role is not (RosterRoles.Viewer or RosterRoles.Operator or RosterRoles.Owner)) throw new ArgumentOutOfRangeException(nameof(role), role, "A token has one of the roles viewer, operator and owner.");
        if (hash.Length != HashBytes) throw new ArgumentException($"A token's hash has {HashBytes} bytes, not {hash.Length}.", nameof(hash));
        if (by is not null && ends <= by.At) throw new ArgumentOutOfRangeException(nameof(ends), ends, "A token ends after it was made.");
        string digest = Convert.ToHexStringLower(hash.Span);
        return database.WriteAsync(
            by!,
            async write =>
            {
                if (await write.Sql.FindAsync(Columns + "WHERE hash = @hash", Read, ("hash", digest)) is { } known)
                {
                    return known.Name == name && known.Role == role ? known : throw SqlWrite.Conflict("a token with this hash is there already");
                }

                if (await write.Sql.FindAsync(Columns + Good, Read, ("name", name), ("at", write.At)) is not null) throw SqlWrite.Conflict($"{name} has a token already; revoke it first, or choose another name");
                await write.Sql.ExecuteAsync(
                    "INSERT INTO tokens (hash, name, role, created_us, ends_us) VALUES (@hash, @name, @role, @at, @ends)",
                    ("hash", digest), ("name", name), ("role", (long)role), ("at", write.At), ("ends", StoredTime.From(ends)));
                await write.AuditAsync("token.created", name, FormattableString.Invariant($"role {role}, ends {ends.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}"));
                return new TokenRecord(name, role, digest, StoredTime.To(write.At), StoredTime.To(StoredTime.From(ends)), null);
            },
            stopping);
    }

    public Task<bool> RevokeAsync(string name, string reason, Change by, CancellationToken stopping)
    {
        StoredText.Name(name, nameof(name));
        StoredText.Text(reason, nameof(reason));
        return database.WriteAsync(
            by,
            async write =>
            {
                int changed = await write.Sql.ExecuteAsync("UPDATE tokens SET revoked_us = @at " + Good, ("at", write.At), ("name", name));
                if (changed > 0) await write.AuditAsync("token.revoked", name, reason);
                return changed > 0;
            },
            stopping);
    }

    public async Task<IReadOnlyList<TokenRecord>> ListAsync(CancellationToken stopping) =>
        await database.ReadAsync(session => session.QueryAsync(Columns + "ORDER BY created_us, hash", Read), stopping);

    private static TokenRecord Read(DbDataReader row) => new(
        row.GetString(0), (RosterRoles)row.GetInt64(1), row.GetString(2), StoredTime.To(row.GetInt64(3)), StoredTime.To(row.GetInt64(4)), row.IsDBNull(5) ? null : StoredTime.To(row.GetInt64(5)));
}
