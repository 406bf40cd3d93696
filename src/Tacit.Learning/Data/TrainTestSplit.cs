namespace Tacit.Learning.Data;

/// <summary>A data set with a test part that comes from other people than the training part.</summary>
/// <param name="Train">For participants.</param>
/// <param name="Test">For evaluation only.</param>
public sealed record TrainTestSplit(Dataset Train, Dataset Test)
{
    /// <summary>Names the rows that both parts were made of, before channels were selected or rows scaled; empty if nobody computed it.</summary>
    public string Source { get; init; } = "";
}
