using Tacit.Privacy.Accounting.Events;

namespace Tacit.Privacy.Accounting;

/// <summary>Adds up what events cost. Every answer is an upper bound for adaptively chosen events.</summary>
/// <remarks>Instances are not thread-safe.</remarks>
public interface IPrivacyAccountant
{
    /// <summary>The relation that every answer is about.</summary>
    NeighboringRelation Relation { get; }

    /// <summary>Adds an event, or says why it is not covered and adds nothing.</summary>
    /// <param name="happened">What was done.</param>
    /// <param name="count">How often, at least once.</param>
    /// <param name="refusal">Why not, where the answer is false.</param>
    /// <returns>Whether the event is covered.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A parameter of the event is outside its range.</exception>
    bool TryCompose(PrivacyEvent happened, long count, out string refusal);

    /// <summary>The least ε ≥ 0 that holds at δ.</summary>
    /// <param name="delta">In (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="delta"/> is outside its range.</exception>
    double Epsilon(double delta);

    /// <summary>The least δ that holds at ε.</summary>
    /// <param name="epsilon">At least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epsilon"/> is outside its range.</exception>
    double Delta(double epsilon);
}

/// <summary>What every accountant can do.</summary>
public static class PrivacyAccountants
{
    /// <summary>Adds an event.</summary>
    /// <param name="accountant">To.</param>
    /// <param name="happened">What was done.</param>
    /// <param name="count">How often, at least once.</param>
    /// <exception cref="AccountantMismatchException">The accountant's proofs do not cover the event.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A parameter of the event is outside its range.</exception>
    public static void Compose(this IPrivacyAccountant accountant, PrivacyEvent happened, long count = 1)
    {
        ArgumentNullException.ThrowIfNull(accountant);
        if (!accountant.TryCompose(happened, count, out string refusal)) throw new AccountantMismatchException(refusal);
    }
}
