using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Numerics;
using Tacit.Privacy.Sampling;

namespace Tacit.Privacy.Mechanisms;

/// <summary>Local ε-differential privacy of one of many choices: a bit for each, the true one kept by a fair coin, the others set with 1/(e^ε + 1).</summary>
/// <remarks>
/// Optimised unary encoding: Wang, Blocki, Li and Jha 2017. Better than <see cref="RandomizedResponse"/> from about 3e^ε + 2 choices on.
/// Exact: the rare bit is a fair coin whose heads count only with probability exp(−ε). Both coins are drawn for every bit, so time does not
/// depend on the choice.
/// </remarks>
public sealed class UnaryEncoding
{
    private readonly BernoulliSampler other;

    private UnaryEncoding(double epsilon, int choices, BernoulliSampler other) => (Epsilon, Choices, this.other) = (epsilon, choices, other);

    /// <summary>ε of one report.</summary>
    public double Epsilon { get; }

    /// <summary>Bits of a report.</summary>
    public int Choices { get; }

    /// <summary>p = 1/2: how often the true bit is set.</summary>
    public double TrueProbability { get; } = 0.5;

    /// <summary>q = 1/(e^ε + 1): how often each other bit is.</summary>
    public double OtherProbability => 1 / (Math.Exp(Epsilon) + 1);

    /// <summary>Prepares reports.</summary>
    /// <param name="epsilon">ε, positive; taken as the exact fraction that the double is.</param>
    /// <param name="choices">At least 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range.</exception>
    public static UnaryEncoding Create(double epsilon, int choices)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(choices, 2);
        return new UnaryEncoding(epsilon, choices, BernoulliSampler.ExpOfMinus(Rational.FromDouble(PositiveNumber.Checked(epsilon, nameof(epsilon)))));
    }

    /// <summary>Reports one choice.</summary>
    /// <param name="choice">In [0, <see cref="Choices"/>).</param>
    /// <param name="random">Where the coins come from.</param>
    /// <param name="report">A bit for each choice; overwritten.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such choice.</exception>
    /// <exception cref="ArgumentException">The report has another length.</exception>
    public void Encode(int choice, IRandomSource random, Span<bool> report)
    {
        if (choice < 0 || choice >= Choices) throw new ArgumentOutOfRangeException(nameof(choice), $"A choice lies in [0, {Choices}).");
        if (report.Length != Choices) throw new ArgumentException($"A report has {Choices} bits.", nameof(report));
        using CoinStream coins = CoinStream.From(random);
        for (int i = 0; i < report.Length; i++)
        {
            bool fair = coins.NextBit(), rare = Rare(coins), own = i == choice;
            report[i] = (own & fair) | (!own & rare);
        }
    }

    /// <summary>The unbiased estimate of how many made a choice, from how many reports have its bit set.</summary>
    /// <param name="seen">Reports with the bit.</param>
    /// <param name="reports">All reports.</param>
    public double Estimate(long seen, long reports) => (seen - reports * OtherProbability) / (TrueProbability - OtherProbability);

    /// <summary>The variance of the estimated share of a choice that hardly anybody makes, in n reports: 4e^ε/((e^ε − 1)²·n).</summary>
    /// <param name="reports">n, positive.</param>
    public double RareShareVariance(long reports) => 1 / (Math.Sinh(Epsilon / 2) * Math.Sinh(Epsilon / 2) * reports);

    private bool Rare(CoinStream coins)
    {
        while (true)
        {
            bool heads = coins.NextBit(), accepted = other.Draw(coins);
            if (!heads) return false;
            if (accepted) return true;
        }
    }
}
