using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tacit.Aggregation.Failures;
using Tacit.Coordination;
using Tacit.Coordination.Endpoints;

namespace Tacit.Orchestration.Telemetry;

/// <summary>Hands the log out.</summary>
internal static class LogRoutes
{
    public static async Task AnswerAsync(HttpContext context, string actor)
    {
        LogRing ring = context.RequestServices.GetRequiredService<LogRing>();
        string? text = context.Request.Query["after"], wait = context.Request.Query["wait"];
        if (!long.TryParse(text ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out long after)) throw new FailureException(FailureCodes.InvalidValue, "after must be a whole number: the last event that is known, or 0");
        if (wait is not (null or "true" or "false")) throw new FailureException(FailureCodes.InvalidValue, "wait must be true or false");
        (ImmutableArray<LogEvent> events, long last, Task more) = ring.After(after);
        if (events.IsEmpty && wait == "true")
        {
            CoordinatorOptions options = context.RequestServices.GetRequiredService<CoordinatorOptions>();
            await more.WaitAsync(options.LongPoll, context.RequestServices.GetRequiredService<TimeProvider>(), context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            (events, last, _) = ring.After(after);
        }

        await Problems.WriteJsonAsync(context, new LogAnswer(last, events));
    }
}

/// <summary>Events of a log.</summary>
/// <param name="Last">The number of the newest event.</param>
/// <param name="Events">In order; the oldest of a long run are gone.</param>
public sealed record LogAnswer(long Last, ImmutableArray<LogEvent> Events);
