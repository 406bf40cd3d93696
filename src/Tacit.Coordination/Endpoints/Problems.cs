using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Tacit.Aggregation.Failures;

namespace Tacit.Coordination.Endpoints;

/// <summary>Answers as JSON: values, and failures as problem details (RFC 9457) with the product's codes.</summary>
internal static class Problems
{
    public static JsonSerializerOptions Strict { get; } = new(JsonSerializerDefaults.Web)
    {
        AllowDuplicateProperties = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        NumberHandling = JsonNumberHandling.Strict,
        MaxDepth = 8,
    };

    public static Task WriteAsync(HttpContext context, FailureException failure) => WriteAsync(context, StatusOf(failure.Code), failure.Code, failure.Message);

    public static async Task WriteAsync(HttpContext context, int status, FailureCode code, string detail)
    {
        if (context.Response.HasStarted) return;
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/problem+json";
        if (status == StatusCodes.Status401Unauthorized) context.Response.Headers.WWWAuthenticate = "Bearer";
        string title = FailureCatalogue.Pages.TryGetValue(code.Name, out FailurePage? page) ? page.Meaning : code.Name;
        await JsonSerializer.SerializeAsync(context.Response.Body, new Problem($"urn:tacit:failure:{code.Name}", title, status, detail, code.Name), Strict, context.RequestAborted);
    }

    public static async Task WriteJsonAsync<TValue>(HttpContext context, TValue value)
    {
        context.Response.ContentType = "application/json";
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(value, Strict);
        context.Response.ContentLength = json.Length;   // without it the end of the body goes out by itself
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
    }

    /// <summary>The status that a code is answered with.</summary>
    public static int StatusOf(FailureCode code) => code.Name switch
    {
        _ when code == FailureCodes.NotAuthenticated => StatusCodes.Status401Unauthorized,
        _ when code == FailureCodes.NotAllowed || code == FailureCodes.IdentitySignatureInvalid || code == FailureCodes.UnknownParty => StatusCodes.Status403Forbidden,
        _ when code == FailureCodes.StorageConflict => StatusCodes.Status409Conflict,
        _ when code == FailureCodes.StorageUnavailable || code == FailureCodes.StorageTakenOver || code == FailureCodes.NotReady => StatusCodes.Status503ServiceUnavailable,
        _ when code == FailureCodes.CertificateRefused || code == FailureCodes.InvitationRefused => StatusCodes.Status403Forbidden,
        _ when code == FailureCodes.WordsDiffer => StatusCodes.Status409Conflict,
        _ when code == FailureCodes.TooManyAttempts || code == FailureCodes.QueueFull => StatusCodes.Status429TooManyRequests,
        _ when code == FailureCodes.UnknownRound || code == FailureCodes.UnknownJob || code == FailureCodes.UnknownRoute => StatusCodes.Status404NotFound,
        _ when code == FailureCodes.SenderTooSlow => StatusCodes.Status408RequestTimeout,
        _ when code == FailureCodes.MessageTooLarge => StatusCodes.Status413PayloadTooLarge,
        _ when code == FailureCodes.MethodNotAllowed => StatusCodes.Status405MethodNotAllowed,
        _ when code == FailureCodes.UnsupportedMediaType => StatusCodes.Status415UnsupportedMediaType,
        _ when code == FailureCodes.NotImplemented => StatusCodes.Status501NotImplemented,
        _ when code == FailureCodes.InternalError => StatusCodes.Status500InternalServerError,
        _ when code == FailureCodes.RouteSuperseded => StatusCodes.Status410Gone,
        _ when code == FailureCodes.RoundClosed => StatusCodes.Status410Gone,
        _ => StatusCodes.Status400BadRequest,
    };

    private sealed record Problem(string Type, string Title, int Status, string Detail, string Code);
}
