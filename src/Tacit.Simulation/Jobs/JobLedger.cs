using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tacit.Aggregation.Failures;
using Tacit.Learning.Data;
using Tacit.Privacy.Accounting.Events;
using Tacit.Privacy.Budgets;

namespace Tacit.Simulation.Jobs;

/// <summary>The ledger of the data that a job trains on. It outlives the job: the next one on the same data finds what this one spent.</summary>
/// <param name="ledger">Kept by the participants; a simulation has one for all of them, because a round charges each the same.</param>
/// <param name="dataSet">Which data, see <see cref="NameOf"/>.</param>
/// <param name="job">The job's name.</param>
/// <param name="ceiling">What the data may cost in all.</param>
public sealed class JobLedger(PrivacyLedger ledger, string dataSet, string job, PrivacyCeiling ceiling)
{
    /// <summary>What the data has cost so far, over all jobs.</summary>
    public LedgerBalance Balance => ledger.Balance(dataSet, ceiling.Delta);

    /// <summary>What it may cost.</summary>
    public PrivacyCeiling Ceiling => ceiling;

    /// <summary>A name for data that follows from its content, so that a new file name is not a new budget.</summary>
    /// <param name="data">All training examples.</param>
    public static string NameOf(Dataset data)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(data.Features.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(data.Labels.AsSpan()));
        return $"sha256-{Convert.ToHexStringLower(hash.GetHashAndReset())[..32]}";
    }

    /// <summary>Charges a round before anything of it is computed.</summary>
    /// <returns>Why the round must not begin, or null.</returns>
    /// <exception cref="FailureException">Not even the first round of the job is affordable.</exception>
    internal string? Charge(int round, PrivacyEvent readers, PrivacyEvent coordinator)
    {
        try
        {
            ledger.Spend(new LedgerCharge(dataSet, job, round, readers, coordinator), ceiling);
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
