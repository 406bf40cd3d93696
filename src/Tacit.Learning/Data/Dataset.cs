using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Learning.Models;

namespace Tacit.Learning.Data;

/// <summary>Labelled examples, one per row, in memory.</summary>
/// <remarks>The arrays belong to the data set and must not change while it is used. Reading is thread-safe.</remarks>
public sealed class Dataset
{
    private static readonly ImmutableSortedDictionary<int, string> NoNames = ImmutableSortedDictionary<int, string>.Empty;

    /// <summary>Takes the arrays over.</summary>
    /// <param name="inputShape">The shape of one example.</param>
    /// <param name="features">[rows, InputShape.Size], row major.</param>
    /// <param name="labels">One per row, an index into <paramref name="classNames"/>.</param>
    /// <param name="classNames">The name of each class.</param>
    /// <exception cref="FailureException">SHAPE_MISMATCH: the lengths do not fit. INVALID_LABEL: a label is outside the
    /// classes.</exception>
    public Dataset(InputShape inputShape, float[] features, int[] labels, ImmutableArray<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(labels);
        if (features.LongLength != (long)labels.Length * inputShape.Size)
        {
            throw new FailureException(FailureCodes.ShapeMismatch,
                $"features has {features.Length} values; {labels.Length} labels of {inputShape} need "
                + $"{(long)labels.Length * inputShape.Size}; give one row per label.");
        }
        int bad = labels.AsSpan().IndexOfAnyExceptInRange(0, classNames.Length - 1);
        if (bad >= 0)
        {
            throw new FailureException(FailureCodes.InvalidLabel,
                $"label of row {bad} is {labels[bad]}; allowed: 0 to {classNames.Length - 1}; number the classes from 0.");
        }
        (InputShape, Features, Labels, ClassNames) = (inputShape, features, labels, classNames);
    }

    /// <summary>The shape of one example.</summary>
    public InputShape InputShape { get; }

    /// <summary>[Rows, InputShape.Size], row major. Do not change.</summary>
    public float[] Features { get; }

    /// <summary>One per row, an index into <see cref="ClassNames"/>. Do not change.</summary>
    public int[] Labels { get; }

    /// <summary>The name of each class.</summary>
    public ImmutableArray<string> ClassNames { get; }

    /// <summary>Whom each row comes from (a subject, a hospital), one per row; null when the source does not say.</summary>
    public int[]? ParticipantIds { get; init; }

    /// <summary>Names of the ids, where the source has names instead of numbers; otherwise empty.</summary>
    public ImmutableSortedDictionary<int, string> ParticipantNames { get; init; } = NoNames;

    /// <summary>The name of each feature, InputShape.Size of them; empty when the source has none.</summary>
    public ImmutableArray<string> FeatureNames { get; init; } = [];

    /// <summary>Number of examples.</summary>
    public int Rows => Labels.Length;

    /// <summary>The features of one example.</summary>
    /// <param name="row">In [0, <see cref="Rows"/>).</param>
    public ReadOnlySpan<float> Row(int row) => Features.AsSpan(row * InputShape.Size, InputShape.Size);

    /// <summary>Copies some rows, in the order given; rows may repeat.</summary>
    /// <param name="rows">Indices in [0, <see cref="Rows"/>).</param>
    public Dataset Subset(ReadOnlySpan<int> rows)
    {
        float[] features = new float[rows.Length * InputShape.Size];
        int[] labels = new int[rows.Length];
        int[]? participants = ParticipantIds is null ? null : new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            Row(rows[i]).CopyTo(features.AsSpan(i * InputShape.Size));
            labels[i] = Labels[rows[i]];
            if (participants is not null) participants[i] = ParticipantIds![rows[i]];
        }
        return With(InputShape, features, labels, participants);
    }

    /// <summary>Puts the rows of another data set of the same kind behind these.</summary>
    /// <param name="other">The same input shape and classes.</param>
    /// <exception cref="FailureException">SHAPE_MISMATCH: the shapes or classes differ.</exception>
    public Dataset Concat(Dataset other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.InputShape != InputShape || !other.ClassNames.SequenceEqual(ClassNames))
        {
            throw new FailureException(FailureCodes.ShapeMismatch,
                $"data sets of {InputShape} with {ClassNames.Length} classes and of {other.InputShape} with {other.ClassNames.Length} cannot be joined; "
                + "use the same columns and classes.");
        }
        int[]? participants = ParticipantIds is null || other.ParticipantIds is null ? null : [.. ParticipantIds, .. other.ParticipantIds];
        return With(InputShape, [.. Features, .. other.Features], [.. Labels, .. other.Labels], participants);
    }

    /// <summary>How many rows each class has.</summary>
    public int[] CountByClass()
    {
        int[] counts = new int[ClassNames.Length];
        foreach (int label in Labels) counts[label]++;
        return counts;
    }

    /// <summary>The same rows with other features.</summary>
    /// <param name="shape">The shape of one example.</param>
    /// <param name="features">[Rows, shape.Size], row major; taken over.</param>
    public Dataset WithFeatures(InputShape shape, float[] features) => With(shape, features, Labels, ParticipantIds);

    private Dataset With(InputShape shape, float[] features, int[] labels, int[]? participants) => new(shape, features, labels, ClassNames)
    {
        ParticipantIds = participants,
        ParticipantNames = ParticipantNames,
        FeatureNames = shape == InputShape ? FeatureNames : [],
    };
}
