using Tacit.Aggregation.Failures;
using Tacit.Learning.Data;
using Tacit.Privacy.Accounting.Events;
using Tacit.Privacy.Budgets;

namespace Tacit.Simulation.Jobs;

/// <summary>The ledger of the data that a job trains on. It outlives the job: the next one on the same data finds what this one spent.</summary>
/// <param name="ledger">Kept by the participants; a simulation has one for all of them, because a round charges each the same.</param>
/// <param name="dataSet">Which data, see <see cref="TrainTestSplit.Source"/>.</param>
/// <param name="unit">What a charge protects; costs of different units do not add up.</param>
/// <param name="job">The job's name.</param>
/// <param name="ceiling">What the data may cost in all.</param>
public sealed class JobLedger(PrivacyLedger ledger, string dataSet, string unit, string job, PrivacyCeiling ceiling)
{
    /// <summary>What the data has cost so far, over all jobs.</summary>
    public LedgerBalance Balance => ledger.Balance(dataSet, unit, ceiling.Delta);

    /// <summary>What it may cost.</summary>
    public PrivacyCeiling Ceiling => ceiling;

    /// <summary>Charges a round before anything of it is computed.</summary>
    /// <returns>Why the round must not begin, or null.</returns>
    /// <exception cref="FailureException">Not even the first round of the job is affordable.</exception>
    internal string? Charge(int round, PrivacyEvent readers, PrivacyEvent coordinator)
    {
        try
        {
            ledger.Spend(new LedgerCharge(dataSet, unit, job, round, readers, coordinator), ceiling);
            return null;
        }
        catch (BudgetExceededException refused) when (round > 1)
        {
            return refused.Message;
        }
        catch (BudgetExceededException refused)
        {
            throw new FailureException(FailureCodes.PrivacyBudgetExceeded, $"the ledger refuses the first round: {refused.Message}", refused);
        }
    }
}
