using System.Collections.Concurrent;
using System.Net;

namespace Tacit.Coordination.Access;

/// <summary>Counts requests without a valid identity by address and minute. Bounded: when there are too many addresses, what is over is forgotten first, then everything.</summary>
/// <remarks>Valid tokens are taken however often others failed from the same address: tokens have 256 bits, so this is not against guessing but against what guessing costs.</remarks>
internal sealed class FailedAttempts(TimeProvider clock, int mostInAMinute)
{
    private const int MostAddresses = 4096;
    private static readonly TimeSpan window = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<IPAddress, (int Count, DateTimeOffset Ends)> failed = new();

    /// <summary>Counts one.</summary>
    /// <returns>Whether the address has failed too often.</returns>
    public bool Add(IPAddress? address)
    {
        if (mostInAMinute == 0 || address is null) return false;
        DateTimeOffset now = clock.GetUtcNow();
        if (failed.Count >= MostAddresses) Forget(now);
        (int count, _) = failed.AddOrUpdate(Site(address), _ => (1, now + window), (_, before) => now < before.Ends ? (Math.Min(before.Count, mostInAMinute) + 1, before.Ends) : (1, now + window));
        return count > mostInAMinute;
    }

    // One site has a /64 of IPv6 addresses at the least.
    private static IPAddress Site(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6) return address;
        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private void Forget(DateTimeOffset now)
    {
        foreach ((IPAddress address, (_, DateTimeOffset ends)) in failed)
        {
            if (ends <= now) failed.TryRemove(address, out _);
        }

        if (failed.Count >= MostAddresses) failed.Clear();
    }
}
