using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using Tacit.Aggregation.Failures;

namespace Tacit.Coordination.Endpoints;

/// <summary>Reads bodies of JSON strictly: one object, no key twice, no deep nesting, no compression, in bounded time and memory.</summary>
public static class RequestJson
{
    /// <summary>The longest body.</summary>
    public const int LimitBytes = 64 * 1024;

    private static readonly JsonDocumentOptions strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <summary>Reads a body.</summary>
    /// <param name="context">The request.</param>
    /// <returns>An object; belongs to the caller.</returns>
    /// <exception cref="FailureException">UNSUPPORTED_MEDIA_TYPE, MESSAGE_TOO_LARGE, SENDER_TOO_SLOW or MALFORMED_MESSAGE.</exception>
    public static async Task<JsonDocument> ReadObjectAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Request.Headers.ContentEncoding.Count > 0) throw new FailureException(FailureCodes.UnsupportedMediaType, "Content-Encoding is set; bodies are taken as they are, without compression");
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out MediaTypeHeaderValue? type) || !type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)))
        {
            throw new FailureException(FailureCodes.UnsupportedMediaType, "Content-Type must be application/json, in UTF-8");
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = LimitBytes + 1;
        IServiceProvider services = context.RequestServices;
        using TimedBody timed = new(context, services.GetRequiredService<CoordinatorOptions>(), services.GetRequiredService<TimeProvider>(), LimitBytes);
        byte[] body = await timed.BytesAsync();
        if (!System.Text.Unicode.Utf8.IsValid(body)) throw new FailureException(FailureCodes.MalformedMessage, "the body is not UTF-8");
        try
        {
            JsonDocument document = JsonDocument.Parse(body, strict);
            bool isObject = document.RootElement.ValueKind == JsonValueKind.Object, isText = HoldsText(document.RootElement);
            if (isObject && isText) return document;
            document.Dispose();
            throw new FailureException(FailureCodes.MalformedMessage, isObject ? "the body holds half a surrogate pair, which is no text" : "the body must be a JSON object");
        }
        catch (JsonException problem)
        {
            bool twice = problem.Message.Contains("duplicate", StringComparison.OrdinalIgnoreCase), deep = problem.Message.Contains("depth", StringComparison.OrdinalIgnoreCase);
            string what = twice ? "has a key twice" : deep ? $"is nested more than {strict.MaxDepth} deep" : "is not JSON";
            string where = problem.LineNumber is { } line ? FormattableString.Invariant($" (line {line + 1}, byte {problem.BytePositionInLine + 1})") : "";
            throw new FailureException(FailureCodes.MalformedMessage, $"the body {what}{where}");
        }
        catch (InvalidOperationException)
        {
            throw new FailureException(FailureCodes.MalformedMessage, "the body holds half a surrogate pair in a key, which is no text");
        }
    }

    // \ud800 alone passes as JSON, and fails when somebody asks for the text.
    private static bool HoldsText(JsonElement element)
    {
        try
        {
            return element.ValueKind switch
            {
                JsonValueKind.Object => element.EnumerateObject().All(property => property.Name.Length >= 0 && HoldsText(property.Value)),
                JsonValueKind.Array => element.EnumerateArray().All(HoldsText),
                JsonValueKind.String => element.GetString() is not null,
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
