using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Numerics;
using Tacit.Privacy.Sampling;

namespace Tacit.Privacy.Mechanisms;

/// <summary>Local ε-differential privacy of one of k choices: the truth with odds e^ε against each other choice.</summary>
/// <remarks>
/// Warner 1965 for k = 2; Kairouz, Bonawitz and Ramage 2016 for more. Exact: a uniform offset is proposed, offset 0 is accepted, any other with probability
/// exp(−ε) by integer coins. How long that takes does not depend on the choice.
/// </remarks>
public sealed class RandomizedResponse
{
    private readonly BernoulliSampler other;

    private RandomizedResponse(double epsilon, int choices, BernoulliSampler other) => (Epsilon, Choices, this.other) = (epsilon, choices, other);

    /// <summary>ε of one response.</summary>
    public double Epsilon { get; }

    /// <summary>k.</summary>
    public int Choices { get; }

    /// <summary>e^ε/(e^ε + k − 1).</summary>
    public double TruthProbability => 1 / (1 + (Choices - 1) * Math.Exp(-Epsilon));

    /// <summary>Of each other choice: 1/(e^ε + k − 1).</summary>
    public double OtherProbability => Math.Exp(-Epsilon) * TruthProbability;

    /// <summary>Prepares responses.</summary>
    /// <param name="epsilon">ε, positive; taken as the exact fraction that the double is.</param>
    /// <param name="choices">k, at least 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range.</exception>
    public static RandomizedResponse Create(double epsilon, int choices = 2)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(choices, 2);
        return new RandomizedResponse(epsilon, choices, BernoulliSampler.ExpOfMinus(Rational.FromDouble(PositiveNumber.Checked(epsilon, nameof(epsilon)))));
    }

    /// <summary>Responds to each choice independently, in place.</summary>
    /// <param name="choices">Each in [0, k).</param>
    /// <param name="random">Where the coins come from.</param>
    /// <exception cref="ArgumentOutOfRangeException">A choice is not in [0, k); nothing is overwritten then.</exception>
    public void Respond(Span<int> choices, IRandomSource random)
    {
        foreach (int choice in choices)
        {
            if (choice < 0 || choice >= Choices) throw new ArgumentOutOfRangeException(nameof(choices), $"A choice lies in [0, {Choices}).");
        }

        using CoinStream coins = CoinStream.From(random);
        foreach (ref int choice in choices) choice = (int)(((long)choice + Offset(coins)) % Choices);
    }

    /// <summary>The unbiased estimate of how many made a choice, from how many responded with it.</summary>
    /// <param name="seen">Responses with the choice.</param>
    /// <param name="responses">All responses.</param>
    public double Estimate(long seen, long responses) => (seen - responses * OtherProbability) / (TruthProbability - OtherProbability);

    /// <summary>The variance of the estimated share of a choice in n responses, for k = 2 whatever the data: e^ε/((e^ε − 1)²·n).</summary>
    /// <param name="responses">n, positive.</param>
    /// <exception cref="InvalidOperationException">There are more than two choices: then it depends on the data.</exception>
    public double ShareVariance(long responses)
    {
        if (Choices != 2) throw new InvalidOperationException("The variance depends on the data for more than two choices.");
        return 1 / (4 * Math.Sinh(Epsilon / 2) * Math.Sinh(Epsilon / 2) * responses);
    }

    private long Offset(CoinStream coins)
    {
        while (true)
        {
            long offset = (long)coins.NextBelow((ulong)Choices);
            bool accepted = other.Draw(coins);
            if (accepted || offset == 0) return offset;
        }
    }
}
