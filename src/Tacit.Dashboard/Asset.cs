using System.Collections.Frozen;
using System.IO;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Tacit.Dashboard;

/// <summary>One embedded file, as it is sent: with its hash, so that browsers ask for what has changed and nothing else.</summary>
internal sealed class Asset
{
    private const string Prefix = "assets/";

    // Everything from this very host, no inline script or style, in no frame.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private static readonly FrozenDictionary<string, Asset> all = Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToFrozenDictionary(name => name[Prefix.Length..], name => new Asset(name), StringComparer.Ordinal);

    private readonly byte[] bytes;
    private readonly string type;
    private readonly string tag;

    private Asset(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using MemoryStream memory = new();
        stream.CopyTo(memory);
        bytes = memory.ToArray();
        type = Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => throw new InvalidOperationException($"{name} has no type"),
        };
        tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 12))}\"";
    }

    /// <summary>The document of every page.</summary>
    public static Asset Document => all["index.html"];

    /// <summary>What is shown for a link that does not open anything any more.</summary>
    public static Asset Used => all["used.html"];

    public static Asset? Find(string name) => all.GetValueOrDefault(name);

    /// <summary>What every answer of the dashboard says to browsers.</summary>
    public static void Protect(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        response.Headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
    }

    public async Task WriteAsync(HttpContext context, int status = StatusCodes.Status200OK)
    {
        Protect(context.Response);
        context.Response.Headers.CacheControl = status == StatusCodes.Status200OK ? "no-cache" : "no-store";
        if (status == StatusCodes.Status200OK)
        {
            context.Response.Headers.ETag = tag;
            if (context.Request.Headers.IfNoneMatch.ToString() == tag)
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
