using Tacit.Privacy.Accounting.Numerics;

namespace Tacit.Privacy.Accounting.PrivacyLoss;

/// <summary>A pair on a Poisson sample, in one direction: M = (1−q)Q + qP against Q (a record is removed), or Q against M (one is added).</summary>
/// <remarks>Zhu, Dong and Wang 2022, Theorem 11: these two dominate the sampled mechanism.</remarks>
internal sealed class SampledLoss(LossPair pair, double rate, bool added)
{
    private readonly double logRest = LogDomain.Log1p(-rate);

    public LossPair Pair => pair;

    public bool IsWhole => rate == 1;

    public bool HasDensity => pair is GaussianPair or LaplacePair;

    public double LeftOver => pair.LeftOver;

    /// <summary>The least and the largest loss worth a cell; beyond the largest lies at most e^logTail.</summary>
    public (double Least, double Most) Range(double logTail)
    {
        double highest = pair.HighestLoss(logTail), least = Sampled(-highest), most = Sampled(highest);
        return added ? (-most, -least) : (least, most);
    }

    public IEnumerable<LossAtom> Atoms()
    {
        foreach (LossAtom atom in pair.Atoms)
        {
            double loss = Sampled(atom.Loss), logQ = atom.LogProbability - atom.Loss;
            yield return added ? new LossAtom(-loss, logQ) : new LossAtom(loss, logQ + loss);   // M = Q e^loss
        }
    }

    /// <summary>The density's mass of losses in (from, to): under the law above and the law below.</summary>
    public LossMass Between(double from, double to)
    {
        LossMass mass = added ? pair.Between(Unsampled(-to), Unsampled(-from)) : pair.Between(Unsampled(from), Unsampled(to));
        double mixed = ((1 - rate) * mass.Q) + (rate * mass.P);
        return added ? new LossMass(mass.Q, mixed, mass.Error) : new LossMass(mixed, mass.Q, mass.Error);
    }

    private double Sampled(double loss)
    {
        if (rate == 1) return loss;
        return loss < 0.5 ? LogDomain.Log1p(rate * LogDomain.Expm1(loss)) : LogDomain.Add(logRest, Math.Log(rate) + loss);
    }

    private double Unsampled(double loss)
    {
        if (rate == 1 || double.IsPositiveInfinity(loss)) return loss;
        if (loss <= logRest) return double.NegativeInfinity;
        return loss > 30 ? loss - Math.Log(rate) + LogDomain.Log1p(-Math.Exp(logRest - loss)) : LogDomain.Log1p(LogDomain.Expm1(loss) / rate);
    }
}
