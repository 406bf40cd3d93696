namespace Tacit.Storage.Sql;

/// <summary>Times as whole microseconds since 1970 in UTC: the finest that both databases keep alike.</summary>
internal static class StoredTime
{
    private static readonly long least = From(DateTimeOffset.MinValue), most = From(DateTimeOffset.MaxValue);

    public static long From(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>A number that no time has was not written here: the first or the last of all times stands for it, which no hash fits.</summary>
    public static DateTimeOffset To(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(Math.Clamp(microseconds, least, most) * TimeSpan.TicksPerMicrosecond);
}
