using System.Collections.Immutable;
using System.Net.Http;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Randomness;
using Tacit.Federation.Envelopes;
using Tacit.Federation.Sessions;

namespace Tacit.Participation.Connections;

/// <summary>Carries envelopes between a participant's machine and the coordinator until the machine has an outcome.</summary>
internal sealed class RoundDriver(CoordinatorLink link, RoundTerms terms, IRoundMachine machine, TimeProvider clock, double loss = 0)
{
    private const long AnswerLimitBytes = 1 << 20;

    private readonly DateTimeOffset epoch = clock.GetUtcNow();
    private readonly long epochTimestamp = clock.GetTimestamp();

    public async Task<RoundOutcome> RunAsync(CancellationToken stopping)
    {
        int taken = 0;
        long limit = AnswerLimitBytes + new EnvelopeLimits(terms).Incoming + EnvelopeLimits.LengthBytes;
        RoundStep step = machine.Start(Now());
        while (true)
        {
            try
            {
                await SendAsync(step.Outbound, stopping);
                if (step.Outcome is { } ended) return ended;
                ImmutableArray<Envelope> arrived = await ReceiveAsync(taken, limit, step.Deadline, stopping);
                taken += arrived.Length;
                step = Feed(arrived, step.Deadline);
            }
            catch (FailureException over) when (over.Code == FailureCodes.RoundClosed || over.Code == FailureCodes.UnknownRound || over.Code == FailureCodes.Interrupted)
            {
                return step.Outcome ?? new RoundOutcome.Aborted(over.Code, over.Message, []);
            }
        }
    }

    private DateTimeOffset Now() => epoch + clock.GetElapsedTime(epochTimestamp);

    private RoundStep Feed(ImmutableArray<Envelope> arrived, DateTimeOffset? deadline)
    {
        if (arrived.IsEmpty) return deadline <= Now() ? machine.Expire(Now()) : new RoundStep([], deadline, null, []);
        RoundStep all = new([], deadline, null, []);
        foreach (Envelope message in arrived)
        {
            RoundStep one = machine.Receive(message, Now());
            all = new RoundStep(all.Outbound.AddRange(one.Outbound), one.Deadline, one.Outcome, one.Incidents);
            if (one.Outcome is not null) break;
        }

        return all;
    }

    private async Task SendAsync(ImmutableArray<Envelope> outbound, CancellationToken stopping)
    {
        foreach (IGrouping<Phase, Envelope> phase in outbound.GroupBy(message => message.Phase))
        {
            if (loss > 0 && SystemRandomSource.Instance.NextDouble() < loss) throw new FailureException(FailureCodes.Interrupted, $"simulated loss before phase {phase.Key.Name()} of round {terms.Round}");
            ImmutableArray<Envelope> messages = [.. phase];
            await link.SendAsync(HttpMethod.Post, Routes.Envelopes(terms.Round, phase.Key.Name()), () => new EnvelopeBody(messages), (_, _) => Task.FromResult(true), stopping);
        }
    }

    // None when the deadline comes first, or when the coordinator has nothing yet.
    private async Task<ImmutableArray<Envelope>> ReceiveAsync(int taken, long limit, DateTimeOffset? deadline, CancellationToken stopping)
    {
        TimeSpan left = deadline is { } end ? end - Now() : Timeout.InfiniteTimeSpan;
        if (deadline is not null && left <= TimeSpan.Zero) return [];
        using CancellationTokenSource timer = new(left < TimeSpan.FromDays(40) ? left : TimeSpan.FromDays(40), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, timer.Token);
        try
        {
            byte[]? answer = await link.SendAsync(HttpMethod.Get, Routes.Envelopes(terms.Round, taken), () => null, link.Bytes(limit), either.Token);
            return answer is null ? [] : EnvelopeBody.Read(answer);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return [];
        }
    }
}
