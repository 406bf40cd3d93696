using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Signatures;
using Tacit.Federation.Sessions;

namespace Tacit.Coordination.Access;

/// <summary>Who has joined, in this process' memory. Where durable state goes: whoever keeps a roster implements this.</summary>
public interface IRosterStore
{
    /// <summary>A participant has joined for the first time.</summary>
    /// <param name="number">Its number, from 1.</param>
    /// <param name="name">What it calls itself.</param>
    /// <param name="key">Its key.</param>
    void Joined(int number, string name, VerificationKey key);
}

/// <summary>One participant that has joined. Thread-safe.</summary>
internal sealed class Member(int number, string name, VerificationKey key)
{
    private long lastSeen;

    public int Number { get; } = number;

    public string Name { get; } = name;

    public VerificationKey Key { get; } = key;

    /// <summary>The newest token and when it ends; replaced as one.</summary>
    public MemberToken? Token { get; set; }

    public DateTimeOffset LastSeen
    {
        get => new(Interlocked.Read(ref lastSeen), TimeSpan.Zero);
        set => Interlocked.Exchange(ref lastSeen, value.UtcTicks);
    }
}

/// <summary>SHA-256 of a token: the token itself is not kept.</summary>
internal sealed class MemberToken(byte[] digest, DateTimeOffset ends)
{
    public bool Matches(ReadOnlySpan<byte> secret, DateTimeOffset now) => CryptographicOperations.FixedTimeEquals(SHA256.HashData(secret), digest) & now < ends;
}

/// <summary>Joins participants and recognises tokens. Thread-safe.</summary>
internal sealed class Roster(CoordinatorOptions options, AccessSecrets secrets, TimeProvider clock, IRosterStore? store = null)
{
    private const int MostChallenges = 4096;
    private static readonly TimeSpan challengeLifetime = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> challenges = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, Member> members = new();
    private readonly Lock gate = new();

    public IEnumerable<Member> All => members.Values.OrderBy(member => member.Number);

    public ImmutableArray<Member> Present => [.. All.Where(IsPresent)];

    public bool IsPresent(Member member) => clock.GetUtcNow() - member.LastSeen < options.PresenceTimeout;

    /// <summary>Draws a challenge that is good for one answer within a minute.</summary>
    public string Challenge()
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (challenges.Count >= MostChallenges)
        {
            foreach ((string old, DateTimeOffset ends) in challenges)
            {
                if (ends <= now) challenges.TryRemove(old, out _);
            }

            if (challenges.Count >= MostChallenges) throw new FailureException(FailureCodes.NotAllowed, "too many challenges wait for an answer; try again in a minute");
        }

        string challenge = Base64Text.Of(AccessSecrets.Draw());
        challenges[challenge] = now + challengeLifetime;
        return challenge;
    }

    /// <summary>Checks a proof and hands a new token out; the one before is void from now on.</summary>
    /// <exception cref="FailureException">INVALID_VALUE, INVALID_PUBLIC_KEY, IDENTITY_SIGNATURE_INVALID or NOT_ALLOWED.</exception>
    public JoinAnswer Join(JoinRequest request)
    {
        if (request.Name is not { Length: >= 1 and <= 64 } name || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_' or ' ')))
        {
            throw new FailureException(FailureCodes.InvalidValue, "name must be 1 to 64 letters, digits, dots, dashes, underscores and spaces");
        }

        if (!Base64Text.TryRead(request.Key, Tacit.Cryptography.KeyAgreement.P256Point.EncodedBytes, out byte[] encoded) || !Tacit.Cryptography.KeyAgreement.P256Point.TryRead(encoded, out var point))
        {
            throw new FailureException(FailureCodes.InvalidPublicKey, "key must be a point on P-256: 65 bytes in base64url");
        }

        DateTimeOffset now = clock.GetUtcNow();
        bool known = request.Challenge is not null && challenges.TryRemove(request.Challenge, out DateTimeOffset ends) && now < ends;
        VerificationKey key = new(point!);
        if (!known || !Base64Text.TryRead(request.Challenge, JoinProof.ChallengeBytes, out byte[] challenge) || !Base64Text.TryRead(request.Signature, VerificationKey.SignatureBytes, out byte[] signature)
            || !key.Verify(JoinProof.Message(challenge, name, encoded), signature))
        {
            key.Dispose();
            throw new FailureException(FailureCodes.IdentitySignatureInvalid, "the challenge is unknown, used or too old, or the signature over it is not valid for the key: ask for a new challenge");
        }

        byte[] secret = AccessSecrets.Draw();
        Member member = Enrol(name, key);
        member.LastSeen = now;
        member.Token = new MemberToken(SHA256.HashData(secret), now + options.TokenLifetime);
        return new JoinAnswer(member.Number, FormattableString.Invariant($"{member.Number}.{Base64Text.Of(secret)}"), (int)options.TokenLifetime.TotalSeconds);
    }

    /// <summary>Who a bearer token belongs to. Secrets are compared in constant time.</summary>
    public (Role Role, Member? Member) Recognise(string? authorization)
    {
        const string Scheme = "Bearer ";
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.Ordinal)) return (Role.Anonymous, null);
        string token = authorization[Scheme.Length..];
        int dot = token.IndexOf('.', StringComparison.Ordinal);
        if (dot < 1 || !Base64Text.TryRead(token[(dot + 1)..], AccessSecrets.TokenBytes, out byte[] secret)) return (Role.Anonymous, null);
        string holder = token[..dot];
        if (holder == "join") return (secrets.IsJoin(secret) ? Role.Newcomer : Role.Anonymous, null);
        if (holder == "operator") return (secrets.IsOperator(secret) ? Role.Operator : Role.Anonymous, null);
        DateTimeOffset now = clock.GetUtcNow();
        if (!int.TryParse(holder, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || !members.TryGetValue(number, out Member? member)) return (Role.Anonymous, null);
        if (member.Token?.Matches(secret, now) != true) return (Role.Anonymous, null);
        member.LastSeen = now;
        return (Role.Participant, member);
    }

    private Member Enrol(string name, VerificationKey key)
    {
        lock (gate)
        {
            if (members.Values.FirstOrDefault(member => member.Key.Equals(key)) is { } known)
            {
                key.Dispose();
                return known;
            }

            if (members.Count >= options.MostParticipants) throw new FailureException(FailureCodes.NotAllowed, $"{members.Count} participants have joined; no more are taken");
            Member joined = new(members.Count + 1, name, key);
            store?.Joined(joined.Number, joined.Name, joined.Key);
            members[joined.Number] = joined;
            return joined;
        }
    }
}
