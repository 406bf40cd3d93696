using System.Diagnostics;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Verbs;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Orchestration.Comparisons;
using Tacit.Simulation.Jobs;

namespace Tacit.Cli.Federations;

/// <summary>Trains centrally, plainly and securely on the same examples, with different numbers of participants, and reports every iteration.</summary>
internal static class ModeComparison
{
    /// <summary>The embedded demo with few enough windows to compare in a minute.</summary>
    public static LocalPlan DefaultPlan => new("demo.yaml", DemoVerb.ReadResource("demo.yaml"), ["cohort.size=auto", "cohort.minimum=2"], Data: null);

    /// <summary>Runs all; central training once for each number of participants, because it has their examples.</summary>
    /// <exception cref="FailureException">The plan or its data do not allow it.</exception>
    public static void Run(LocalPlan local, ComparisonRequest request, IProgress<ComparisonRow> rows, CancellationToken stopping)
    {
        TrainingPlan plan = local.Read();
        TrainTestSplit data = local.Load(plan);
        foreach (int count in request.Participants)
        {
            Partition dealt = LocalPlan.Deal(plan, data.Train, count);
            TrainTestSplit theirs = data with { Train = data.Train.Subset([.. dealt.Rows.SelectMany(rows => rows).Order()]) };
            foreach (ComparedMode mode in request.Modes)
            {
                TrainingPlan wanted = plan with
                {
                    Mode = mode switch { ComparedMode.Central => TrainingMode.Central, ComparedMode.Plain => TrainingMode.Plain, _ => TrainingMode.Secure },
                    Rounds = request.Rounds,
                    Cohort = new CohortPlan(Size: null, Minimum: Math.Min(plan.Cohort.Minimum, count)),
                };
                Run(new TrainingSimulation(wanted, theirs), mode, count, rows, stopping);
            }
        }
    }

    private static void Run(TrainingSimulation simulation, ComparedMode mode, int count, IProgress<ComparisonRow> rows, CancellationToken stopping)
    {
        long before = Stopwatch.GetTimestamp();
        foreach (RoundReport report in simulation.Run())
        {
            stopping.ThrowIfCancellationRequested();
            long now = Stopwatch.GetTimestamp();
            double seconds = Stopwatch.GetElapsedTime(before, now).TotalSeconds;
            before = now;
            if (report.Round < 1 || report.Metrics is not { } metrics) continue;
            rows.Report(new ComparisonRow(mode, count, report.Round, metrics.Accuracy, metrics.MeanLoss, report.Included.Length, report.TrainingTime.TotalSeconds, seconds));
        }
    }
}
