namespace Tacit.Learning.Training;

/// <summary>What one participant learnt in one round. Private until it has been clipped, noised and protected.</summary>
/// <param name="Delta">Length d: local parameters minus global parameters. Owned by the receiver.</param>
/// <param name="Examples">Local rows, the weight of FedAvg.</param>
/// <param name="MeanLoss">Mean training loss over the rows of the last epoch, measured before each step.</param>
public sealed record ModelUpdate(float[] Delta, int Examples, double MeanLoss)
{
    /// <summary>What private training did, or null without it.</summary>
    public DpSgdReport? DpSgd { get; init; }
}
