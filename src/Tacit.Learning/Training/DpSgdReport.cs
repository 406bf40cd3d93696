namespace Tacit.Learning.Training;

/// <summary>What differentially private training of one round did.</summary>
/// <param name="Steps">Noised steps, empty batches among them: what an accountant composes.</param>
/// <param name="EmptyBatches">Steps for which nobody was drawn. Sensitive, like all that follows: it stays with the participant.</param>
/// <param name="Drawn">Examples drawn over all steps, one as often as it was drawn.</param>
/// <param name="Clipped">Of them, how many had a gradient longer than the bound.</param>
/// <param name="NotFinite">Of them, how many had a gradient with NaN or infinity, which counted as 0.</param>
/// <param name="Simulated">Whether coins and noise came from a seed: the update is then <b>not private</b>.</param>
public sealed record DpSgdReport(int Steps, int EmptyBatches, long Drawn, long Clipped, long NotFinite, bool Simulated)
{
    /// <summary>The share of the drawn examples that was clipped; 0 when none was drawn. Sensitive.</summary>
    public double ClippedFraction => Drawn == 0 ? 0 : (double)Clipped / Drawn;

    /// <summary>Counts alone: what is sensitive is not written to logs by accident.</summary>
    public override string ToString() => $"{Steps} private steps{(Simulated ? ", simulated" : "")}";
}
