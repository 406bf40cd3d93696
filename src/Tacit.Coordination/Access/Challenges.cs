using Tacit.Federation.Sessions;

namespace Tacit.Coordination.Access;

/// <summary>Random bytes to be signed, each good for one answer within a minute. Thread-safe.</summary>
/// <remarks>Whoever draws more than its share loses its own oldest ones, never somebody else's.</remarks>
internal sealed class Challenges(TimeProvider clock)
{
    private const int MostOfOne = 8, MostOfAll = 16_384;
    private static readonly TimeSpan lifetime = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, DateTimeOffset> open = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Queue<string>> drawn = new(StringComparer.Ordinal);   // by who drew them, oldest first, also used ones
    private readonly Lock gate = new();

    /// <param name="holder">Whose invitation was shown; null for the secret that all share.</param>
    public string Draw(string? holder)
    {
        string challenge = Base64Text.Of(AccessSecrets.Draw());
        lock (gate)
        {
            if (!drawn.TryGetValue(holder ?? "", out Queue<string>? own)) drawn.Add(holder ?? "", own = new Queue<string>());
            while (own.Count >= (holder is null ? MostOfAll : MostOfOne)) open.Remove(own.Dequeue());
            own.Enqueue(challenge);
            open.Add(challenge, clock.GetUtcNow() + lifetime);
        }

        return challenge;
    }

    /// <summary>Takes a challenge back: true once for each that was drawn and is not too old.</summary>
    public bool TryUse(string challenge)
    {
        lock (gate) return open.Remove(challenge, out DateTimeOffset ends) && clock.GetUtcNow() < ends;
    }
}
