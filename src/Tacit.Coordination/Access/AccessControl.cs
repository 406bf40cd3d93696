using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tacit.Aggregation.Failures;
using Tacit.Coordination.Certificates;
using Tacit.Coordination.Endpoints;
using Tacit.Federation.Sessions;

namespace Tacit.Coordination.Access;

/// <summary>Tells who a request comes from, and refuses whoever may not ask. Thread-safe.</summary>
public sealed class AccessControl
{
    private const string Scheme = "Bearer ";

    private readonly AccessSecrets secrets;
    private readonly Roster roster;
    private readonly PeopleTokens tokens;
    private readonly BrowserSessions sessions;
    private readonly CoordinatorOptions options;
    private readonly FailedAttempts failed;

    internal AccessControl(AccessSecrets secrets, Roster roster, PeopleTokens tokens, BrowserSessions sessions, CoordinatorOptions options, TimeProvider clock)
    {
        (this.secrets, this.roster, this.tokens, this.sessions, this.options) = (secrets, roster, tokens, sessions, options);
        failed = new FailedAttempts(clock, options.FailuresPerMinute);
    }

    /// <summary>Who a token belongs to; whoever shows none or a wrong one is anonymous. Secrets are compared in constant time or found by their hash.</summary>
    /// <param name="authorization">The header, such as <c>Bearer token.…</c>.</param>
    public Caller Recognise(string? authorization)
    {
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.Ordinal)) return Caller.Nobody;
        string token = authorization[Scheme.Length..];
        int dot = token.IndexOf('.', StringComparison.Ordinal);
        if (dot < 1 || !Base64Text.TryRead(token[(dot + 1)..], AccessSecrets.TokenBytes, out byte[] secret)) return Caller.Nobody;
        Caller? caller = token[..dot] switch
        {
            "join" => options.OpenEnrolment && secrets.IsJoin(secret) ? Caller.Newcomer(null) : null,
            "operator" => secrets.IsOperator(secret) ? Caller.Of("operator", Storage.Roster.RosterRoles.Operator) : null,
            "invite" => roster.RecogniseInvite(secret),
            PeopleTokens.Holder => tokens.Recognise(secret),
            _ => roster.Recognise(token[..dot], secret),
        };
        return caller ?? Caller.Nobody;
    }

    /// <summary>Refuses a request unless its sender may do what a role may.</summary>
    /// <param name="context">The request; nothing of its body is read.</param>
    /// <param name="role">The route's.</param>
    /// <exception cref="FailureException">NOT_AUTHENTICATED, TOO_MANY_ATTEMPTS, NOT_ALLOWED or CERTIFICATE_REFUSED.</exception>
    public Caller Require(HttpContext context, Role role)
    {
        ArgumentNullException.ThrowIfNull(context);
        Caller caller = role == Role.Anonymous ? Caller.Nobody : Recognise(context);
        if (role != Role.Anonymous && caller.Role == Role.Anonymous)
        {
            // Whoever shows nothing has guessed nothing.
            if (context.Request.Headers.Authorization.Count > 0 && failed.Add(context.Connection.RemoteIpAddress)) throw new FailureException(FailureCodes.TooManyAttempts, "too many requests from this address showed no valid token; wait a minute");
            throw new FailureException(FailureCodes.NotAuthenticated, "the request shows no valid token");
        }

        if (!caller.May(role)) throw new FailureException(FailureCodes.NotAllowed, $"the route belongs to the role {Name(role)}; the token is of {Name(caller.Role)}");
        if (role == Role.Participant) ClientCertificate.ThrowUnlessOwn(context.Connection.ClientCertificate, caller.Member!, options.ClientCertificates);
        context.Items[typeof(Caller)] = caller;
        return caller;
    }

    /// <summary>Whether a request's sender may still do what a role may, after its role was checked: for answers that take long.</summary>
    internal bool Knows(HttpContext context, Role role) => Recognise(context).May(role);

    /// <summary>Creates an owner's token, unless one that was kept is still good.</summary>
    /// <param name="kept">From an earlier start, or null.</param>
    /// <returns>The good one. Secret: belongs into a file that only its owner can read.</returns>
    public Task<string> OwnerTokenAsync(string? kept = null) => tokens.OwnerAsync(kept);

    // A token counts before a cookie: whoever shows one is no browser that was led here.
    private Caller Recognise(HttpContext context)
    {
        if (context.Request.Headers.Authorization.Count > 0 || sessions.Find(context) is not { } session) return Recognise(context.Request.Headers.Authorization);
        BrowserSessions.ThrowUnlessOwnPage(context);
        return session.Caller;
    }

    private static string Name(Role role) => role.ToString().ToLowerInvariant();
}

/// <summary>Guards routes that are mapped elsewhere.</summary>
public static class AccessControlExtensions
{
    /// <summary>Lets only callers through that may do what a role may, before anything of the request is read; the others get problem details.</summary>
    /// <param name="routes">A route or a group of routes of an application with a coordinator.</param>
    /// <param name="role">Who may ask.</param>
    /// <typeparam name="TBuilder">What maps.</typeparam>
    public static TBuilder RequireRole<TBuilder>(this TBuilder routes, Role role)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(routes);
        routes.Finally(endpoint =>
        {
            if (endpoint.Metadata.OfType<RequiredRole>().Any()) throw new InvalidOperationException($"{endpoint.DisplayName} has a role already");
            RequestDelegate next = endpoint.RequestDelegate!;
            endpoint.Metadata.Add(new RequiredRole(role));
            endpoint.RequestDelegate = async context =>
            {
                try
                {
                    context.RequestServices.GetRequiredService<AccessControl>().Require(context, role);
                }
                catch (FailureException refused)
                {
                    await Problems.WriteAsync(context, refused);
                    return;
                }

                await next(context);
            };
        });
        return routes;
    }

    /// <summary>Who the request comes from, once its role was checked.</summary>
    /// <param name="context">A request to a route with a role.</param>
    public static Caller Caller(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return (Caller)(context.Items[typeof(Caller)] ?? throw new InvalidOperationException("The route has no role."));
    }
}
