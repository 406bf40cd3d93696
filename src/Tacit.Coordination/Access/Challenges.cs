using System.Collections.Concurrent;
using Tacit.Aggregation.Failures;
using Tacit.Federation.Sessions;

namespace Tacit.Coordination.Access;

/// <summary>Random bytes to be signed, each good for one answer within a minute. Thread-safe.</summary>
internal sealed class Challenges(TimeProvider clock)
{
    private const int Most = 16_384;
    private static readonly TimeSpan lifetime = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> open = new(StringComparer.Ordinal);

    /// <exception cref="FailureException">NOT_ALLOWED: too many wait for an answer.</exception>
    public string Draw()
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (open.Count >= Most)
        {
            foreach ((string old, DateTimeOffset ends) in open)
            {
                if (ends <= now) open.TryRemove(old, out _);
            }

            if (open.Count >= Most) throw new FailureException(FailureCodes.NotAllowed, "too many challenges wait for an answer; try again in a minute");
        }

        string challenge = Base64Text.Of(AccessSecrets.Draw());
        open[challenge] = now + lifetime;
        return challenge;
    }

    /// <summary>Takes a challenge back: true once for each that was drawn and is not too old.</summary>
    public bool TryUse(string challenge) => open.TryRemove(challenge, out DateTimeOffset ends) && clock.GetUtcNow() < ends;
}
