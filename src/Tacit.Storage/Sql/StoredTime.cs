namespace Tacit.Storage.Sql;

/// <summary>Times as whole microseconds since 1970 in UTC: the finest that both databases keep alike.</summary>
internal static class StoredTime
{
    public static long From(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset To(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(checked(microseconds * TimeSpan.TicksPerMicrosecond));
}
