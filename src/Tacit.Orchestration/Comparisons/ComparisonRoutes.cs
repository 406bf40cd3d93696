using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tacit.Aggregation.Failures;
using Tacit.Coordination.Access;
using Tacit.Coordination.Endpoints;
using Tacit.Coordination.Hosting;
using Tacit.Orchestration.Documents;
using Tacit.Orchestration.Tries;

namespace Tacit.Orchestration.Comparisons;

/// <summary>Starts comparisons of the three modes and hands their files out.</summary>
internal sealed class ComparisonRoutes(RouteGuard guard, ComparisonBoard board, OrchestrationOptions options)
{
    private const string Path = "/comparisons";
    private static readonly ImmutableArray<string> fields = ["modes", "participants", "rounds"];
    private static readonly ImmutableArray<string> modes = [.. Enum.GetNames<ComparedMode>().Select(name => name.ToLowerInvariant())];

    public void Map(IEndpointRouteBuilder routes)
    {
        Add(routes, "POST", Path, Role.Operator, SubmitAsync)
            .Says(new RouteText("Trains centrally, plainly and securely on examples that the operator has, and compares.") { Body = typeof(ComparisonBody), Answer = typeof(ComparisonAnswer), Status = 202, Codes = ["UNKNOWN_KEY", "INVALID_VALUE", "MALFORMED_MESSAGE", "UNSUPPORTED_MEDIA_TYPE", "MESSAGE_TOO_LARGE", "SENDER_TOO_SLOW", "NOT_IMPLEMENTED", "QUEUE_FULL"] });
        Add(routes, "GET", Path, Roles.Reader, (context, _) => Problems.WriteJsonAsync(context, new ComparisonListAnswer([.. board.All.Select(Of)])))
            .Says(new RouteText("The last comparisons.") { Answer = typeof(ComparisonListAnswer) });
        Add(routes, "GET", Path + "/{comparison}", Roles.Reader, (context, _) => Problems.WriteJsonAsync(context, Of(EntryOf(context))))
            .Says(new RouteText("How a comparison stands.") { Answer = typeof(ComparisonAnswer), Codes = ["UNKNOWN_JOB"] });
        Add(routes, "GET", Path + "/{comparison}/{file}", Roles.Reader, FileAsync)
            .Says(new RouteText("A comparison as CSV: accuracy.csv, times.csv or participants.csv.") { AnswerMedia = "text/csv", Codes = ["UNKNOWN_JOB", "INVALID_VALUE"] });
    }

    private IEndpointConventionBuilder Add(IEndpointRouteBuilder routes, string method, string pattern, Role role, Func<HttpContext, string, Task> handler) =>
        guard.Map(routes, method, pattern, role, handler).WithMetadata(new OnListener(TriesRoutes.Listener));

    private async Task SubmitAsync(HttpContext context, string actor)
    {
        using JsonDocument body = await RequestJson.ReadObjectAsync(context);
        ComparisonEntry entry = board.Submit(Read(body.RootElement, options.MostCompared));
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.Headers.Location = FormattableString.Invariant($"{Path}/{entry.Number}");
        await Problems.WriteJsonAsync(context, Of(entry));
    }

    private async Task FileAsync(HttpContext context, string actor)
    {
        ComparisonEntry entry = EntryOf(context);
        string name = (string)context.Request.RouteValues["file"]!;
        if (!ComparisonFiles.All.Contains(name)) throw new FailureException(FailureCodes.InvalidValue, $"the files of a comparison are {string.Join(", ", ComparisonFiles.All)}");
        context.Response.ContentType = "text/csv; charset=utf-8; header=present";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        await context.Response.WriteAsync(ComparisonFiles.Write(name, entry.Rows), context.RequestAborted);
    }

    internal static ComparisonRequest Read(JsonElement body, int mostParticipants)
    {
        foreach (JsonProperty property in body.EnumerateObject())
        {
            if (!fields.Contains(property.Name)) throw new FailureException(FailureCodes.UnknownKey, $"a field is not known; allowed: {string.Join(", ", fields)}");
        }

        ComparedMode[] wanted = body.TryGetProperty("modes", out JsonElement list) ? [.. Items(list, "modes").Select(ModeOf).Distinct()] : Enum.GetValues<ComparedMode>();
        int[] participants = body.TryGetProperty("participants", out JsonElement counts) ? [.. Items(counts, "participants").Select(count => Whole(count, "participants", 2, mostParticipants)).Distinct()] : [5, 10, 25];
        int rounds = body.TryGetProperty("rounds", out JsonElement number) ? Whole(number, "rounds", 1, 1000) : 10;
        if (wanted.Length == 0 || participants.Length is 0 or > 20) throw new FailureException(FailureCodes.InvalidValue, "modes must name at least one of central, plain, secure, and participants 1 to 20 numbers");
        return new ComparisonRequest([.. wanted], [.. participants], rounds);
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw new FailureException(FailureCodes.InvalidValue, $"{name} must be a list");

    private static ComparedMode ModeOf(JsonElement value) => value.ValueKind == JsonValueKind.String && modes.IndexOf(value.GetString()!) is >= 0 and var place
        ? (ComparedMode)place
        : throw new FailureException(FailureCodes.InvalidValue, $"modes holds something else than {string.Join(", ", modes)}");

    private static int Whole(JsonElement value, string name, int least, int most) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int whole) && whole >= least && whole <= most
        ? whole
        : throw new FailureException(FailureCodes.InvalidValue, FormattableString.Invariant($"{name} must be whole numbers from {least} to {most}"));

    private ComparisonEntry EntryOf(HttpContext context) =>
        int.TryParse((string)context.Request.RouteValues["comparison"]!, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && board.Find(number) is { } entry
            ? entry
            : throw new FailureException(FailureCodes.UnknownJob, "there is no comparison of this number; GET /comparisons lists the last ones");

    private static ComparisonAnswer Of(ComparisonEntry entry) => new(
        entry.Number, entry.State, entry.Reason, [.. entry.Request.Modes.Select(mode => mode.ToString().ToLowerInvariant())], entry.Request.Participants, entry.Request.Rounds, entry.Rows.Length,
        [.. ComparisonFiles.All.Select(file => FormattableString.Invariant($"{Path}/{entry.Number}/{file}"))]);
}

/// <summary>What is to be compared.</summary>
/// <param name="Modes">central, plain, secure; all if not given.</param>
/// <param name="Participants">Numbers of participants, from 2 to as many as there are examples for; 5, 10 and 25 if not given.</param>
/// <param name="Rounds">Rounds of each run, 1 to 1000; 10 if not given.</param>
public sealed record ComparisonBody(ImmutableArray<string>? Modes, ImmutableArray<int>? Participants, int? Rounds);

/// <summary>How a comparison stands.</summary>
/// <param name="Comparison">Its number.</param>
/// <param name="State">planned, running, finished or failed.</param>
/// <param name="Reason">Why it failed, or empty.</param>
/// <param name="Modes">As asked for.</param>
/// <param name="Participants">As asked for.</param>
/// <param name="Rounds">As asked for.</param>
/// <param name="Iterations">That are done, of all runs together.</param>
/// <param name="Files">Where its files are; they grow while it runs.</param>
public sealed record ComparisonAnswer(
    int Comparison, string State, string Reason, ImmutableArray<string> Modes, ImmutableArray<int> Participants, int Rounds, int Iterations, ImmutableArray<string> Files);

/// <summary>The last comparisons.</summary>
/// <param name="Comparisons">Oldest first.</param>
public sealed record ComparisonListAnswer(ImmutableArray<ComparisonAnswer> Comparisons);
