using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Parallelism;
using Tacit.Learning.Data;

namespace Tacit.Learning.Models;

/// <summary>How a model does on labelled examples it was not trained on.</summary>
/// <param name="Examples">Rows evaluated.</param>
/// <param name="Accuracy">The share of rows whose largest output is their label, in [0, 1]; the first of equals counts.</param>
/// <param name="MeanLoss">Mean loss as in training, nothing dropped.</param>
/// <param name="Classes">One entry per class.</param>
/// <param name="Confusion">[true class][predicted class], in rows.</param>
public sealed record Evaluation(
    int Examples, double Accuracy, double MeanLoss, ImmutableArray<ClassEvaluation> Classes, ImmutableArray<ImmutableArray<int>> Confusion)
{
    /// <summary>Evaluates a classifier on every row of a data set.</summary>
    /// <param name="network">Its workspace is used: not while it trains.</param>
    /// <param name="parameters">Length <see cref="Network.ParameterCount"/>.</param>
    /// <param name="data">At least one row.</param>
    /// <param name="batchSize">Rows at once; larger needs more memory, the result is the same up to rounding.</param>
    /// <param name="loop">Spreads batches, with twins of the network; null for the calling thread. The result is the same.</param>
    /// <exception cref="FailureException">EMPTY_DATA: no rows. SHAPE_MISMATCH: the network does not fit the data.</exception>
    public static Evaluation Of(Network network, ReadOnlyMemory<float> parameters, Dataset data, int batchSize = 256, IParallelLoop? loop = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        if (data.Rows == 0) throw new FailureException(FailureCodes.EmptyData, "the data to evaluate on has 0 rows; give at least one.");
        RequireFit(network, data);

        int[,] confusion = new int[network.Outputs, network.Outputs];
        double[] losses = new double[((data.Rows - 1) / batchSize) + 1];   // added in order, whoever computed them
        ConcurrentBag<Network> idle = [network];
        (loop ?? SequentialLoop.Instance).For(losses.Length, i =>
        {
            Network own = idle.TryTake(out Network? one) ? one : network.Twin();
            int first = i * batchSize, batch = Math.Min(batchSize, data.Rows - first);
            float[] scores = new float[batch * own.Outputs];
            ReadOnlySpan<int> labels = data.Labels.AsSpan(first, batch);
            own.Predict(parameters.Span, data.Features.AsSpan(first * data.InputShape.Size, batch * data.InputShape.Size), scores);
            losses[i] = batch * own.LabelLoss(scores, labels, []);
            for (int row = 0; row < batch; row++) Interlocked.Increment(ref confusion[labels[row], Largest(scores.AsSpan(row * own.Outputs, own.Outputs))]);
            idle.Add(own);
        });
        return From(confusion, losses.Sum() / data.Rows, data);
    }

    /// <summary>Refuses a network that cannot take the rows of a data set.</summary>
    internal static void RequireFit(Network network, Dataset data)
    {
        if (network.Input.Size == data.InputShape.Size && network.Outputs >= data.ClassNames.Length) return;
        throw new FailureException(FailureCodes.ShapeMismatch,
            $"the model takes {network.Input} and tells {network.Outputs} classes apart; the data is {data.InputShape} with {data.ClassNames.Length}; "
            + "build the model for this data.");
    }

    private static Evaluation From(int[,] confusion, double meanLoss, Dataset data)
    {
        int classes = confusion.GetLength(0);
        ImmutableArray<ImmutableArray<int>> rows =
            [.. Enumerable.Range(0, classes).Select(i => Enumerable.Range(0, classes).Select(j => confusion[i, j]).ToImmutableArray())];
        ImmutableArray<ClassEvaluation> perClass = [.. Enumerable.Range(0, classes).Select(i => new ClassEvaluation(
            i < data.ClassNames.Length ? data.ClassNames[i] : "(unnamed)",
            Precision: Ratio(rows[i][i], rows.Sum(row => row[i])),
            Recall: Ratio(rows[i][i], rows[i].Sum()),
            Support: rows[i].Sum()))];
        int correct = Enumerable.Range(0, classes).Sum(i => rows[i][i]);
        return new Evaluation(data.Rows, (double)correct / data.Rows, meanLoss, perClass, rows);
    }

    private static double Ratio(int part, int whole) => whole == 0 ? 0 : (double)part / whole;

    private static int Largest(ReadOnlySpan<float> scores)
    {
        int best = 0;
        for (int i = 1; i < scores.Length; i++)
            if (scores[i] > scores[best]) best = i;
        return best;
    }
}

/// <summary>How a model does on one class.</summary>
/// <param name="Name">The class.</param>
/// <param name="Precision">Of the rows predicted as this class, the share that are; 0 when there are none.</param>
/// <param name="Recall">Of the rows of this class, the share predicted as it; 0 when there are none.</param>
/// <param name="Support">Rows of this class.</param>
public sealed record ClassEvaluation(string Name, double Precision, double Recall, int Support);
