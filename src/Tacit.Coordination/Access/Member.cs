using System.Collections.Immutable;
using System.Security.Cryptography;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Signatures;
using Tacit.Storage.Roster;

namespace Tacit.Coordination.Access;

/// <summary>One line of the roster as this process knows it, with what is not stored: number, token, when it was last heard of. Thread-safe.</summary>
internal sealed class Member
{
    private long lastSeen;
    private volatile RosterEntry entry;
    private volatile VerificationKey? key;

    public Member(int number, RosterEntry entry)
    {
        (Number, this.entry) = (number, entry);
        key = KeyOf(entry);
    }

    /// <summary>Since the start of this process, from 1.</summary>
    public int Number { get; }

    public string Name => entry.Name;

    public RosterEntry Entry => entry;

    public RosterRoles Roles => entry.Roles;

    public RosterState State => entry.State;

    /// <summary>Whether it may take part in rounds.</summary>
    public bool IsParticipant => entry is { State: RosterState.Approved } approved && approved.Roles.HasFlag(RosterRoles.Participant);

    /// <summary>The present key.</summary>
    /// <exception cref="InvalidOperationException">Invited and not joined.</exception>
    public VerificationKey Key => key ?? throw new InvalidOperationException($"{Name} has not joined");

    /// <summary>The newest token and when it ends; replaced as one.</summary>
    public MemberToken? Token { get; set; }

    /// <summary>One offer at a time is sent to it.</summary>
    public Rounds.Turns Downloads { get; } = new(1);

    /// <summary>The words of the present key, once somebody asked for them.</summary>
    public ImmutableArray<string> Words { get; set; } = [];

    public DateTimeOffset LastSeen
    {
        get => new(Interlocked.Read(ref lastSeen), TimeSpan.Zero);
        set
        {
            if (value > DateTimeOffset.UnixEpoch) WasSeen = true;
            Interlocked.Exchange(ref lastSeen, value.UtcTicks);
        }
    }

    /// <summary>Whether its token was shown since the start, also if its connection broke since.</summary>
    public bool WasSeen { get; private set; }

    /// <summary>What the store says now. A changed key or state voids the token; rounds that run keep the key that their terms name.</summary>
    public void Become(RosterEntry changed)
    {
        bool same = changed.State == entry.State && changed.Generation == entry.Generation;
        entry = changed;
        if (same) return;
        Token = null;
        Words = [];
        key = KeyOf(changed);
    }

    private static VerificationKey? KeyOf(RosterEntry entry) => P256Point.TryRead(entry.PublicKey.Span, out P256Point? point) ? new VerificationKey(point!) : null;
}

/// <summary>SHA-256 of a token: the token itself is not kept.</summary>
internal sealed class MemberToken(byte[] digest, DateTimeOffset ends)
{
    public bool Matches(ReadOnlySpan<byte> secret, DateTimeOffset now) => CryptographicOperations.FixedTimeEquals(SHA256.HashData(secret), digest) & now < ends;
}
