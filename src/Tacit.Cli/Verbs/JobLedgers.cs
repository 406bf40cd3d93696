using Tacit.Aggregation.Failures;
using Tacit.Learning.Jobs;
using Tacit.Privacy.Budgets;
using Tacit.Simulation.Jobs;
using Tacit.Storage.Files;

namespace Tacit.Cli.Verbs;

/// <summary>Opens the ledger of a job's data, and says in failure codes what is wrong with it.</summary>
internal static class JobLedgers
{
    /// <summary>Opens the file after everything that can be refused without it: a refused run leaves no empty ledger.</summary>
    public static LedgerFile Open(string path, TrainingSimulation simulation, double? ceiling)
    {
        PrivacyPlan privacy = simulation.Plan.Privacy;
        if (privacy.Mechanism == PrivacyMechanism.None) throw new UsageException(FailureCodes.InvalidValue, "--ledger was given, and the plan's privacy.mechanism is none: exact sums have no finite epsilon to charge");
        if ((ceiling ?? privacy.Epsilon) is not { } epsilon) throw new UsageException(FailureCodes.MissingValue, "--ceiling is missing: the plan names no privacy.epsilon that could stand for it");
        LedgerFile file = LedgerFile.Open(path);
        try
        {
            simulation.Ledger = new JobLedger(PrivacyLedger.Open(file), simulation.DataSource, privacy.Unit, Name(simulation.Plan.Name), new PrivacyCeiling(epsilon, privacy.Delta));
            return file;
        }
        catch (LedgerCorruptException problem)
        {
            file.Dispose();
            throw new FailureException(FailureCodes.LedgerCorrupt, problem.Message, problem);
        }
    }

    private static string Name(string job)
    {
        string name = string.Concat(job.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '-'));
        return name.Length == 0 ? "job" : name[..Math.Min(100, name.Length)];
    }
}
