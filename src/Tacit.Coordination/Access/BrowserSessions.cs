using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Tacit.Aggregation.Failures;
using Tacit.Coordination.Hosting;
using Tacit.Federation.Sessions;
using Tacit.Storage.Audit;
using Tacit.Storage.Roster;

namespace Tacit.Coordination.Access;

/// <summary>Who looks at the dashboard: links that work once, and the sessions that they open. Thread-safe; gone with the process.</summary>
/// <remarks>A session ends with the token or the role that its link was made with, also one that was opened by another session's link. Of links and cookies only SHA-256 is kept. Both are 32 random bytes. Who made a link, who opened and who ended a session is in the audit log.</remarks>
public sealed class BrowserSessions
{
    /// <summary>The header that a request from the dashboard's own page carries when it changes something; no form of another site can send it.</summary>
    public const string RequestHeader = "X-Tacit-Request";

    /// <summary>How long a session lasts.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    /// <summary>How long a link waits, unless it is the one that is printed at the start.</summary>
    public static readonly TimeSpan LinkLifetime = TimeSpan.FromHours(1);

    private const int Most = 1024;
    private readonly ConcurrentDictionary<string, Link> links = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, BrowserSession> sessions = new(StringComparer.Ordinal);
    private readonly CoordinatorState state;
    private readonly TimeProvider clock;

    internal BrowserSessions(CoordinatorState state, TimeProvider clock) => (this.state, this.clock) = (state, clock);

    /// <summary>Makes a link's token: whoever opens <c>/?t=TOKEN</c> first has a session with this role.</summary>
    /// <param name="role">Viewer, operator or owner.</param>
    /// <param name="lifetime">How long it waits to be used; null: as long as the process runs.</param>
    /// <exception cref="FailureException">INVALID_VALUE for another role, NOT_ALLOWED when too many links wait.</exception>
    public string CreateLink(Role role, TimeSpan? lifetime) => Create(role, lifetime, CoordinatorState.Actor, _ => true).Token;

    /// <summary>As <see cref="CreateLink"/>, for somebody who asked for it.</summary>
    internal async Task<string> CreateLinkAsync(Role role, Caller by)
    {
        (string token, string digest) = Create(role, LinkLifetime, by.Name, by.Standing);
        await RecordAsync($"link-{digest[..32]}", "session.link-made", by.Name, $"role {NameOf(role)}", by.Name);
        return token;
    }

    private (string Token, string Digest) Create(Role role, TimeSpan? lifetime, string by, Func<Role, bool> standing)
    {
        if (role is not (Role.Viewer or Role.Operator or Role.Owner)) throw new FailureException(FailureCodes.InvalidValue, $"role is {NameOf(role)}; it must be viewer, operator or owner");
        DateTimeOffset now = clock.GetUtcNow();
        foreach ((string old, Link past) in links) if (past.Ends <= now) links.TryRemove(old, out _);
        if (links.Count >= Most) throw new FailureException(FailureCodes.NotAllowed, $"{links.Count} links wait to be opened; no more are made");
        string token = Base64Text.Of(AccessSecrets.Draw());
        string digest = Digest(token);
        links[digest] = new Link(role, lifetime is { } limit ? now + limit : DateTimeOffset.MaxValue, by, standing);
        return (token, digest);
    }

    /// <summary>Opens a session for a link, once, and hands the browser its cookie.</summary>
    /// <param name="context">The request; its answer gets the cookie.</param>
    /// <param name="token">What the link says.</param>
    /// <returns>The session; null if the link is unknown, used or too old.</returns>
    /// <exception cref="FailureException">STORAGE_UNAVAILABLE: nobody comes in unrecorded. The link stays good.</exception>
    public async Task<BrowserSession?> OpenAsync(HttpContext context, string token)
    {
        ArgumentNullException.ThrowIfNull(context);
        DateTimeOffset now = clock.GetUtcNow();
        if (token is not { Length: > 0 and < 100 } || !links.TryRemove(Digest(token), out Link? link) || link.Ends <= now || !link.Standing(link.Role)) return null;
        foreach ((string old, BrowserSession past) in sessions) if (past.Ends <= now) sessions.TryRemove(old, out _);
        if (sessions.Count >= Most) return null;
        string secret = Base64Text.Of(AccessSecrets.Draw());
        BrowserSession session = new(Digest(secret), link.Role, now + Lifetime) { Standing = link.Standing };
        try
        {
            await RecordAsync($"opened-{session.Id[..32]}", "session.opened", session.Actor, $"role {NameOf(link.Role)}, link of {link.By}", session.Actor);
        }
        catch (FailureException)
        {
            links[Digest(token)] = link;
            throw;
        }

        sessions[session.Id] = session;
        context.Response.Cookies.Append(CookieOf(context), secret, new CookieOptions
        {
            HttpOnly = true, Secure = context.Request.IsHttps, SameSite = SameSiteMode.Strict, Path = "/", MaxAge = Lifetime, IsEssential = true,
        });
        return session;
    }

    /// <summary>Whose session a request shows, or null.</summary>
    /// <param name="context">The request.</param>
    public BrowserSession? Find(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Request.Cookies[CookieOf(context)] is not { Length: > 0 and < 100 } secret) return null;
        return sessions.TryGetValue(Digest(secret), out BrowserSession? session) && clock.GetUtcNow() < session.Ends && session.Standing(session.Role) ? session : null;
    }

    /// <summary>Ends the request's session and takes the cookie back.</summary>
    /// <param name="context">The request.</param>
    public async Task EndAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (Find(context) is { } session && sessions.TryRemove(session.Id, out _)) await RecordAsync($"ended-{session.Id[..32]}", "session.ended", session.Actor, "", session.Actor);
        context.Response.Cookies.Delete(CookieOf(context), new CookieOptions { HttpOnly = true, Secure = context.Request.IsHttps, SameSite = SameSiteMode.Strict, Path = "/" });
    }

    /// <summary>Refuses what a page of another site could have made a browser send.</summary>
    /// <exception cref="FailureException">NOT_ALLOWED.</exception>
    internal static void ThrowUnlessOwnPage(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) return;
        string origin = request.Headers.Origin.ToString(), site = request.Headers["Sec-Fetch-Site"].ToString();
        bool own = request.Headers.ContainsKey(RequestHeader) && origin == $"{request.Scheme}://{request.Host}" && site is "" or "same-origin";
        if (!own) throw new FailureException(FailureCodes.NotAllowed, $"a change that a session's cookie asks for must come from the dashboard's own page, with its origin and the header {RequestHeader}");
    }

    // Cookies are shared by all ports of a host: the port keeps two coordinators on one host apart. The prefix binds the cookie to this host and to TLS.
    private static string CookieOf(HttpContext context) => string.Create(CultureInfo.InvariantCulture, $"{(context.Request.IsHttps ? "__Host-" : "")}tacit-{context.Request.Host.Port ?? 0}");

    private Task RecordAsync(string id, string action, string subject, string detail, string by) =>
        state.Store.Audit.AddAsync(new AuditEvent(id, action, subject, detail), state.By(by), CancellationToken.None);

    private static string NameOf(Role role) => role.ToString().ToLowerInvariant();

    private static string Digest(string secret) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret)));

    private sealed record Link(Role Role, DateTimeOffset Ends, string By, Func<Role, bool> Standing);
}

/// <summary>One browser that opened a link.</summary>
/// <param name="Id">SHA-256 of its cookie.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Ends">When it ends.</param>
public sealed record BrowserSession(string Id, Role Role, DateTimeOffset Ends)
{
    /// <summary>How it is called in the audit log: not by its secret, and not to be told from it.</summary>
    public string Actor => $"browser-{Id[..8]}";

    /// <summary>Whether whoever the link came from may still do what a role may.</summary>
    internal Func<Role, bool> Standing { get; init; } = _ => true;

    internal Caller Caller => Caller.Of(Actor, Role switch { Role.Owner => RosterRoles.Owner, Role.Operator => RosterRoles.Operator, _ => RosterRoles.Viewer }, Standing);
}
