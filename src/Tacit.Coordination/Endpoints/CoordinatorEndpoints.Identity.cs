using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tacit.Coordination.Access;
using Tacit.Federation.Identities;
using Tacit.Federation.Sessions;

namespace Tacit.Coordination.Endpoints;

/// <summary>Routes of invitations, the roster and tokens.</summary>
internal sealed partial class CoordinatorEndpoints
{
    private const string OneName = "/{name}", OneEntry = Routes.Roster + OneName;

    private void MapIdentity(IEndpointRouteBuilder routes)
    {
        Add(routes, "POST", Routes.Invites, Role.Owner, async (context, _) =>
            await Problems.WriteJsonAsync(context, await roster.InviteAsync(await ReadJsonAsync<InviteRequest>(context), new Uri($"{context.Request.Scheme}://{context.Request.Host}"), context.Caller().Name)));
        Add(routes, "GET", Routes.Roster, Role.Viewer, (context, _) => Problems.WriteJsonAsync(context, roster.View(words: context.Caller().May(Role.Owner))));
        Add(routes, "POST", OneEntry + "/approve", Role.Owner, async (context, _) =>
            await ChangeAsync(context, async name => await roster.ApproveAsync(name, (await ReadJsonAsync<ApproveRequest>(context)).Words, context.Caller().Name)));
        Add(routes, "POST", OneEntry + "/revoke", Role.Owner, async (context, _) =>
            await ChangeAsync(context, async name => await roster.RevokeAsync(name, (await ReadJsonAsync<RevokeRequest>(context)).Reason, context.Caller().Name)));
        Add(routes, "POST", OneEntry + "/roles", Role.Owner, async (context, _) =>
            await ChangeAsync(context, async name => await roster.SetRolesAsync(name, (await ReadJsonAsync<RolesRequest>(context)).Roles, context.Caller().Name)));
        Add(routes, "POST", Routes.Rotate, Role.Participant, async (context, member) => await Problems.WriteJsonAsync(context, await roster.RotateAsync(member!, await ReadJsonAsync<RotateRequest>(context))));
        Add(routes, "GET", Routes.Tokens, Role.Owner, (context, _) => Problems.WriteJsonAsync(context, tokens.List()));
        Add(routes, "POST", Routes.Tokens, Role.Owner, async (context, _) => await Problems.WriteJsonAsync(context, await tokens.CreateAsync(await ReadJsonAsync<TokenRequest>(context), context.Caller().Name)));
        Add(routes, "POST", Routes.Tokens + OneName + "/revoke", Role.Owner, async (context, _) =>
            await ChangeAsync(context, async name => await tokens.RevokeAsync(name, (await ReadJsonAsync<RevokeRequest>(context)).Reason, context.Caller().Name)));
    }

    private static async Task ChangeAsync(HttpContext context, Func<string, Task> change)
    {
        string name = (string)context.Request.RouteValues["name"]!;
        await change(name);
        await Problems.WriteJsonAsync(context, new { name });
    }
}
