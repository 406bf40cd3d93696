using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tacit.Aggregation.Failures;
using Tacit.Coordination.Access;
using Tacit.Coordination.Endpoints;
using Tacit.Coordination.Hosting;

namespace Tacit.Orchestration.Documents;

/// <summary>Writes the OpenAPI 3.1 document of all routes that programs ask: of the coordinator and of the façades. Pages for people are not in it.</summary>
internal static partial class OpenApiDocument
{
    private static readonly JsonSerializerOptions names = new(Problems.Strict) { TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver() };
    private static readonly string[] always = [FailureCodes.InternalError.Name], stored = [FailureCodes.StorageUnavailable.Name, FailureCodes.StorageTakenOver.Name];

    public static async Task WriteAsync(HttpContext context)
    {
        JsonObject document = Write(context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>());
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(document.ToJsonString(), context.RequestAborted);
    }

    /// <summary>Describes routes; those that have no text are described by their path alone.</summary>
    public static JsonObject Write(IEnumerable<RouteEndpoint> routes)
    {
        JsonObject paths = [], schemas = new() { ["Problem"] = Problem() };
        foreach (RouteEndpoint route in routes.Where(IsForPrograms).OrderBy(route => route.RoutePattern.RawText, StringComparer.Ordinal))
        {
            string path = Constraint().Replace(route.RoutePattern.RawText!, "{$1}");
            if (!path.StartsWith('/')) path = "/" + path;
            if (paths[path] is not JsonObject item) paths[path] = item = [];
            foreach (string method in route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []) item[method.ToLowerInvariant()] = Operation(route, method, path, schemas);
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Tacit",
                ["version"] = typeof(OpenApiDocument).Assembly.GetName().Version?.ToString(3),
                ["summary"] = "A coordinator of secure aggregation, and the façades beside it.",
                ["license"] = new JsonObject { ["name"] = "Apache-2.0", ["identifier"] = "Apache-2.0" },
            },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas,
                ["securitySchemes"] = new JsonObject { ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "A token of a role; see docs/security-configuration.md." } },
            },
        };
    }

    /// <summary>What is known of a route; null if nobody has described it.</summary>
    public static RouteText? TextOf(RouteEndpoint route) => route.Metadata.GetMetadata<RouteText>()
        ?? CoordinatorTexts.Find(route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods[0] ?? "", route.RoutePattern.RawText ?? "");

    public static bool IsForPrograms(RouteEndpoint route) => route.Metadata.GetMetadata<IHttpMethodMetadata>() is not null && route.Metadata.GetMetadata<RequiredRole>() is not null
        && (route.Metadata.GetMetadata<OnListener>() is not null || Programs().IsMatch(route.RoutePattern.RawText ?? ""));

    private static JsonObject Operation(RouteEndpoint route, string method, string path, JsonObject schemas)
    {
        Role role = route.Metadata.GetMetadata<RequiredRole>()!.Role;
        RouteText text = TextOf(route) ?? new RouteText($"{method} {path}") { AnswerMedia = "" };
        JsonObject operation = new()
        {
            ["operationId"] = OperationId(method, path),
            ["summary"] = text.Summary,
            ["tags"] = new JsonArray(route.Metadata.GetMetadata<OnListener>()?.Listener ?? "coordinator"),
            ["x-role"] = role.ToString().ToLowerInvariant(),
            ["parameters"] = new JsonArray([.. Parameters(route, text)]),
            ["responses"] = Responses(text, role, schemas),
        };
        if (role != Role.Anonymous) operation["security"] = new JsonArray(new JsonObject { ["token"] = new JsonArray() });
        if (text.Body is { } body) operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content("application/json", BodyOf(body, schemas)) };
        else if (text.BodyMedia is { } media) operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content(media, []) };
        return operation;
    }

    private static IEnumerable<JsonNode> Parameters(RouteEndpoint route, RouteText text)
    {
        foreach (var part in route.RoutePattern.Parameters)
        {
            bool whole = part.ParameterPolicies.Any(policy => policy.Content is "long" or "int");
            yield return new JsonObject { ["name"] = part.Name, ["in"] = "path", ["required"] = true, ["schema"] = new JsonObject { ["type"] = whole ? "integer" : "string" } };
        }

        foreach ((string name, string meaning, bool required) in text.Query)
        {
            yield return new JsonObject { ["name"] = name, ["in"] = "query", ["required"] = required, ["description"] = meaning, ["schema"] = new JsonObject { ["type"] = "string" } };
        }
    }

    private static JsonObject Responses(RouteText text, Role role, JsonObject schemas)
    {
        JsonObject responses = [];
        if (text.Status < 400)
        {
            JsonObject success = new() { ["description"] = text.Status == 204 ? "Nothing there." : text.Summary };
            if (text.AnswerMedia.Length > 0) success["content"] = Content(text.AnswerMedia, text.Answer is { } answer ? SchemaOf(answer, schemas) : text.AnswerMedia == "application/json" ? new JsonObject { ["type"] = "object" } : []);
            responses[text.Status.ToString(System.Globalization.CultureInfo.InvariantCulture)] = success;
        }

        if (text.WaitsInVain) responses["204"] = new JsonObject { ["description"] = "There was nothing while the request was held open; ask again." };
        string[] identity = role == Role.Anonymous ? [] : [FailureCodes.NotAuthenticated.Name, FailureCodes.NotAllowed.Name, FailureCodes.TooManyAttempts.Name, .. stored];
        foreach (IGrouping<int, string> status in identity.Concat(text.Codes).Concat(always).Distinct().GroupBy(code => Problems.StatusOf(new FailureCode(code))).OrderBy(status => status.Key))
        {
            responses[status.Key.ToString(System.Globalization.CultureInfo.InvariantCulture)] = new JsonObject
            {
                ["description"] = string.Join(" ", status.Select(code => $"{code}: {(FailureCatalogue.Pages.TryGetValue(code, out FailurePage? page) ? page.Meaning : "")}")),
                ["content"] = Content("application/problem+json", new JsonObject
                {
                    ["allOf"] = new JsonArray(
                        new JsonObject { ["$ref"] = "#/components/schemas/Problem" },
                        new JsonObject { ["properties"] = new JsonObject { ["code"] = new JsonObject { ["enum"] = new JsonArray([.. status.Select(code => JsonValue.Create(code))]) } } }),
                }),
            };
        }

        return responses;
    }

    private static JsonObject Content(string media, JsonObject schema) => new() { [media] = new JsonObject { ["schema"] = schema } };

    private static JsonObject SchemaOf(Type type, JsonObject schemas)
    {
        string name = type.IsGenericType ? type.GetGenericArguments()[0].Name + "List" : type.Name;
        schemas[name] ??= JsonSchemaExporter.GetJsonSchemaAsNode(names, type, new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true });
        return new JsonObject { ["$ref"] = $"#/components/schemas/{name}" };
    }

    // In a body null is no value: what may be left out is left out.
    private static JsonObject BodyOf(Type type, JsonObject schemas)
    {
        JsonObject reference = SchemaOf(type, schemas);
        if (schemas[type.Name]!["properties"] is not JsonObject properties) return reference;
        JsonArray required = [];
        foreach ((string name, JsonNode? property) in properties)
        {
            if (property!["type"] is not JsonArray either || !either.Any(one => one!.GetValue<string>() == "null")) required.Add(name);
            else property["type"] = either.First(one => one!.GetValue<string>() != "null")!.DeepClone();
        }

        schemas[type.Name]!["required"] = required;
        return reference;
    }

    private static JsonObject Problem() => new()
    {
        ["type"] = "object",
        ["description"] = "Problem details (RFC 9457). tacit explain CODE says more about a code.",
        ["required"] = new JsonArray("type", "title", "status", "detail", "code"),
        ["properties"] = new JsonObject
        {
            ["type"] = new JsonObject { ["type"] = "string", ["format"] = "uri", ["description"] = "urn:tacit:failure: and the code." },
            ["title"] = new JsonObject { ["type"] = "string", ["description"] = "What the code means, the same for every answer with it." },
            ["status"] = new JsonObject { ["type"] = "integer" },
            ["detail"] = new JsonObject { ["type"] = "string", ["description"] = "Field, value and what is allowed." },
            ["code"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. FailureCatalogue.Pages.Keys.Select(code => JsonValue.Create(code))]) },
        },
    };

    private static string OperationId(string method, string path) => $"{method.ToLowerInvariant()}_{Word().Replace(path, "_").Trim('_')}";

    [GeneratedRegex(@"\{(\w+):[^}]+\}")]
    private static partial Regex Constraint();

    [GeneratedRegex(@"^/?(api|healthz|metrics|openapi)(/|$)")]
    private static partial Regex Programs();

    [GeneratedRegex(@"[^A-Za-z0-9]+")]
    private static partial Regex Word();
}
