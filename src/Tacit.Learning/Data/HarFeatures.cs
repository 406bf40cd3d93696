using Tacit.Aggregation.Failures;
using Tacit.Learning.Models;

namespace Tacit.Learning.Data;

/// <summary>The 561 features per window of UCI HAR, scaled to [−1, 1] (Anguita et al. 2013).</summary>
public static class HarFeatures
{
    private const int FeatureCount = 561;

    /// <summary>
    /// Reads either <c>har_features561_train.csv</c> (subject, activity, f1 to f561) or the original <c>X_train.txt</c> and its
    /// companions.
    /// </summary>
    /// <param name="lookup">Relative path, without <c>.gz</c>, to decompressed content; null or empty when there is no such file.</param>
    /// <returns>Shape 1 × 561, six classes, participant ids 1 to 30.</returns>
    /// <exception cref="FailureException">MISSING_FIELD names the files looked for; SHAPE_MISMATCH, INVALID_LABEL and the codes of the
    /// readers.</exception>
    public static TrainTestSplit Read(Func<string, ReadOnlyMemory<byte>?> lookup)
    {
        lookup = Activities.WithoutEmpty(lookup);
        return new TrainTestSplit(ReadPart(lookup, "train"), ReadPart(lookup, "test"));
    }

    private static Dataset ReadPart(Func<string, ReadOnlyMemory<byte>?> lookup, string part) =>
        lookup($"har_features561_{part}.csv") is ReadOnlyMemory<byte> table ? ReadTable(table, part) : ReadOriginal(lookup, part);

    private static Dataset ReadTable(ReadOnlyMemory<byte> content, string part)
    {
        CsvTable table = CsvTable.Parse(content, $"har_features561_{part}.csv");
        Dataset numbered = CsvDataset.From(table, "subject", "activity", [], ["1", "2", "3", "4", "5", "6"]);
        return new Dataset(numbered.InputShape, numbered.Features, numbered.Labels, Activities.Names)
        {
            ParticipantIds = numbered.ParticipantIds,
            FeatureNames = numbered.FeatureNames,
        };
    }

    private static Dataset ReadOriginal(Func<string, ReadOnlyMemory<byte>?> lookup, string part)
    {
        (ReadOnlyMemory<byte> content, string path) = Activities.Find(
            lookup, $"{part}/X_{part}.txt", $"X_{part}.txt", $"har_features561_{part}.csv");
        float[] features = NumberText.Read(content.Span, FeatureCount, path);
        (ReadOnlyMemory<byte> labelText, string labelPath) = HarWindows.Find(lookup, part, $"y_{part}.txt");
        (ReadOnlyMemory<byte> subjectText, string subjectPath) = HarWindows.Find(lookup, part, $"subject_{part}.txt");
        int[] labels = Activities.Labels(NumberText.ReadIntegers(labelText.Span, labelPath), labelPath);
        int[] subjects = NumberText.ReadIntegers(subjectText.Span, subjectPath);
        if (subjects.Length != labels.Length)
        {
            throw new FailureException(FailureCodes.ShapeMismatch,
                $"{subjectPath}: {subjects.Length} subjects for {labels.Length} labels; fetch the files again.");
        }
        return new Dataset(InputShape.Vector(FeatureCount), features, labels, Activities.Names) { ParticipantIds = subjects };
    }
}
