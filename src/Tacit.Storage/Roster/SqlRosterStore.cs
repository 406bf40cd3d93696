using System.Data.Common;
using System.Threading;
using System.Threading.Tasks;
using Tacit.Storage.Sql;

namespace Tacit.Storage.Roster;

/// <summary>The roster in SQL.</summary>
internal sealed class SqlRosterStore(SqlDatabase database) : IRosterStore
{
    private const int LargestKey = 1024;
    private const RosterRoles AllRoles = RosterRoles.Participant | RosterRoles.Viewer | RosterRoles.Operator | RosterRoles.Owner;

    private const string Entries = """
        SELECT p.name, p.state, p.roles, coalesce(k.generation, 0), k.public_key, p.created_us, p.changed_us, p.invite_hash, p.invite_ends_us, k.created_us
        FROM participants p
        LEFT JOIN participant_keys k ON k.name = p.name AND k.generation = (SELECT max(generation) FROM participant_keys WHERE name = p.name)

        """;

    public Task InviteAsync(string name, RosterRoles roles, ReadOnlyMemory<byte> inviteHash, DateTimeOffset? ends, Change by, CancellationToken stopping)
    {
        StoredText.Name(name, nameof(name));
        CheckRoles(roles);
        string invite = Invite(inviteHash);
        return database.WriteAsync(
            by,
            async write =>
            {
                RosterEntry? entry = await FindAsync(write.Sql, name);
                if (entry is not null)
                {
                    if (entry.Roles == roles && entry.InviteHash == invite) return;
                    if (entry.State != RosterState.Invited) throw SqlWrite.Conflict($"{name} is {Text(entry.State)}; only a new name or an unused invitation can be invited");
                }

                await write.Sql.ExecuteAsync(
                    entry is null
                        ? "INSERT INTO participants (name, state, roles, invite_hash, invite_ends_us, created_us, changed_us) VALUES (@name, 'invited', @roles, @invite, @ends, @at, @at)"
                        : "UPDATE participants SET roles = @roles, invite_hash = @invite, invite_ends_us = @ends, changed_us = @at WHERE name = @name",
                    ("name", name), ("roles", (long)roles), ("invite", invite), ("ends", ends is { } end ? StoredTime.From(end) : null), ("at", write.At));
                await write.AuditAsync("participant.invited", name, $"roles {roles}");
            },
            stopping);
    }

    public Task<RosterEntry?> JoinAsync(ReadOnlyMemory<byte> inviteHash, ReadOnlyMemory<byte> publicKey, Change by, CancellationToken stopping)
    {
        (string invite, byte[] key) = (Invite(inviteHash), Key(publicKey));
        return database.WriteAsync(
            by,
            async write =>
            {
                RosterEntry? entry = await write.Sql.FindAsync(Entries + "WHERE p.invite_hash = @invite", Read, ("invite", invite));
                if (entry is null || (entry.State != RosterState.Revoked && entry.Generation == 1 && entry.PublicKey.Span.SequenceEqual(key))) return entry;
                if (entry.State != RosterState.Invited) throw SqlWrite.Conflict($"the invitation of {entry.Name} has been used; make a new one if that was not them, and revoke this name");

                if (entry.InviteEnds <= by.At) throw SqlWrite.Conflict($"the invitation of {entry.Name} ended at {entry.InviteEnds:u}; make a new one");
                await AddKeyAsync(write, entry, key);
                await write.Sql.ExecuteAsync("UPDATE participants SET state = 'waiting', changed_us = @at WHERE name = @name", ("at", write.At), ("name", entry.Name));
                await write.AuditAsync("participant.joined", entry.Name, $"key {StoredText.Hash(key)}");
                return await FindAsync(write.Sql, entry.Name);
            },
            stopping);
    }

    public Task<RosterEntry> EnrolAsync(string name, RosterRoles roles, ReadOnlyMemory<byte> publicKey, Change by, CancellationToken stopping)
    {
        StoredText.Name(name, nameof(name));
        CheckRoles(roles);
        byte[] key = Key(publicKey);
        return database.WriteAsync(
            by,
            async write =>
            {
                RosterEntry? entry = await FindAsync(write.Sql, name);
                if (entry is { State: RosterState.Approved } && entry.PublicKey.Span.SequenceEqual(key)) return entry;
                if (entry is not null && entry.State != RosterState.Approved) throw SqlWrite.Conflict($"{name} is {Text(entry.State)}; only a new name or an approved one can be enrolled");
                if (entry is null)
                {
                    await write.Sql.ExecuteAsync("INSERT INTO participants (name, state, roles, created_us, changed_us) VALUES (@name, 'approved', @roles, @at, @at)", ("name", name), ("roles", (long)roles), ("at", write.At));
                    await write.AuditAsync("participant.invited", name, $"roles {roles}");
                }

                await AddKeyAsync(write, entry ?? (await FindAsync(write.Sql, name))!, key);
                await write.AuditAsync(entry is null ? "participant.joined" : "participant.key-rotated", name, $"key {StoredText.Hash(key)}");
                if (entry is null) await write.AuditAsync("participant.approved", name, $"key {StoredText.Hash(key)}");
                return (await FindAsync(write.Sql, name))!;
            },
            stopping);
    }

    public Task ApproveAsync(string name, ReadOnlyMemory<byte> publicKey, Change by, CancellationToken stopping)
    {
        byte[] key = Key(publicKey);
        return ChangeAsync(
            name,
            by,
            async (write, entry) =>
            {
                bool same = entry.PublicKey.Span.SequenceEqual(key);
                if (entry.State == RosterState.Approved && same) return;
                if (entry.State != RosterState.Waiting) throw SqlWrite.Conflict($"{name} is {Text(entry.State)} and cannot be approved");
                if (!same) throw SqlWrite.Conflict($"{name} waits with another key than the one that was compared");
                await write.Sql.ExecuteAsync("UPDATE participants SET state = 'approved', changed_us = @at WHERE name = @name", ("at", write.At), ("name", name));
                await write.AuditAsync("participant.approved", name, $"key {StoredText.Hash(key)}");
            },
            stopping);
    }

    public Task RevokeAsync(string name, string reason, Change by, CancellationToken stopping)
    {
        StoredText.Text(reason, nameof(reason));
        return ChangeAsync(
            name,
            by,
            async (write, entry) =>
            {
                if (entry.State == RosterState.Revoked) return;
                await write.Sql.ExecuteAsync("UPDATE participants SET state = 'revoked', changed_us = @at WHERE name = @name", ("at", write.At), ("name", name));
                await write.AuditAsync("participant.revoked", name, reason);
            },
            stopping);
    }

    public Task RotateKeyAsync(string name, ReadOnlyMemory<byte> publicKey, Change by, CancellationToken stopping)
    {
        byte[] key = Key(publicKey);
        return ChangeAsync(
            name,
            by,
            async (write, entry) =>
            {
                if (entry.State != RosterState.Approved) throw SqlWrite.Conflict($"{name} is {Text(entry.State)}; only approved entries rotate their key");
                if (entry.PublicKey.Span.SequenceEqual(key)) return;
                await AddKeyAsync(write, entry, key);
                await write.Sql.ExecuteAsync("UPDATE participants SET changed_us = @at WHERE name = @name", ("at", write.At), ("name", name));
                await write.AuditAsync("participant.key-rotated", name, $"generation {entry.Generation + 1}, key {StoredText.Hash(key)}");
            },
            stopping);
    }

    public Task SetRolesAsync(string name, RosterRoles roles, Change by, CancellationToken stopping)
    {
        CheckRoles(roles);
        return ChangeAsync(
            name,
            by,
            async (write, entry) =>
            {
                if (entry.Roles == roles) return;
                await write.Sql.ExecuteAsync("UPDATE participants SET roles = @roles, changed_us = @at WHERE name = @name", ("roles", (long)roles), ("at", write.At), ("name", name));
                await write.AuditAsync("participant.roles-set", name, $"{entry.Roles} to {roles}");
            },
            stopping);
    }

    public Task<RosterEntry?> FindAsync(string name, CancellationToken stopping)
    {
        StoredText.Name(name, nameof(name));
        return database.ReadAsync(session => FindAsync(session, name), stopping);
    }

    public Task<RosterEntry?> FindByKeyAsync(ReadOnlyMemory<byte> publicKey, CancellationToken stopping)
    {
        byte[] key = Key(publicKey);
        return database.ReadAsync(session => session.FindAsync(Entries + "WHERE k.public_key = @key", Read, ("key", key)), stopping);
    }

    public async Task<IReadOnlyList<RosterEntry>> ListAsync(CancellationToken stopping)
    {
        List<RosterEntry> all = await database.ReadAsync(session => session.QueryAsync(Entries, Read), stopping);
        all.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));   // databases sort by their own rules
        return all;
    }

    private Task ChangeAsync(string name, Change by, Func<SqlWrite, RosterEntry, Task> change, CancellationToken stopping)
    {
        StoredText.Name(name, nameof(name));
        return database.WriteAsync(by, async write => await change(write, await FindAsync(write.Sql, name) ?? throw SqlWrite.Conflict($"{name} is not in the roster")), stopping);
    }

    private static Task<RosterEntry?> FindAsync(SqlSession session, string name) => session.FindAsync(Entries + "WHERE p.name = @name", Read, ("name", name));

    private static async Task AddKeyAsync(SqlWrite write, RosterEntry entry, byte[] key)
    {
        if (await write.Sql.CountAsync("SELECT count(*) FROM participant_keys WHERE public_key = @key", ("key", key)) > 0) throw SqlWrite.Conflict($"the key that {entry.Name} offers has been used before; a key belongs to one name, once");
        await write.Sql.ExecuteAsync(
            "INSERT INTO participant_keys (name, generation, public_key, created_us) VALUES (@name, @generation, @key, @at)",
            ("name", entry.Name), ("generation", entry.Generation + 1), ("key", key), ("at", write.At));
    }

    private static RosterEntry Read(DbDataReader row) => new(
        row.GetString(0), Enum.Parse<RosterState>(row.GetString(1), ignoreCase: true), (RosterRoles)row.GetInt64(2), row.GetInt64(3),
        row.IsDBNull(4) ? default : row.GetFieldValue<byte[]>(4), StoredTime.To(row.GetInt64(5)), StoredTime.To(row.GetInt64(6)))
    {
        InviteHash = row.IsDBNull(7) ? "" : row.GetString(7),
        InviteEnds = row.IsDBNull(8) ? null : StoredTime.To(row.GetInt64(8)),
        KeySince = row.IsDBNull(9) ? null : StoredTime.To(row.GetInt64(9)),
    };

    private static string Text(RosterState state) => state.ToString().ToLowerInvariant();

    private static void CheckRoles(RosterRoles roles)
    {
        if (roles == RosterRoles.None || (roles & ~AllRoles) != 0) throw new ArgumentOutOfRangeException(nameof(roles), roles, "Give at least one role, and only known ones.");
    }

    private static string Invite(ReadOnlyMemory<byte> hash) =>
        hash.Length is >= 16 and <= 64 ? Convert.ToHexStringLower(hash.Span) : throw new ArgumentException($"An invitation's hash has 16 to 64 bytes, not {hash.Length}.", nameof(hash));

    private static byte[] Key(ReadOnlyMemory<byte> key) =>
        key.Length is >= 1 and <= LargestKey ? key.ToArray() : throw new ArgumentException($"A public key has 1 to {LargestKey} bytes, not {key.Length}.", nameof(key));
}
