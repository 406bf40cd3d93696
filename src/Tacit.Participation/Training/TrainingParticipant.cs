using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;

namespace Tacit.Participation.Training;

/// <summary>The consent loop of a participant that trains by a plan: what the policy and the plan allow is computed, everything else is declined with a reason.</summary>
public static class TrainingParticipant
{
    /// <summary>Answers offers until it is stopped.</summary>
    /// <param name="client">Joined.</param>
    /// <param name="trainer">Computes updates.</param>
    /// <param name="finished">Told how each round ended, or null.</param>
    /// <param name="stopping">Ends the loop.</param>
    /// <exception cref="FailureException">COORDINATOR_UNREACHABLE.</exception>
    public static async Task RunAsync(ParticipantClient client, PlanTrainer trainer, Action<RoundParticipation>? finished = null, CancellationToken stopping = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(trainer);
        await foreach (RoundInvitation invitation in client.InvitationsAsync(stopping))
        {
            try
            {
                invitation.ThrowUnlessAllowed();
                IReadOnlyList<Learning.Training.ModelUpdate> updates = await Task.Run(() => trainer.Compute(invitation.Offer), stopping);
                RoundParticipation ended = await invitation.ContributeAsync(updates, stopping);
                finished?.Invoke(ended);
            }
            catch (FailureException refused) when (refused.Code != FailureCodes.CoordinatorUnreachable)
            {
                // Only refusals are explained to the coordinator: why training failed is about the data.
                await invitation.EnsureAnsweredAsync(refused.Code == FailureCodes.TermsRefused || refused.Code == FailureCodes.PrivacyBudgetExceeded ? $"{refused.Code}: {refused.Message}" : "training failed", stopping);
                finished?.Invoke(new RoundParticipation(null, new RoundOutcome.Aborted(refused.Code, refused.Message, [])));
            }
        }
    }
}
