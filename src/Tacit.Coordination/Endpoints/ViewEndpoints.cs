using System.Reflection;
using Microsoft.AspNetCore.Http;
using Tacit.Aggregation.Failures;
using Tacit.Coordination.Access;
using Tacit.Coordination.Jobs;
using Tacit.Coordination.Rounds;
using Tacit.Federation.Offers;
using Tacit.Federation.Sessions;
using Tacit.Protocols.Collusion;
using Tacit.Storage.Jobs;
using Tacit.Storage.Receipts;

namespace Tacit.Coordination.Endpoints;

/// <summary>Adds a route with its role.</summary>
internal delegate void AddRoute(string method, string pattern, Role role, Func<HttpContext, Member?, Task> handler);

/// <summary>Whom a link is for.</summary>
internal sealed record LinkRequest(string Role);

/// <summary>Routes that show and change nothing: what the dashboard is made from.</summary>
internal sealed class ViewEndpoints(Roster roster, RoundBoard board, JobHost jobs, RecordViews records, ChangeStream changes, AccessControl access, BrowserSessions sessions, TimeProvider clock)
{
    public void Map(AddRoute add, Func<HttpContext, Task<LinkRequest>> body)
    {
        add("GET", Routes.Views + "/status", Role.Viewer, (context, _) => Problems.WriteJsonAsync(context, Status()));
        add("GET", Routes.Views + "/jobs", Role.Viewer, (context, _) => Problems.WriteJsonAsync(context, new { jobs = jobs.All.Select(job => View(job, withRounds: false)) }));
        add("GET", Routes.Views + "/jobs/{job}", Role.Viewer, (context, _) => Problems.WriteJsonAsync(context, View(JobOf(context), withRounds: true)));
        add("GET", Routes.Views + "/jobs/{job}/rounds/{round:long}", Role.Viewer, (context, _) => Problems.WriteJsonAsync(context, Round(context)));
        add("GET", Routes.Views + "/jobs/{job}/rounds/{round:long}/collusion", Role.Viewer, (context, _) => Problems.WriteJsonAsync(context, Collusion(EntryOf(context))));
        add("GET", Routes.Changes, Role.Viewer, (context, _) => changes.WriteAsync(context, () => access.Knows(context, Role.Viewer)));
        add("GET", Routes.Views + "/records", Role.Viewer, async (context, _) => await Problems.WriteJsonAsync(context, await records.RecordsAsync(context.RequestAborted)));
        add("GET", Routes.Views + "/audit", Role.Viewer, async (context, _) => await Problems.WriteJsonAsync(context, await records.AuditAsync(context.RequestAborted)));
        add("GET", Routes.Views + "/receipts", Role.Viewer, async (context, _) => await Problems.WriteJsonAsync(context, await records.ReceiptsAsync(context.Request.Query["participant"], context.RequestAborted)));
        add("GET", Routes.Views + "/receipts/{job}/{round:long}/{name}", Role.Viewer, (context, _) => ReceiptAsync(context));
        add("GET", Routes.Session, Role.Viewer, (context, _) => Problems.WriteJsonAsync(context, Session(context)));
        add("POST", Routes.Session + "/links", Role.Operator, (context, _) => LinkAsync(context, body));
        add("POST", Routes.Session + "/end", Role.Viewer, (context, _) => EndAsync(context));
    }

    private object Status() => new
    {
        participants = roster.All.Count(),
        present = roster.Present.Length,
        waiting = board.Waiting,
        jobs = jobs.All.Length,
        running = jobs.All.Where(job => job.State == JobState.Running).Select(job => job.Id),
    };

    private JobViews.JobView View(JobReport job, bool withRounds) => JobViews.Of(job, NewestOf(job), clock.GetUtcNow(), withRounds);

    private long? NewestOf(JobReport job) =>
        board.Current().Round is { } current && current.Offer.Job == job.Id ? current.Number
        : job.Rounds.Select(round => round.Number).LastOrDefault(number => board.Find(number) is not null) is > 0 and var last ? last : null;

    private RoundViews.RoundView Round(HttpContext context)
    {
        RoundEntry entry = EntryOf(context);
        JobReport job = JobOf(context);
        int round = job.Rounds.FirstOrDefault(report => report.Number == entry.Number)?.Round ?? (entry.Offer.Purpose == RoundPurpose.Training ? job.RoundsDone + 1 : 0);
        return RoundViews.Of(entry, round, clock.GetUtcNow(), everybody: context.Request.Query["participants"] == "all");
    }

    private static object Collusion(RoundEntry entry)
    {
        if (RoundViews.ActorOf(entry) is not { } actor) throw new FailureException(FailureCodes.UnknownRound, $"round {entry.Number} has not begun: its terms are not drawn up");
        return new
        {
            cohort = actor.Terms.Cohort.Length,
            assumed = actor.Terms.Protection.MaximumCorrupt,
            rule = CollusionLimits.RuleOf(actor.Terms),
            levels = CollusionLimits.Of(actor.Terms).Select(level => new { colluders = level.Colluders, state = level.State.ToString().ToLowerInvariant(), says = level.Says }),
        };
    }

    private async Task ReceiptAsync(HttpContext context)
    {
        string job = Value(context, "job"), participant = Value(context, "name");
        long number = Number(context);
        ReceiptRecord receipt = await records.ReceiptAsync(job, number, participant, context.RequestAborted)
            ?? throw new FailureException(FailureCodes.UnknownRound, $"there is no receipt of {participant} for round {number} of {job}");
        context.Response.ContentType = "application/json";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{job}-{number}-{participant}.receipt.json\"";   // names of the store hold no quotes
        await context.Response.Body.WriteAsync(receipt.Receipt, context.RequestAborted);
    }

    private object Session(HttpContext context) => new
    {
        role = NameOf(context.Caller().Role),
        ends = sessions.Find(context)?.Ends ?? clock.GetUtcNow() + BrowserSessions.Lifetime,
        version = Assembly.GetExecutingAssembly().GetName().Version?.ToString(3),
    };

    // Nobody makes a link to more than they may themselves.
    private async Task LinkAsync(HttpContext context, Func<HttpContext, Task<LinkRequest>> body)
    {
        LinkRequest wanted = await body(context);
        if (!Enum.TryParse(wanted.Role, ignoreCase: true, out Role role) || role is not (Role.Viewer or Role.Operator or Role.Owner)) throw new FailureException(FailureCodes.InvalidValue, "role must be viewer, operator or owner");
        if (!context.Caller().May(role)) throw new FailureException(FailureCodes.NotAllowed, $"the token is of {NameOf(context.Caller().Role)}, who makes no links for the role {NameOf(role)}");
        await Problems.WriteJsonAsync(context, new { path = $"/?t={await sessions.CreateLinkAsync(role, context.Caller())}", role = NameOf(role), seconds = (int)BrowserSessions.LinkLifetime.TotalSeconds });
    }

    private async Task EndAsync(HttpContext context)
    {
        await sessions.EndAsync(context);
        await Problems.WriteJsonAsync(context, new { ended = true });
    }

    private static string NameOf(Role role) => role.ToString().ToLowerInvariant();

    private JobReport JobOf(HttpContext context) => jobs.Find(Value(context, "job")) ?? throw new FailureException(FailureCodes.UnknownJob, $"there is no job {Value(context, "job")}");

    private RoundEntry EntryOf(HttpContext context) => board.Find(Number(context)) is { } entry && entry.Offer.Job == JobOf(context).Id
        ? entry
        : throw new FailureException(FailureCodes.UnknownRound, $"job {Value(context, "job")} has no round {Number(context)} in this process' memory");

    private static string Value(HttpContext context, string name) => (string)context.Request.RouteValues[name]!;

    private static long Number(HttpContext context) => long.Parse(Value(context, "round"), System.Globalization.CultureInfo.InvariantCulture);
}
