namespace Tacit.Aggregation.Failures;

public static partial class FailureCodes
{
    /// <summary>Nothing is answered at a path.</summary>
    public static readonly FailureCode UnknownRoute = new("UNKNOWN_ROUTE");

    /// <summary>A path is answered, but not for this method.</summary>
    public static readonly FailureCode MethodNotAllowed = new("METHOD_NOT_ALLOWED");

    /// <summary>A body is of a type or in an encoding that is not read.</summary>
    public static readonly FailureCode UnsupportedMediaType = new("UNSUPPORTED_MEDIA_TYPE");

    /// <summary>A value is known and planned, and nothing does it yet.</summary>
    public static readonly FailureCode NotImplemented = new("NOT_IMPLEMENTED");

    /// <summary>A path of an older interface has a successor with another meaning.</summary>
    public static readonly FailureCode RouteSuperseded = new("ROUTE_SUPERSEDED");

    /// <summary>A database's password is the one that everybody knows.</summary>
    public static readonly FailureCode DevelopmentPassword = new("DEVELOPMENT_PASSWORD");

    /// <summary>So much of a kind is waiting that no more is taken in.</summary>
    public static readonly FailureCode QueueFull = new("QUEUE_FULL");

    /// <summary>The coordinator is not ready to serve.</summary>
    public static readonly FailureCode NotReady = new("NOT_READY");
}
