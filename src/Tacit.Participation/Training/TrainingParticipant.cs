using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Federation.Offers;
using Tacit.Learning.Training;

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
    public static Task RunAsync(ParticipantClient client, PlanTrainer trainer, Action<RoundParticipation>? finished = null, CancellationToken stopping = default)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        return RunAsync(
            client,
            offer => Task.Run(() => trainer.Compute(offer), stopping),
            ended =>
            {
                finished?.Invoke(ended);
                return Task.CompletedTask;
            },
            stopping);
    }

    /// <summary>Answers offers until it is stopped.</summary>
    /// <param name="client">Joined.</param>
    /// <param name="compute">Computes updates for an offer that the policy allows.</param>
    /// <param name="finished">Told how each round ended, before the next one is asked for.</param>
    /// <param name="stopping">Ends the loop.</param>
    /// <exception cref="FailureException">COORDINATOR_UNREACHABLE, or that the coordinator does not know the participant any more.</exception>
    public static async Task RunAsync(ParticipantClient client, Func<RoundOffer, Task<IReadOnlyList<ModelUpdate>>> compute, Func<RoundParticipation, Task> finished, CancellationToken stopping = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(compute);
        ArgumentNullException.ThrowIfNull(finished);
        await foreach (RoundInvitation invitation in client.InvitationsAsync(stopping))
        {
            RoundParticipation ended;
            try
            {
                invitation.ThrowUnlessAllowed();
                ended = await invitation.ContributeAsync(await compute(invitation.Offer), stopping);
            }
            catch (FailureException refused) when (refused.Code != FailureCodes.CoordinatorUnreachable)
            {
                // Only refusals are explained to the coordinator: why training failed is about the data.
                await invitation.EnsureAnsweredAsync(refused.Code == FailureCodes.TermsRefused || refused.Code == FailureCodes.PrivacyBudgetExceeded ? $"{refused.Code}: {refused.Message}" : "training failed", stopping);
                ended = new RoundParticipation(null, new RoundOutcome.Aborted(refused.Code, refused.Message, []));
            }

            await finished(ended);
        }
    }
}
