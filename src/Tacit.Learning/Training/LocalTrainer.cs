using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Data;
using Tacit.Learning.Models;

namespace Tacit.Learning.Training;

/// <summary>The participant's half of federated averaging (McMahan et al. 2017, Algorithm 1, ClientUpdate).</summary>
public static class LocalTrainer
{
    /// <summary>Trains from the global parameters on local rows.</summary>
    /// <param name="network">Its workspace is used: one training at a time.</param>
    /// <param name="globalParameters">Length <see cref="Network.ParameterCount"/>; not changed.</param>
    /// <param name="data">At least one row.</param>
    /// <param name="training">Epochs, batches, optimiser.</param>
    /// <param name="random">
    /// Shuffles each epoch and seeds dropout; in private training also the coins and the noise, which then need a production source. The
    /// same stream gives the same update on the same machine.
    /// </param>
    /// <param name="loop">Spreads the work of private training; null for the calling thread.</param>
    /// <exception cref="FailureException">
    /// EMPTY_DATA: no rows. SHAPE_MISMATCH: the network does not fit. INVALID_VALUE: the training cannot be done. UPDATE_NOT_FINITE:
    /// training diverged.
    /// </exception>
    public static ModelUpdate Train(
        Network network,
        ReadOnlySpan<float> globalParameters,
        Dataset data,
        LocalTraining training,
        IRandomSource random,
        IParallelLoop? loop = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(training);
        training.Validate();
        if (data.Rows == 0)
        {
            throw new FailureException(FailureCodes.EmptyData,
                "the local data has 0 rows; give at least one or leave the round.");
        }
        Evaluation.RequireFit(network, data);
        network.Layout.RequireLength(globalParameters.Length);

        float[] parameters = globalParameters.ToArray();
        (DpSgdReport? report, double loss) = training.DpSgd is { } settings
            ? TrainPrivately(parameters, training, new DpSgdTrainer(network, data, settings, loop ?? SequentialLoop.Instance, random))
            : (null, TrainInEpochs(network, parameters, globalParameters, data, training, random));
        VectorLoops.AddScaled(parameters, globalParameters, -1);
        RequireFinite(parameters);
        return new ModelUpdate(parameters, data.Rows, loss) { DpSgd = report };
    }

    private static (DpSgdReport? Report, double Loss) TrainPrivately(
        float[] parameters, LocalTraining training, DpSgdTrainer trainer)
    {
        ILocalOptimizer optimizer = training.CreateOptimizer();
        if (training.Proximal > 0) optimizer = new ProximalOptimizer(optimizer, [.. parameters], (float)training.Proximal);
        return trainer.Train(parameters, optimizer, training.Epochs);
    }

    private static double TrainInEpochs(
        Network network, float[] parameters, ReadOnlySpan<float> globalParameters, Dataset data, LocalTraining training, IRandomSource random)
    {
        ILocalOptimizer optimizer = training.CreateOptimizer();
        float[] gradient = new float[parameters.Length];
        int size = data.InputShape.Size;
        float[] features = new float[Math.Min(training.BatchSize, data.Rows) * size];
        int[] labels = new int[Math.Min(training.BatchSize, data.Rows)];
        int[] order = [.. Enumerable.Range(0, data.Rows)];
        double loss = 0;
        for (int epoch = 0; epoch < training.Epochs; epoch++)
        {
            random.Shuffle(order.AsSpan());
            loss = 0;
            for (int first = 0; first < order.Length; first += labels.Length)
            {
                int batch = Math.Min(labels.Length, order.Length - first);
                for (int i = 0; i < batch; i++)
                {
                    data.Row(order[first + i]).CopyTo(features.AsSpan(i * size));
                    labels[i] = data.Labels[order[first + i]];
                }
                loss += batch * network.LossAndGradient(parameters, features.AsSpan(0, batch * size), labels.AsSpan(0, batch), gradient, random);
                if (training.Proximal > 0) VectorLoops.AddScaledDifference(gradient, parameters, globalParameters, (float)training.Proximal);
                optimizer.Step(parameters, gradient);
            }
        }
        return loss / data.Rows;
    }

    private static void RequireFinite(float[] delta)
    {
        for (int i = 0; i < delta.Length; i++)
        {
            if (float.IsFinite(delta[i])) continue;
            throw new FailureException(FailureCodes.UpdateNotFinite,
                FormattableString.Invariant($"update[{i}] is {delta[i]}; it must be finite; lower training.learning-rate or scale the features."));
        }
    }
}
