using System.Collections.Immutable;
using System.Diagnostics;
using Tacit.Learning.Training;

namespace Tacit.Simulation.Jobs;

/// <summary>What the participants of one round know of their own training. Each participant is trained by one thread at a time.</summary>
internal sealed class LocalRound(int participants)
{
    private readonly List<ModelUpdate>?[] updates = new List<ModelUpdate>?[participants];
    private readonly long[] ticks = new long[participants];

    public ModelUpdate Train(int participant, Func<ModelUpdate> train)
    {
        long start = Stopwatch.GetTimestamp();
        ModelUpdate update = train();
        ticks[participant] += Stopwatch.GetElapsedTime(start).Ticks;
        (updates[participant] ??= []).Add(update with { Delta = [] });
        return update;
    }

    public RoundReport Complete(RoundReport report, ImmutableArray<string> names) => report with
    {
        TrainingTime = new TimeSpan(ticks.Sum()),
        Local = [.. Enumerable.Range(0, updates.Length).Where(i => updates[i] is not null).Select(i => Report(names[i], updates[i]!, new TimeSpan(ticks[i])))],
    };

    private static LocalReport Report(string name, List<ModelUpdate> shards, TimeSpan time)
    {
        int examples = shards.Sum(shard => shard.Examples);
        double loss = shards.Sum(shard => shard.MeanLoss * shard.Examples) / Math.Max(1, examples);
        return new LocalReport(name, loss, examples, time, shards[0].DpSgd);
    }
}
