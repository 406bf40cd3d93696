using System.IO;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Learning.Models;
using Tacit.Privacy.Clipping;
using Tacit.Simulation.Files;

namespace Tacit.Simulation.Jobs;

/// <summary>Loads a plan's examples and deals them out.</summary>
public static class JobData
{
    /// <summary>Loads the examples and sets some apart for testing.</summary>
    /// <param name="plan">Format and split.</param>
    /// <param name="path">File or folder; null for generated data.</param>
    /// <param name="seed">For generated data and random splits.</param>
    /// <exception cref="FailureException">The file or what is in it is refused.</exception>
    public static TrainTestSplit Load(DataPlan plan, string? path, ulong seed)
    {
        if (plan.Format != "synthetic-activity" && path is null)
        {
            throw new FailureException(FailureCodes.MissingValue, $"data.format is {plan.Format}, which needs files: give --data or data.path");
        }

        TrainTestSplit split = plan.Format switch
        {
            "synthetic-activity" => Split(SyntheticActivity.Generate(plan.Persons, plan.Windows, new SeededRandomSource(seed, "synthetic")), plan, seed),
            "har-windows" => WithFolder(path!, folder => HarWindows.Read(folder.Find)),
            "har-features" => WithFolder(path!, folder => HarFeatures.Read(folder.Find)),
            "motion-sense" => WithFolder(path!, folder => Split(MotionSense.Read(folder.Find), plan, seed)),
            "csv" when path!.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) => throw new FailureException(FailureCodes.MalformedFile, $"{System.IO.Path.GetFileName(path)} is an archive; a table is read from a .csv or .csv.gz file: unpack it"),
            "csv" => Split(ReadCsv(plan, path!), plan, seed),
            "npy" => WithFolder(path!, folder => ReadNpy(folder, plan, seed)),
            "idx" => WithFolder(path!, folder => ReadIdx(folder, plan, seed)),
            _ => throw new FailureException(FailureCodes.InvalidValue, $"data.format is {plan.Format}; it is not a format"),
        };
        if (plan.Format.StartsWith("har", StringComparison.Ordinal) && plan.TestParticipants.Length > 0) split = Split(split.Train.Concat(split.Test), plan, seed);
        split = split with { Source = DataIdentity.Of(split.Train, split.Test) };
        if (!plan.Channels.IsEmpty) split = split with { Train = Select(split.Train, plan), Test = Select(split.Test, plan) };
        return plan.RowNorm is { } norm ? split with { Train = ScaleRows(split.Train, norm), Test = ScaleRows(split.Test, norm) } : split;
    }

    /// <summary>Deals the training examples out.</summary>
    /// <param name="plan">How.</param>
    /// <param name="train">The training examples.</param>
    /// <param name="seed">For random partitions.</param>
    public static Partition Deal(PartitionPlan plan, Dataset train, ulong seed)
    {
        SeededRandomSource random = new(seed, "partition");
        return plan.Kind switch
        {
            "natural" => Partitioning.Natural(train),
            "auto" when train.ParticipantIds is not null => Partitioning.Natural(train),
            "dirichlet" => Partitioning.Dirichlet(train, plan.Participants, plan.Alpha, random),
            "shard" => Partitioning.Shards(train, plan.Participants, plan.Shards, random),
            "size" => Partitioning.PowerLawSizes(train, plan.Participants, plan.Exponent, random),
            _ => Partitioning.Iid(train, plan.Participants, random),
        };
    }

    /// <summary>Splits one participant's rows into disjoint shards of nearly equal size, the same in every round.</summary>
    /// <param name="rows">Of one participant.</param>
    /// <param name="count">M.</param>
    /// <param name="random">Which row goes where.</param>
    public static IEnumerable<Dataset> Shards(Dataset rows, int count, IRandomSource random)
    {
        if (count == 1) return [rows];
        int[] order = [.. Enumerable.Range(0, rows.Rows)];
        random.Shuffle<int>(order);
        return Enumerable.Range(0, count).Select(shard => rows.Subset([.. order.Where((_, i) => i % count == shard)]));
    }

    private static TrainTestSplit WithFolder(string path, Func<DataFolder, TrainTestSplit> read)
    {
        using DataFolder folder = DataFolder.Open(path);
        return read(folder);
    }

    private static Dataset ReadCsv(DataPlan plan, string path)
    {
        string file = Path.GetFileName(path);
        CsvTable table = CsvTable.Parse(DataFiles.Read(path), file);
        return CsvDataset.From(table, plan.Participant, plan.Label!, [.. plan.Ignore]);
    }

    private static TrainTestSplit ReadIdx(DataFolder folder, DataPlan plan, ulong seed)
    {
        if (FindAny(folder, "train-images-idx3-ubyte", "mnist-train-images-idx3-ubyte") is not { } images
            || FindAny(folder, "train-labels-idx1-ubyte", "mnist-train-labels-idx1-ubyte") is not { } labels)
        {
            throw new FailureException(FailureCodes.MissingField, "train-images-idx3-ubyte and train-labels-idx1-ubyte (also with mnist- in front and .gz behind) were looked for and not found");
        }

        Dataset train = Idx.Read(images.Span, labels.Span, "train-images-idx3-ubyte");
        return FindAny(folder, "t10k-images-idx3-ubyte", "mnist-t10k-images-idx3-ubyte") is { } testImages
            && FindAny(folder, "t10k-labels-idx1-ubyte", "mnist-t10k-labels-idx1-ubyte") is { } testLabels
            ? new TrainTestSplit(train, Idx.Read(testImages.Span, testLabels.Span, "t10k-images-idx3-ubyte"))
            : Split(train, plan, seed);
    }

    private static TrainTestSplit ReadNpy(DataFolder folder, DataPlan plan, ulong seed)
    {
        NpyArray features = Npy.Read(folder.Find("features.npy") ?? throw Missing("features.npy"), "features.npy");
        NpyArray labels = Npy.Read(folder.Find("labels.npy") ?? throw Missing("labels.npy"), "labels.npy");
        int[] classes = labels.ToIntegers();
        int rows = features.Shape.Length > 0 ? features.Shape[0] : 0;
        if (features.Shape.Length is < 2 or > 3 || rows != classes.Length || rows == 0)
        {
            throw new FailureException(FailureCodes.ShapeMismatch, $"features.npy has shape ({string.Join(", ", features.Shape)}) and labels.npy {classes.Length} values; needed are (rows, features) or (rows, channels, steps) and one label a row");
        }

        int least = classes.Min();
        long spread = (long)classes.Max() - least + 1;
        if (spread is < 2 or > 10_000) throw new FailureException(FailureCodes.InvalidLabel, $"labels.npy has labels from {least} to {classes.Max()}; 2 to 10000 classes are allowed");
        int count = (int)spread;
        InputShape shape = features.Shape.Length == 3 ? new InputShape(features.Shape[1], features.Shape[2]) : InputShape.Vector(features.Shape[1]);
        Dataset data = new(shape, features.ToSingles(), [.. classes.Select(c => c - least)], [.. Enumerable.Range(least, count).Select(c => c.ToString(System.Globalization.CultureInfo.InvariantCulture))])
        {
            ParticipantIds = folder.Find("participants.npy") is { } ids ? Npy.Read(ids, "participants.npy").ToIntegers() : null,
        };
        return Split(data, plan, seed);
    }

    private static FailureException Missing(string file) => new(FailureCodes.MissingField, $"{file} (also as {file}.gz) was looked for and not found");

    private static ReadOnlyMemory<byte>? FindAny(DataFolder folder, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (folder.Find(name) is { } content) return content;
        }

        return null;
    }

    // Whole participants where the data says whose rows are whose: their windows overlap. Rows otherwise.
    private static TrainTestSplit Split(Dataset data, DataPlan plan, ulong seed)
    {
        SeededRandomSource random = new(seed, "split");
        bool[] test = new bool[data.Rows];
        if (data.ParticipantIds is { } ids)
        {
            int[] all = [.. ids.Distinct().Order()];
            Dictionary<string, int> named = all.ToDictionary(id => data.ParticipantNames.GetValueOrDefault(id) ?? id.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparer.Ordinal);
            if (plan.TestParticipants.FirstOrDefault(name => !named.ContainsKey(name)) is { } stranger) throw new FailureException(FailureCodes.InvalidValue, $"data.test.participants names {stranger}; the data has {string.Join(", ", named.Keys.Take(20))}{(all.Length > 20 ? ", …" : "")}");
            HashSet<int> kept = [.. plan.TestParticipants.IsEmpty ? Draw(all, plan.TestFraction, random) : plan.TestParticipants.Select(name => named[name])];
            for (int i = 0; i < test.Length; i++) test[i] = kept.Contains(ids[i]);
        }
        else
        {
            foreach (int row in Draw([.. Enumerable.Range(0, data.Rows)], plan.TestFraction, random)) test[row] = true;
        }

        int[] train = [.. Enumerable.Range(0, data.Rows).Where(i => !test[i])], held = [.. Enumerable.Range(0, data.Rows).Where(i => test[i])];
        if (train.Length == 0 || held.Length == 0) throw new FailureException(FailureCodes.EmptyData, $"the split leaves {train.Length} rows for training and {held.Length} for testing; change data.test");
        return new TrainTestSplit(data.Subset(train), data.Subset(held));
    }

    private static int[] Draw(int[] from, double fraction, SeededRandomSource random)
    {
        random.Shuffle<int>(from);
        return from[..Math.Clamp((int)Math.Round(fraction * from.Length), 1, Math.Max(1, from.Length - 1))];
    }

    private static Dataset ScaleRows(Dataset data, double norm)
    {
        float[] features = (float[])data.Features.Clone();
        int size = data.InputShape.Size;
        for (int row = 0; row < data.Rows; row++)
        {
            Span<float> values = features.AsSpan(row * size, size);
            double length = NormClipping.Norm(values);
            if (length == 0) continue;
            foreach (ref float value in values) value = (float)(value / length * norm);
        }

        return data.WithFeatures(data.InputShape, features);
    }

    private static Dataset Select(Dataset data, DataPlan plan)
    {
        InputShape shape = data.InputShape;
        if (plan.Channels.FirstOrDefault(c => c >= shape.Channels, -1) is var wrong and >= 0) throw new FailureException(FailureCodes.InvalidValue, $"data.channels names {wrong}; the data has channels 0 to {shape.Channels - 1}");
        InputShape selected = new(plan.Channels.Length, shape.Steps);
        float[] features = new float[data.Rows * selected.Size];
        for (int row = 0; row < data.Rows; row++)
        {
            for (int c = 0; c < plan.Channels.Length; c++)
            {
                data.Row(row).Slice(plan.Channels[c] * shape.Steps, shape.Steps).CopyTo(features.AsSpan((row * selected.Size) + (c * shape.Steps)));
            }
        }

        return data.WithFeatures(selected, features);
    }
}
