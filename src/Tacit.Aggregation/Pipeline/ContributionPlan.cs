using System.Numerics;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Rings;

namespace Tacit.Aggregation.Pipeline;

/// <summary>How an update becomes a contribution and a sum becomes a mean. Both sides hold it and its hash is part of <c>RoundId</c>.</summary>
public abstract record ContributionPlan
{
    private protected ContributionPlan()
    {
    }

    /// <summary>d: elements of an update.</summary>
    public required int Dimension { get; init; }

    /// <summary>n: the most participants whose contributions are added.</summary>
    public required int Participants { get; init; }

    /// <summary>b: bits of one residue of the sum.</summary>
    public abstract int Bits { get; }

    /// <summary>Residues of a contribution.</summary>
    public abstract int Length { get; }

    /// <summary>ℤ/2ᵇ.</summary>
    public ResidueRing Ring => new(Bits);

    /// <summary>SHA-256 of everything both sides have to agree on.</summary>
    public abstract byte[] Hash();

    /// <summary>Refuses a plan that cannot be kept, before any data is touched.</summary>
    /// <exception cref="FailureException">The field, its value and what is allowed.</exception>
    public abstract void Validate();

    /// <summary>Refuses a round that this plan does not belong to, or whose sum could wrap: terms come from the coordinator, who may be hostile.</summary>
    /// <param name="terms">The round.</param>
    /// <exception cref="FailureException">
    /// <see cref="FailureCodes.InvalidValue"/>: the terms name another plan. <see cref="FailureCodes.VectorDimensionMismatch"/>: another length.
    /// <see cref="FailureCodes.ModulusTooSmall"/>: the cohort is too large for the ring.
    /// </exception>
    public void ThrowUnlessFits(RoundTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        terms.Validate();
        if (!terms.PlanHash.AsSpan().SequenceEqual(Hash())) throw new FailureException(FailureCodes.InvalidValue, $"plan-hash of round {terms.Round} is another than that of the plan at hand; it must be the same");
        if (terms.Length != Length) throw new FailureException(FailureCodes.VectorDimensionMismatch, $"length is {terms.Length}; the plan says {Length}");
        if (terms.Ring != Ring) throw new FailureException(FailureCodes.ModulusTooSmall, $"bits is {terms.Ring.Bits}; the plan says {Bits}");
        ThrowIfWraps(terms.Cohort.Length);
    }

    /// <summary>Refuses a cohort whose sum could wrap more often than the plan says.</summary>
    private protected abstract void ThrowIfWraps(int participants);

    private protected static void Check<TNumber>(bool holds, string field, TNumber value, string allowed) where TNumber : INumber<TNumber>
    {
        if (!holds) throw new FailureException(FailureCodes.InvalidValue, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{field} is {value}; it must be {allowed}"));
    }
}
