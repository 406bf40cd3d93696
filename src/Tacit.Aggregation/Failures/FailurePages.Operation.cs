using static Tacit.Aggregation.Failures.FailureKind;

namespace Tacit.Aggregation.Failures;

internal static partial class FailurePages
{
    public static IReadOnlyList<FailurePage> Operation { get; } =
    [
        new(FailureCodes.UnknownRoute, Input, "Nothing is answered at this path on this port.", "Look the routes up at /openapi/v1.json or in docs/rest.md; the façades have ports of their own."),
        new(FailureCodes.MethodNotAllowed, Input, "The path is answered, but not for this method.", "Use a method that the header Allow names."),
        new(FailureCodes.UnsupportedMediaType, Input, "The body's type or encoding is not read: bodies are JSON in UTF-8, uncompressed. A small compressed body can be a large one.", "Send Content-Type: application/json and no Content-Encoding."),
        new(FailureCodes.NotImplemented, Input, "The value is one of those that the interface names, and this version has no protocol behind it. Nothing was started: a weaker protection is not put in its place.", "Use none, differential or combined."),
        new(FailureCodes.RouteSuperseded, Input, "The path belongs to an interface that this one succeeds. What it did is done in another way now, because the old way was not safe.", "Use the successor that the answer names; docs/rest.md has the whole table."),
        new(FailureCodes.DevelopmentPassword, FailureKind.Environment, "The database's password is one that everybody knows. It is for trying things out, and refused elsewhere.", "Put a password of your own into the file that TACIT_DATABASE_PASSWORD_FILE names, or set TACIT_ENVIRONMENT=Development on a machine that nobody else reaches."),
        new(FailureCodes.QueueFull, FailureKind.Environment, "So much of this kind is waiting already that no more is taken in.", "Try again when one has ended; the list of them shows how they stand."),
        new(FailureCodes.NotReady, FailureKind.Environment, "The coordinator runs but cannot serve: its database does not answer, its certificate has expired, or its audit log was changed.", "Ask /healthz/ready with an operator's token for the checks, or run tacit doctor."),
    ];
}
