using static Tacit.Aggregation.Failures.FailureKind;

namespace Tacit.Aggregation.Failures;

internal static partial class FailurePages
{
    public static IReadOnlyList<FailurePage> Privacy { get; } =
    [
        new(FailureCodes.PrivacyPlanRefused, Budget, "The plan cannot keep the privacy it promises: after the drop-outs and colluders it tolerates, the noise that is left costs more than its ceiling.", "Leave privacy.noise-multiplier out to have the noise calibrated, run fewer rounds, raise privacy.epsilon, or tolerate fewer drop-outs."),
        new(FailureCodes.PrivacyBudgetExceeded, Budget, "The next round would pass a privacy ceiling, so it is not begun. What was released so far stays within it.", "Stop here; a new budget is a decision about the people in the data, not about the software."),
        new(FailureCodes.NoiseTooSmall, Budget, "So many participants dropped out that the noise in the sum is below what the plan promised. The sum was thrown away unused.", "Run the next round; plan for more drop-outs (protection.drop) if it happens often."),
        new(FailureCodes.BoundsNotFound, Budget, "Bounds were to be found by noised sums, and so few records with so much noise show no range: what is guessed from noise alone would be worse than no answer.", "Give bounds if you know what the features can be, raise epsilon, or take the file's own range as public."),
        new(FailureCodes.LedgerCorrupt, Input, "The privacy ledger is not the one that was written: an entry was changed, removed or damaged, so nobody can say what has been spent.", "Restore the file from a backup. Never delete it to go on: the budget it holds has been spent."),
        new(FailureCodes.AuditFailed, Budget, "Canaries were recognised more often than the claimed epsilon allows: the noise that is really added is below what is accounted. A sound build fails like this in at most 5 of 100 audits with fresh seeds.", "Run the audit again with another --seed and more --trials. If it fails again, release nothing made by this build: its noise or its accounting is wrong."),
        new(FailureCodes.ReceiptInvalid, Protocol, "A receipt does not hold. The message names the field: it was altered after it was signed, does not fit the receipts before it or the round's list, or states another epsilon than its events cost.", "Ask the coordinator for the receipt again and keep both. If a genuine signature stands under a wrong value, the coordinator has contradicted itself: do not take part in its next round."),
    ];
}
