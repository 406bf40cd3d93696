using System.Collections.Concurrent;
using System.Security.Cryptography;
using Tacit.Aggregation.Failures;
using Tacit.Coordination.Hosting;
using Tacit.Federation.Identities;
using Tacit.Federation.Sessions;
using Tacit.Storage.Roster;
using Tacit.Storage.Tokens;

namespace Tacit.Coordination.Access;

/// <summary>Tokens of people and programs: made, listed, taken back, recognised. The store has their hashes, this process a copy. Thread-safe.</summary>
internal sealed class PeopleTokens(CoordinatorState state, TimeProvider clock)
{
    /// <summary>What every such token begins with.</summary>
    public const string Holder = "token";

    private const int MostDays = 730;

    private readonly ConcurrentDictionary<string, TokenRecord> known = new(StringComparer.Ordinal);

    public async Task LoadAsync(CancellationToken stopping)
    {
        foreach (TokenRecord record in await state.Store.Tokens.ListAsync(stopping)) known[record.Hash] = record;
    }

    public TokensAnswer List() => new([.. from record in known.Values
                                          orderby record.CreatedAt, record.Name
                                          select new TokenLine(record.Name, Roles.Text(record.Role), record.CreatedAt, record.Ends, record.RevokedAt)]);

    /// <exception cref="FailureException">INVALID_VALUE or STORAGE_CONFLICT.</exception>
    public async Task<TokenAnswer> CreateAsync(TokenRequest request, string actor)
    {
        if (!Roles.TryPerson(request.Role, out RosterRoles role)) throw new FailureException(FailureCodes.InvalidValue, "role must be viewer, operator or owner");
        if (request.Days is < 1 or > MostDays) throw new FailureException(FailureCodes.InvalidValue, $"days must be 1 to {MostDays}");
        Roles.ThrowUnlessName(request.Name);
        byte[] secret = AccessSecrets.Draw();
        TokenRecord made = await state.Store.Tokens.AddAsync(request.Name, role, SHA256.HashData(secret), clock.GetUtcNow() + TimeSpan.FromDays(request.Days), state.By(actor), CancellationToken.None);
        known[made.Hash] = made;
        return new TokenAnswer(made.Name, request.Role, $"{Holder}.{Base64Text.Of(secret)}", made.Ends);
    }

    /// <exception cref="FailureException">INVALID_VALUE: there is no such token.</exception>
    public async Task RevokeAsync(string name, string reason, string actor)
    {
        Roles.ThrowUnlessName(name);
        DateTimeOffset now = clock.GetUtcNow();
        // First here, so that nobody gets in while the store writes.
        foreach (TokenRecord record in known.Values.Where(record => record.Name == name && record.IsGood(now))) known[record.Hash] = record with { RevokedAt = now };
        if (!await state.Store.Tokens.RevokeAsync(name, Roles.Reason(reason), state.By(actor), CancellationToken.None)) throw new FailureException(FailureCodes.InvalidValue, $"{name} has no token that is good");
    }

    /// <summary>The owner's token for whoever runs the coordinator: the one that is known if it is still good, else a new one, and the one before is void.</summary>
    /// <param name="kept">What was kept from an earlier start, or null.</param>
    public async Task<string> OwnerAsync(string? kept)
    {
        const string Name = "owner";
        if (kept is not null && Recognise(kept) is { } caller && caller.May(Role.Owner)) return kept;
        if (known.Values.Any(record => record.Name == Name && record.IsGood(clock.GetUtcNow()))) await RevokeAsync(Name, "replaced at a start", CoordinatorState.Actor);
        return (await CreateAsync(new TokenRequest(Name, "owner", MostDays), CoordinatorState.Actor)).Token;
    }

    public Caller? Recognise(string token) =>
        token.StartsWith(Holder + ".", StringComparison.Ordinal) && Base64Text.TryRead(token[(Holder.Length + 1)..], AccessSecrets.TokenBytes, out byte[] secret) ? Recognise(secret) : null;

    // Found by its hash: what the time of a search tells is about a hash that nobody can choose.
    public Caller? Recognise(ReadOnlySpan<byte> secret) => Find(Convert.ToHexStringLower(SHA256.HashData(secret)));

    private Caller? Find(string hash) =>
        known.TryGetValue(hash, out TokenRecord? record) && record.IsGood(clock.GetUtcNow()) ? Caller.Of(record.Name, record.Role, role => Find(hash)?.May(role) == true) : null;
}
