using Tacit.Privacy.Accounting.Curves;

namespace Tacit.Learning.Clustering.Stages;

/// <summary>Which method suits public numbers, and its sizes. The constants were fitted on generated mixtures of Gaussians, never on a published data set.</summary>
/// <remarks><c>bench clustering</c> repeats the comparison on such mixtures.</remarks>
internal static class MethodChoice
{
    /// <summary>Cells beyond which a histogram costs more traffic than it finds.</summary>
    public const int MostCells = 1 << 17;

    /// <summary>With two cells an axis, a grid of more dimensions has more cells than that.</summary>
    public const int MostHistogramDimensions = 17;

    private const int MostBits = 12;
    private const double SummaryPart = 0.4;
    private const double SummaryNoise = 0.5;   // largest squared error of a group's mean over the squared radius

    /// <summary>The method for these numbers.</summary>
    public static ClusteringMethod For(ClusteringRequest request)
    {
        if (request.Method != ClusteringMethod.Auto) return request.Method;
        int d = request.Dimension;
        if (d <= 4) return CellsWanted(request, request.Epsilon) > MostCells ? ClusteringMethod.HistogramLloyd : ClusteringMethod.Histogram;
        if (d > 8) return ClusteringMethod.SummaryLloyd;

        // Squared error of one Lloyd round's centres over the squared radius, all of the budget spent on it.
        double error = CentreError(request);
        if (error > (d <= 6 ? 0.004 : 0.03)) return ClusteringMethod.Histogram;
        return d == 5 || error > (d == 6 ? 0.001 : 0.003) ? ClusteringMethod.HistogramLloyd : ClusteringMethod.SummaryLloyd;
    }

    /// <summary>M: cells of a histogram.</summary>
    public static double Cells(ClusteringRequest request, double epsilon) => Math.Clamp(CellsWanted(request, epsilon), 2, MostCells);

    // The noise of M k/(nε)² against the (k/M)^(4/d) of cells that are too coarse: M grows as (nε)^(2d/(d+4)). The factor and the power of k are fitted.
    private static double CellsWanted(ClusteringRequest request, double epsilon)
    {
        double signal = request.Records * epsilon;
        bool weak = signal < HistogramStage.WeakSignal * request.Clusters;   // clusters are found at all before their centres are placed well
        double factor = request.Dimension switch { 1 => 1, 2 => weak ? 0.42 : 0.3, 3 => 0.25, _ => 0.3 };
        return Math.Min(signal, factor * Math.Pow(request.Clusters, 2.0 / 3) * Math.Pow(signal, 2.0 * request.Dimension / (request.Dimension + 4)));
    }

    /// <summary>Whether a part of ε is better spent on a Lloyd round after the histogram: its error on a centre is a negligible part of a cluster's spread.</summary>
    public static bool RefinesHistogram(ClusteringRequest request, double part)
    {
        const double Negligible = 0.0001;
        double signal = part * request.Epsilon * request.Records / Math.Sqrt(Inflation(request));
        return request.Dimension <= 4 && 2.16 * request.Dimension * request.Dimension * request.Clusters * (double)request.Clusters / (signal * signal) < Negligible;
    }

    /// <summary>b: hyperplanes of a summary; 0 where the groups would be more noise than records.</summary>
    public static int SummaryBits(ClusteringRequest request)
    {
        double noise = Multiplier(request) * Math.Sqrt(Inflation(request)) / (request.Records * Math.Sqrt(SummaryPart));
        int bits = 0;
        while (bits < MostBits && request.Dimension * Math.Pow(noise * (1 << (bits + 1)), 2) <= SummaryNoise) bits++;
        return 1 << bits > request.Clusters ? bits : 0;
    }

    private static double CentreError(ClusteringRequest request) => request.Dimension * Math.Pow(Multiplier(request) * request.Clusters / request.Records, 2);

    private static double Multiplier(ClusteringRequest request) => GaussianAccounting.NoiseMultiplier(request.Epsilon, request.Delta);

    // Variance of the noise that is there over that of the noise that is certain.
    private static double Inflation(ClusteringRequest request) => (double)request.Participants / request.NoiseShares;
}
