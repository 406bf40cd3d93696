using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Tacit.Aggregation.Failures;
using Tacit.Coordination.Certificates;
using Tacit.Coordination.Hosting;
using Tacit.Coordination.Jobs;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Signatures;
using Tacit.Federation.Identities;
using Tacit.Federation.Sessions;
using Tacit.Storage.Roster;

namespace Tacit.Coordination.Access;

/// <summary>Who may take part: the store's roster, held in memory. A change is on disk before it counts here, and only what shuts somebody out counts at once. Thread-safe.</summary>
internal sealed class Roster(CoordinatorOptions options, CoordinatorState state, CoordinatorCertificates certificates, ChangeSignal signal, TimeProvider clock) : IDisposable
{
    private const int LongestValidityHours = 90 * 24;

    private readonly ConcurrentDictionary<string, Member> byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, Member> byNumber = new();
    private readonly Challenges challenges = new(clock);
    private readonly SemaphoreSlim changing = new(1);

    /// <summary>Everybody, also those that have not joined and those that are out.</summary>
    public IEnumerable<Member> Everybody => byNumber.Values.OrderBy(member => member.Number);

    /// <summary>Approved participants in the order of their numbers.</summary>
    public IEnumerable<Member> All => Everybody.Where(member => member.IsParticipant);

    public ImmutableArray<Member> Present => [.. All.Where(IsPresent)];

    private IRosterStore Store => state.Store.Roster;

    public bool IsPresent(Member member) => member.IsParticipant && clock.GetUtcNow() - member.LastSeen < options.PresenceTimeout;

    /// <summary>Reads the store; once, before anybody is served.</summary>
    public async Task LoadAsync(CancellationToken stopping)
    {
        foreach (RosterEntry entry in (await Store.ListAsync(stopping)).OrderBy(entry => entry.CreatedAt).ThenBy(entry => entry.Name, StringComparer.Ordinal)) Keep(entry);
    }

    /// <summary>Draws a challenge that is good for one answer within a minute.</summary>
    public string Challenge(Caller caller) => challenges.Draw(caller.Member?.Name);

    /// <summary>The words of a member that waits.</summary>
    public ImmutableArray<string> WordsOf(Member member)
    {
        if (member.Words.IsEmpty && member.State == RosterState.Waiting)
        {
            RosterEntry entry = member.Entry;
            member.Words = ComparisonWords.Of(entry.Name, Convert.FromHexString(entry.InviteHash), entry.PublicKey.Span, certificates.Pin);
        }

        return member.Words;
    }

    /// <summary>Makes an invitation; one that was not used is void.</summary>
    /// <exception cref="FailureException">INVALID_VALUE or STORAGE_CONFLICT.</exception>
    public async Task<InviteAnswer> InviteAsync(InviteRequest request, Uri address, string actor)
    {
        Roles.ThrowUnlessName(request.Name);
        if (request.ValidHours is < 1 or > LongestValidityHours) throw new FailureException(FailureCodes.InvalidValue, $"validHours must be 1 to {LongestValidityHours}");
        RosterRoles roles = Roles.Read([request.Role]);
        Invite invite;
        try
        {
            invite = Invite.Create(request.Coordinator.Length > 0 ? new Uri(request.Coordinator) : address, request.Name, certificates.Pin, SystemRandomSource.Instance);
        }
        catch (Exception problem) when (problem is ArgumentException or UriFormatException)
        {
            throw new FailureException(FailureCodes.InvalidValue, "coordinator must be an https address, or http on loopback when there is no certificate", problem);
        }

        DateTimeOffset ends = clock.GetUtcNow() + TimeSpan.FromHours(request.ValidHours);
        bool replaces = byName.TryGetValue(request.Name, out Member? member) && member.State == RosterState.Invited;
        await ChangeAsync(request.Name, () => Store.InviteAsync(request.Name, roles, invite.Hash, ends, state.By(actor), CancellationToken.None));
        return new InviteAnswer(request.Name, invite.ToText(), ends, replaces);
    }

    /// <summary>Checks a proof. Whoever is approved gets a new token, and the one before is void from now on; whoever is not waits.</summary>
    /// <exception cref="FailureException">INVALID_VALUE, INVALID_PUBLIC_KEY, IDENTITY_SIGNATURE_INVALID, INVITATION_REFUSED or NOT_ALLOWED.</exception>
    public async Task<JoinAnswer> JoinAsync(JoinRequest request, Caller caller)
    {
        Roles.ThrowUnlessName(request.Name);
        (byte[] encoded, P256Point point) = PointOf(request.Key);
        using VerificationKey offered = new(point);
        bool drawn = challenges.TryUse(request.Challenge);
        if (!drawn || !Base64Text.TryRead(request.Challenge, JoinProof.ChallengeBytes, out byte[] challenge) || !Verifies(offered, JoinProof.Message(challenge, request.Name, encoded), request.Signature))
        {
            throw new FailureException(FailureCodes.IdentitySignatureInvalid, "the challenge is unknown, used or too old, or the signature over it is not valid for the key: ask for a new challenge");
        }

        Member member = caller.Member is { } invited ? await UseInviteAsync(invited, request.Name, encoded) : await EnrolAsync(request.Name, encoded);
        return member.State == RosterState.Approved ? TokenFor(member) : new JoinAnswer(0, "", 0, JoinAnswer.Waiting);
    }

    /// <summary>Approves whoever waits, if the words are those of its key.</summary>
    /// <exception cref="FailureException">INVALID_VALUE, WORDS_DIFFER or STORAGE_CONFLICT.</exception>
    public async Task ApproveAsync(string name, string words, string actor)
    {
        Member member = Find(name);
        RosterEntry compared = member.Entry;
        if (member.State != RosterState.Waiting) throw new FailureException(FailureCodes.StorageConflict, $"{name} is {StateOf(member)}; only somebody who waits can be approved");
        if (!ComparisonWords.Match(WordsOf(member), words)) throw new FailureException(FailureCodes.WordsDiffer, $"these are not the words of the key that {name} waits with; nobody was approved");
        await ChangeAsync(name, () => Store.ApproveAsync(name, compared.PublicKey, state.By(actor), CancellationToken.None));
    }

    /// <summary>Shuts somebody out for good and at once.</summary>
    public async Task RevokeAsync(string name, string reason, string actor)
    {
        Member member = Find(name);
        member.Become(member.Entry with { State = RosterState.Revoked });   // here first: nobody gets in while the store writes
        await ChangeAsync(name, () => Store.RevokeAsync(name, Roles.Reason(reason), state.By(actor), CancellationToken.None));
    }

    /// <summary>Gives other roles.</summary>
    public async Task SetRolesAsync(string name, IReadOnlyCollection<string> roles, string actor)
    {
        RosterRoles wanted = Roles.Read(roles);
        Find(name);
        await ChangeAsync(name, () => Store.SetRolesAsync(name, wanted, state.By(actor), CancellationToken.None));
    }

    /// <summary>Replaces a key by one that both have signed for; the token of the old one is void.</summary>
    /// <exception cref="FailureException">INVALID_PUBLIC_KEY, IDENTITY_SIGNATURE_INVALID or STORAGE_CONFLICT.</exception>
    public async Task<JoinAnswer> RotateAsync(Member member, RotateRequest request)
    {
        (byte[] encoded, P256Point point) = PointOf(request.Key);
        RosterEntry before = member.Entry;
        byte[] message = RotationProof.Message(member.Name, before.PublicKey.Span, encoded);
        using VerificationKey offered = new(point);
        if (!Verifies(member.Key, message, request.OldSignature) || !Verifies(offered, message, request.NewSignature))
        {
            throw new FailureException(FailureCodes.IdentitySignatureInvalid, "a new key must be signed by the present key and by itself");
        }

        await ChangeAsync(member.Name, () => Store.RotateKeyAsync(member.Name, encoded, state.By(member.Name), CancellationToken.None));
        return TokenFor(member);
    }

    /// <summary>Who a token with a number belongs to, or null. Compared in constant time.</summary>
    public Caller? Recognise(string holder, ReadOnlySpan<byte> secret)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (!int.TryParse(holder, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || !byNumber.TryGetValue(number, out Member? member)) return null;
        if (member.State != RosterState.Approved || member.Token?.Matches(secret, now) != true) return null;
        member.LastSeen = now;
        return Caller.Of(member);
    }

    /// <summary>Whose invitation a secret is, or null: also one that was used, so that its holder can come back with the same key.</summary>
    public Caller? RecogniseInvite(ReadOnlySpan<byte> secret)
    {
        string hash = Convert.ToHexStringLower(Invite.HashOf(secret));
        return byName.Values.FirstOrDefault(member => member.Entry.InviteHash == hash) is { } member && member.State != RosterState.Revoked ? Caller.Newcomer(member) : null;
    }

    /// <summary>The roster as it is shown; the words are for owners.</summary>
    public RosterAnswer View(bool words) => new([.. from member in Everybody
                                                    orderby member.Name
                                                    let entry = member.Entry
                                                    select new RosterLine(
                                                        entry.Name, StateOf(member), Roles.Texts(entry.Roles), member.Number, entry.Generation, entry.PublicKey.IsEmpty ? "" : Base64Text.Of(entry.PublicKey.Span),
                                                        words ? string.Join(' ', WordsOf(member)) : "", IsPresent(member), entry.State == RosterState.Invited ? entry.InviteEnds : null, entry.KeySince)]);

    public void Dispose() => changing.Dispose();

    private static string StateOf(Member member) => member.State.ToString().ToLowerInvariant();

    private static (byte[] Encoded, P256Point Point) PointOf(string text) =>
        Base64Text.TryRead(text, P256Point.EncodedBytes, out byte[] encoded) && P256Point.TryRead(encoded, out P256Point? point)
            ? (encoded, point!)
            : throw new FailureException(FailureCodes.InvalidPublicKey, "key must be a point on P-256: 65 bytes in base64url");

    private static bool Verifies(VerificationKey key, byte[] message, string signature) => Base64Text.TryRead(signature, VerificationKey.SignatureBytes, out byte[] bytes) && key.Verify(message, bytes);

    private async Task<Member> UseInviteAsync(Member invited, string name, byte[] key)
    {
        RosterEntry entry = invited.Entry;
        if (name != entry.Name) throw new FailureException(FailureCodes.InvitationRefused, "the invitation is for another name");
        if (entry.State == RosterState.Invited && entry.InviteEnds <= clock.GetUtcNow()) throw new FailureException(FailureCodes.InvitationRefused, $"the invitation of {name} ended at {entry.InviteEnds:u}");
        if (entry.State == RosterState.Invited) await ChangeAsync(name, () => Store.JoinAsync(Convert.FromHexString(entry.InviteHash), key, state.By(name), CancellationToken.None));
        // Whoever comes back shows the key that is in the roster now: not an earlier one, and not another one.
        if (!invited.Entry.PublicKey.Span.SequenceEqual(key)) throw new FailureException(FailureCodes.InvitationRefused, $"the invitation of {name} was used with another key, or the key was replaced by a newer one");
        return invited;
    }

    // Everybody who knows the secret. A name that nobody has shown since the start gets a new key: those who were there before are gone with their keys.
    private async Task<Member> EnrolAsync(string name, byte[] key)
    {
        if (byName.TryGetValue(name, out Member? known))
        {
            bool same = known.Entry.PublicKey.Span.SequenceEqual(key);
            if (known.State != RosterState.Approved || (!same && known.WasSeen)) throw new FailureException(FailureCodes.NotAllowed, $"the name {name} belongs to another key");
            if (same) return known;
        }
        else if (byName.Count >= options.MostParticipants)
        {
            throw new FailureException(FailureCodes.NotAllowed, $"{byName.Count} participants have joined; no more are taken");
        }

        await ChangeAsync(name, () => Store.EnrolAsync(name, RosterRoles.Participant, key, state.By(CoordinatorState.Actor), CancellationToken.None));
        return byName[name];
    }

    private JoinAnswer TokenFor(Member member)
    {
        byte[] secret = AccessSecrets.Draw();
        DateTimeOffset now = clock.GetUtcNow();
        member.LastSeen = now;
        member.Token = new MemberToken(SHA256.HashData(secret), now + options.TokenLifetime);
        signal.Raise();
        return new JoinAnswer(
            member.Number, FormattableString.Invariant($"{member.Number}.{Base64Text.Of(secret)}"), (int)options.TokenLifetime.TotalSeconds,
            Certificate: certificates.CertificateFor(member.Name, member.Key));
    }

    private Member Find(string name)
    {
        Roles.ThrowUnlessName(name);
        return byName.TryGetValue(name, out Member? member) ? member : throw new FailureException(FailureCodes.InvalidValue, $"{name} is not in the roster");
    }

    private async Task ChangeAsync(string name, Func<Task> write)
    {
        await changing.WaitAsync();
        try
        {
            await write();
            if (await Store.FindAsync(name, CancellationToken.None) is { } entry) Keep(entry);
        }
        finally
        {
            changing.Release();
        }

        signal.Raise();
    }

    // Under the lock, or before anybody is served.
    private void Keep(RosterEntry entry)
    {
        if (byName.TryGetValue(entry.Name, out Member? member))
        {
            member.Become(entry);
            return;
        }

        member = new Member(byNumber.Count + 1, entry);
        byNumber[member.Number] = member;
        byName[entry.Name] = member;
    }
}
