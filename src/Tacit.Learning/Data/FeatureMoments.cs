namespace Tacit.Learning.Data;

/// <summary>
/// The first two moments of each feature over some rows: what a participant gives into a secure sum so that all can standardise alike.
/// </summary>
/// <param name="Mean">Per feature or per channel, in its unit.</param>
/// <param name="MeanSquare">As long, in squared units.</param>
/// <param name="Rows">The rows behind them: the weight in a mean over participants.</param>
public sealed record FeatureMoments(double[] Mean, double[] MeanSquare, int Rows);
