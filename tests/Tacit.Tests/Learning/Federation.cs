using Tacit.Cryptography.Randomness;
using Tacit.Learning.Data;
using Tacit.Learning.Models;
using Tacit.Learning.Optimizers;
using Tacit.Learning.Training;

namespace Tacit.Tests.Learning;

/// <summary>Federated averaging in a loop: everybody takes part in every round, nothing is protected.</summary>
internal static class Federation
{
    public static LocalTraining Adam(int epochs) => new() { Epochs = epochs, LearningRate = 0.001, Optimizer = "adam" };

    /// <summary>The test accuracy after each round; features are standardised with the moments of the training rows.</summary>
    public static double[] Accuracies(
        (Dataset Train, Dataset Test) data, ModelSpecification specification, LocalTraining training, int rounds, bool perChannel)
    {
        FeatureMoments moments = Standardization.LocalMoments(data.Train, perChannel);
        Standardization standardization = Standardization.FromMoments(moments.Mean, moments.MeanSquare);
        Dataset train = standardization.Apply(data.Train), test = standardization.Apply(data.Test);
        Network network = Network.Create(specification, train.InputShape, train.ClassNames.Length);
        SeededRandomSource random = new(1);
        float[] model = new float[network.ParameterCount];
        network.Initialize(model, random);
        IServerOptimizer server = new ServerOptimization().Create();
        Dataset[] participants = [.. Partitioning.Natural(train).Split(train)];
        return [.. Enumerable.Range(0, rounds).Select(_ =>
        {
            server.Apply(model, Mean([.. participants.Select(mine => LocalTrainer.Train(network, model, mine, training, random))]));
            return Evaluation.Of(network, model, test).Accuracy;
        })];
    }

    private static float[] Mean(ModelUpdate[] updates)
    {
        double total = updates.Sum(update => update.Examples);
        float[] mean = new float[updates[0].Delta.Length];
        foreach (ModelUpdate update in updates)
            for (int i = 0; i < mean.Length; i++) mean[i] += (float)(update.Examples / total * update.Delta[i]);
        return mean;
    }
}
