using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Rounds;

namespace Tacit.Federation.Offers;

/// <summary>What participants are asked for in a round.</summary>
public enum RoundPurpose
{
    /// <summary>An update of the model in <see cref="RoundOffer.Vector"/>.</summary>
    Training = 0,

    /// <summary>The means of the local features.</summary>
    FeatureMeans = 1,

    /// <summary>The mean squares of the local features around the means in <see cref="RoundOffer.Vector"/>.</summary>
    FeatureSquares = 2,
}

/// <summary>What a coordinator asks of a participant, before anybody knows who else takes part. Shown to the participant's policy first.</summary>
/// <remarks>Comes from the coordinator, who may be hostile. The terms that follow must keep every word of it: <see cref="ThrowUnlessKept"/>.</remarks>
public sealed record RoundOffer
{
    /// <summary>Which job.</summary>
    public required string Job { get; init; }

    /// <summary>The round's number in the job, from 1; failed rounds use numbers up.</summary>
    public required long Round { get; init; }

    /// <summary>What is asked for.</summary>
    public required RoundPurpose Purpose { get; init; }

    /// <summary>The protocol's name.</summary>
    public required string Protocol { get; init; }

    /// <summary>Against whom the round protects.</summary>
    public required ProtectionMode Mode { get; init; }

    /// <summary>The fewest inputs that may be opened as a sum.</summary>
    public required int MinimumCohort { get; init; }

    /// <summary>Participants that were invited; the cohort is drawn from those that accept.</summary>
    public required int Invited { get; init; }

    /// <summary>How long participants have to compute their update.</summary>
    public required TimeSpan AnswerWithin { get; init; }

    /// <summary>How an update becomes a contribution.</summary>
    public required ContributionPlan Plan { get; init; }

    /// <summary>The model's parameters, or what <see cref="Purpose"/> says; public to all participants.</summary>
    public required float[] Vector { get; init; }

    /// <summary>Means of the features, known once their rounds are over; empty where features stay as they are.</summary>
    public double[] FeatureMeans { get; init; } = [];

    /// <summary>Mean squares of the features; as long as <see cref="FeatureMeans"/>.</summary>
    public double[] FeatureSquares { get; init; } = [];

    /// <summary>SHA-256 of <see cref="Vector"/>: the model that the terms must name.</summary>
    public ImmutableArray<byte> VectorHash => HashOf(Vector);

    /// <summary>SHA-256 of a vector in single precision, little-endian.</summary>
    /// <param name="vector">Any length.</param>
    public static ImmutableArray<byte> HashOf(ReadOnlySpan<float> vector) => [.. SHA256.HashData(MemoryMarshal.AsBytes(vector))];

    /// <summary>Refuses terms that are not the ones that were offered: a downgrade between offer and round.</summary>
    /// <param name="terms">What the coordinator wants the round to be.</param>
    /// <exception cref="FailureException"><see cref="FailureCodes.TermsRefused"/> or what <see cref="ContributionPlan.ThrowUnlessFits"/> says.</exception>
    public void ThrowUnlessKept(RoundTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        ThrowUnless(terms.Job == Job && terms.Round == Round, "job and round", $"{terms.Job} {terms.Round}", $"{Job} {Round}");
        ThrowUnless(terms.Protocol == Protocol, "protocol", terms.Protocol, Protocol);
        ThrowUnless(terms.Protection.Mode == Mode, "mode", $"{terms.Protection.Mode}", $"{Mode}");
        ThrowUnless(terms.MinimumCohort >= MinimumCohort, "minimum-cohort", $"{terms.MinimumCohort}", $"at least {MinimumCohort}");
        ThrowUnless(terms.ModelHash.AsSpan().SequenceEqual(VectorHash.AsSpan()), "model", "another one", "the one that was offered");
        Plan.ThrowUnlessFits(terms);
    }

    private void ThrowUnless(bool holds, string field, string found, string offered)
    {
        if (!holds) throw new FailureException(FailureCodes.TermsRefused, $"{field} is {found} in the terms of round {Round}; the offer said {offered}: nothing was contributed");
    }
}
