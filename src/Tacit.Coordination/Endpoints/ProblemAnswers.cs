using System.IO;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tacit.Aggregation.Failures;
using Tacit.Coordination.Telemetry;

namespace Tacit.Coordination.Endpoints;

/// <summary>The outermost layer: whatever goes wrong is answered as problem details with a code, counted, and logged without what the request held.</summary>
public static class ProblemAnswers
{
    /// <summary>Puts the layer around everything that is added after it.</summary>
    /// <param name="application">The application.</param>
    public static IApplicationBuilder UseTacitProblems(this IApplicationBuilder application) => application.UseMiddleware<ProblemLayer>();
}

/// <summary>See <see cref="ProblemAnswers"/>.</summary>
internal sealed partial class ProblemLayer(RequestDelegate next, CoordinatorMetrics metrics, ILogger<ProblemLayer> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response.HasStarted || context.GetEndpoint()?.RequestDelegate is { } && context.Response.StatusCode != StatusCodes.Status405MethodNotAllowed) return;
            if (context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed) await RefuseAsync(context, FailureCodes.MethodNotAllowed, $"{Shown(context.Request.Method)} is not answered here; allowed: {context.Response.Headers.Allow}");
            else if (context.Response.StatusCode == StatusCodes.Status404NotFound) await RefuseAsync(context, FailureCodes.UnknownRoute, "nothing is answered at this path; /openapi/v1.json lists all routes");
        }
        catch (Exception gone) when (context.RequestAborted.IsCancellationRequested && gone is OperationCanceledException or IOException or ConnectionResetException)
        {
            LogGone();
        }
        catch (FailureException refused)
        {
            await RefuseAsync(context, refused.Code, refused.Message);
        }
        catch (BadHttpRequestException bad)
        {
            (FailureCode code, string detail) = bad.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => (FailureCodes.MessageTooLarge, "the body is longer than this route takes"),
                StatusCodes.Status408RequestTimeout => (FailureCodes.SenderTooSlow, "the body did not arrive in time"),
                _ => (FailureCodes.MalformedMessage, "the request's framing is broken"),
            };
            await RefuseAsync(context, code, detail);
        }
        catch (Exception unexpected)
        {
            LogUnexpected(unexpected.GetType().Name, unexpected.StackTrace ?? "");   // not its message: it may quote what the request held
            await RefuseAsync(context, FailureCodes.InternalError, "the coordinator failed; its log says where");
        }
    }

    private async Task RefuseAsync(HttpContext context, FailureCode code, string detail)
    {
        metrics.Refused(code);
        LogRefused(code);
        if (code == FailureCodes.SenderTooSlow || code == FailureCodes.MessageTooLarge) context.Response.Headers.Connection = "close";
        await Problems.WriteAsync(context, new FailureException(code, detail));
    }

    // Methods are the other side's words too.
    private static string Shown(string method) => method.Length <= 10 && method.All(char.IsAsciiLetter) ? method : "this method";

    [LoggerMessage(EventId = 1001, Level = LogLevel.Debug, Message = "Refused: {Code}")]
    private partial void LogRefused(FailureCode code);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Debug, Message = "The other side is gone")]
    private partial void LogGone();

    [LoggerMessage(EventId = 1003, Level = LogLevel.Error, Message = "Unexpected {Type}: {Where}")]
    private partial void LogUnexpected(string type, string where);
}
