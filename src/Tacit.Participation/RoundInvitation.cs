using System.Net.Http;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Receipts;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Federation.Offers;
using Tacit.Federation.Sessions;
using Tacit.Learning.Training;
using Tacit.Participation.Connections;
using Tacit.Participation.Training;
using Tacit.Protocols;

namespace Tacit.Participation;

/// <summary>How a round ended for this participant.</summary>
/// <param name="Terms">What all parties agreed on; null if the round did not begin, or began without this participant.</param>
/// <param name="Outcome">Completed: the participant did its part, and the sum went to the coordinator. Aborted: why not.</param>
public sealed record RoundParticipation(RoundTerms? Terms, RoundOutcome Outcome)
{
    /// <summary>The round's receipt, verified; null if the round gave no sum, or if the receipt was refused.</summary>
    public RoundReceipt? Receipt { get; init; }

    /// <summary>What is wrong with the receipt, or null.</summary>
    public ReceiptFinding? ReceiptProblem { get; init; }
}

/// <summary>An offer that waits for this participant's answer: consent is an explicit act.</summary>
public sealed class RoundInvitation
{
    private readonly ParticipantClient client;
    private bool answered;

    internal RoundInvitation(ParticipantClient client, RoundOffer offer) => (this.client, Offer) = (client, offer);

    /// <summary>What is asked for.</summary>
    public RoundOffer Offer { get; }

    /// <summary>Refuses an offer that the policy does not allow; to be called before data is touched.</summary>
    /// <exception cref="FailureException">TERMS_REFUSED, or PRIVACY_BUDGET_EXCEEDED: even at best the round would cost too much.</exception>
    public void ThrowUnlessAllowed()
    {
        client.Options.Policy.ThrowUnlessAllowed(Offer, client.Contributed);
        client.Memory.ThrowIfBeyond(Offer, client.Options.Policy);
    }

    /// <summary>Does not take part.</summary>
    /// <param name="reason">One line for the coordinator's operator; at most 200 characters, and never anything about data.</param>
    /// <param name="stopping">Gives up.</param>
    public Task DeclineAsync(string reason, CancellationToken stopping = default) => AnswerAsync(new OfferAnswer(Accept: false, reason), stopping);

    /// <summary>Takes part with one update.</summary>
    /// <param name="update">Changed by clipping.</param>
    /// <param name="stopping">Leaves the round, which counts as dropping out.</param>
    /// <inheritdoc cref="ContributeAsync(IReadOnlyList{ModelUpdate}, CancellationToken)"/>
    public Task<RoundParticipation> ContributeAsync(ModelUpdate update, CancellationToken stopping = default) => ContributeAsync([update], stopping);

    /// <summary>Takes part: checks the policy, says that the update is ready, checks the terms, and only then encodes, noises and masks.</summary>
    /// <param name="updates">One, or one for each shard that the plan of the contribution asks for.</param>
    /// <param name="stopping">Leaves the round, which counts as dropping out.</param>
    /// <exception cref="FailureException">TERMS_REFUSED: the policy, or terms that are not those of the offer; nothing was contributed. Other codes: the update does not fit.</exception>
    /// <exception cref="InvalidOperationException">The offer was answered before.</exception>
    public async Task<RoundParticipation> ContributeAsync(IReadOnlyList<ModelUpdate> updates, CancellationToken stopping = default)
    {
        ArgumentNullException.ThrowIfNull(updates);
        ThrowUnlessAllowed();
        ContributionEncoder.ThrowUnlessFits(Offer.Plan, updates);
        try
        {
            await AnswerAsync(new OfferAnswer(Accept: true), stopping);
            (RoundTerms terms, PartyId self) = await TermsAsync(stopping);
            client.Options.Policy.ThrowUnlessAllowed(Offer, terms);
            if (terms.TryGetMember(self, out CohortMember? member) && member!.Identity is { } identity && !identity.Equals(client.VerificationKey))
            {
                throw new FailureException(FailureCodes.TermsRefused, $"the terms of round {terms.Round} name another key than this participant's own");
            }

            RoundParticipation ended = new(terms, await RunAsync(terms, self, updates, stopping));
            (RoundReceipt? receipt, ReceiptFinding? problem) = await client.ReceiptOfAsync(terms, stopping);
            return ended with { Receipt = receipt, ReceiptProblem = problem };
        }
        catch (FailureException over) when (over.Code == FailureCodes.RoundClosed || over.Code == FailureCodes.UnknownRound)
        {
            return new RoundParticipation(null, new RoundOutcome.Aborted(over.Code, over.Message, []));
        }
    }

    /// <summary>An offer that nobody answered is declined, so that the round does not wait for it.</summary>
    internal async Task EnsureAnsweredAsync(string reason, CancellationToken stopping)
    {
        if (answered) return;
        try
        {
            await DeclineAsync(reason, stopping);
        }
        catch (FailureException over) when (over.Code == FailureCodes.RoundClosed || over.Code == FailureCodes.UnknownRound)
        {
            // the round went on without this participant
        }
    }

    private async Task<RoundOutcome> RunAsync(RoundTerms terms, PartyId self, IReadOnlyList<ModelUpdate> updates, CancellationToken stopping)
    {
        client.Memory.Begin(Offer, terms, client.Options.Policy);   // before noise is drawn
        ModularVector vector = ContributionEncoder.Encode(Offer.Plan, updates, SystemRandomSource.Instance);
        ParticipantInputs inputs = new() { Self = self, Vector = vector, Random = SystemRandomSource.Instance, Identity = client.Identity };
        using IRoundMachine machine = AggregationProtocols.Get(terms.Protocol).CreateParticipant(terms, inputs);
        return await new RoundDriver(client.Link, terms, machine, client.Options.Clock, client.Options.SimulatedLoss).RunAsync(stopping);
    }

    private async Task<(RoundTerms Terms, PartyId Self)> TermsAsync(CancellationToken stopping)
    {
        const long Limit = 16 << 20;
        while (true)
        {
            byte[]? bytes = await client.Link.SendAsync(HttpMethod.Get, Routes.Terms(Offer.Round), () => null, client.Link.Bytes(Limit), stopping);
            if (bytes is null) continue;
            return RoundTermsCodec.TryDecode(bytes, out RoundTerms? terms, out PartyId self)
                ? (terms!, self)
                : throw new FailureException(FailureCodes.MalformedMessage, "the coordinator sent bytes that are not terms");
        }
    }

    private async Task AnswerAsync(OfferAnswer answer, CancellationToken stopping)
    {
        if (answered) throw new InvalidOperationException("The offer was answered before.");
        answered = true;
        await client.Link.SendAsync(HttpMethod.Post, Routes.Answer(Offer.Round), () => CoordinatorLink.JsonOf(answer), (_, _) => Task.FromResult(true), stopping);
    }
}
