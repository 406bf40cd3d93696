using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Coordination.Access;
using Tacit.Coordination.Hosting;
using Tacit.Coordination.Jobs;
using Tacit.Coordination.Rounds;
using Tacit.Coordination.Telemetry;
using Tacit.Federation.Envelopes;
using Tacit.Federation.Offers;
using Tacit.Federation.Sessions;

namespace Tacit.Coordination.Endpoints;

/// <summary>All routes. Each has one role, and nothing of a request is read before its identity is known.</summary>
internal sealed partial class CoordinatorEndpoints(AccessControl access, Roster roster, PeopleTokens tokens, RoundBoard board, JobHost jobs, CoordinatorState state, ViewEndpoints views, CoordinatorOptions options, TimeProvider clock, CoordinatorMetrics metrics, HealthProbe health, ILogger<CoordinatorEndpoints> log)
{
    private const int JsonLimitBytes = 16 * 1024;
    private const int ChunkLimitBytes = 1 << 20;
    private const int Downloads = 32;
    private const string Binary = "application/octet-stream";

    private readonly Turns downloads = new(Downloads);

    public void Map(IEndpointRouteBuilder routes)
    {
        Add(routes, "GET", Routes.Live, Role.Anonymous, (context, _) => Problems.WriteJsonAsync(context, new { status = "live" }));
        Add(routes, "GET", Routes.Ready, Role.Anonymous, async (context, _) => await ReadyAsync(context));
        Add(routes, "POST", Routes.Challenges, Role.Newcomer, (context, _) => Problems.WriteJsonAsync(context, new ChallengeAnswer(roster.Challenge(context.Caller()))));
        Add(routes, "POST", Routes.Participants, Role.Newcomer, async (context, _) => await Problems.WriteJsonAsync(context, await roster.JoinAsync(await ReadJsonAsync<JoinRequest>(context), context.Caller())));
        Add(routes, "GET", Routes.Participants, Role.Viewer, (context, _) => Problems.WriteJsonAsync(context, CoordinatorViews.Participants(roster)));
        Add(routes, "GET", Routes.Status, Role.Viewer, (context, _) => Problems.WriteJsonAsync(context, CoordinatorViews.Status(roster, board, jobs)));
        Add(routes, "GET", Routes.Jobs, Role.Viewer, (context, _) => Problems.WriteJsonAsync(context, CoordinatorViews.Jobs(jobs)));
        Add(routes, "POST", Routes.Jobs, Role.Operator, (context, _) => SubmitAsync(context));
        Add(routes, "GET", Routes.Jobs + "/{job}", Role.Viewer, (context, _) => JobAsync(context));
        Add(routes, "POST", Routes.Jobs + "/{job}/stop", Role.Operator, (context, _) => StopJobAsync(context));
        Add(routes, "POST", Routes.Jobs + "/{job}/resume", Role.Operator, (context, _) => ResumeJobAsync(context));
        Add(routes, "GET", Routes.Jobs + "/{job}/model", Role.Operator, (context, _) => ModelAsync(context));
        Add(routes, "GET", Routes.Jobs + "/{job}/plan", Role.Participant, (context, _) => PlanAsync(context));
        Add(routes, "GET", Routes.Jobs + "/{job}/receipts", Role.Participant, (context, member) => ReceiptsAsync(context, member!));
        Add(routes, "GET", Routes.ReceiptKey, Role.Participant, (context, _) => ReceiptKeyAsync(context));
        views.Map((method, pattern, role, handler) => Add(routes, method, pattern, role, handler), ReadJsonAsync<LinkRequest>);
        Add(routes, "GET", Routes.Rounds, Role.Viewer, (context, _) => Problems.WriteJsonAsync(context, CoordinatorViews.Rounds(board)));
        Add(routes, "GET", Routes.Rounds + "/{round:long}", Role.Viewer, (context, _) => Problems.WriteJsonAsync(context, CoordinatorViews.Round(RoundOf(context))));
        Add(routes, "POST", Routes.Presence, Role.Participant, (context, member) => Problems.WriteJsonAsync(context, new { participant = member!.Number }));
        Add(routes, "GET", Routes.Offer, Role.Participant, (context, member) => OfferAsync(context, member!));
        Add(routes, "POST", Routes.Rounds + "/{round:long}/answer", Role.Participant, (context, member) => AnswerAsync(context, member!));
        Add(routes, "GET", Routes.Rounds + "/{round:long}/terms", Role.Participant, (context, member) => TermsAsync(context, member!));
        Add(routes, "GET", Routes.Rounds + "/{round:long}/envelopes", Role.Participant, (context, member) => DeliverAsync(context, member!));
        Add(routes, "POST", Routes.Rounds + "/{round:long}/envelopes/{phase}", Role.Participant, (context, member) => ReceiveAsync(context, member!));
        MapIdentity(routes);
    }

    private void Add(IEndpointRouteBuilder routes, string method, string pattern, Role role, Func<HttpContext, Member?, Task> handler) =>
        routes.MapMethods(pattern, [method], (RequestDelegate)(context => GuardAsync(context, role, handler))).WithMetadata(new RequiredRole(role));

    private async Task GuardAsync(HttpContext context, Role role, Func<HttpContext, Member?, Task> handler)
    {
        string route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "";   // not the path: it is the other side's text
        try
        {
            context.Response.Headers.CacheControl = "no-store";
            await handler(context, access.Require(context, role).Member);
        }
        catch (FailureException refused)
        {
            LogRefused(refused.Code, route);
            metrics.Refused(refused.Code);
            if (refused.Code == FailureCodes.SenderTooSlow || refused.Code == FailureCodes.MessageTooLarge) context.Response.Headers.Connection = "close";
            await Problems.WriteAsync(context, refused);
        }
        catch (Exception gone) when (context.RequestAborted.IsCancellationRequested && gone is OperationCanceledException or System.IO.IOException)
        {
            LogGone(route);
        }
    }

    // Which check fails is for operators: GET /api/v1/health.
    private async Task ReadyAsync(HttpContext context)
    {
        if (!(await health.CheckAsync(context.RequestAborted)).All(check => check.Holds)) throw new FailureException(FailureCodes.NotReady, "the coordinator cannot serve now");
        await Problems.WriteJsonAsync(context, new { status = "ready" });
    }

    private async Task OfferAsync(HttpContext context, Member member)
    {
        bool offered = await PollAsync(context, member, () =>
        {
            (RoundEntry? round, Task newer) = board.Current();
            return (round?.WaitsFor(member) == true, newer);
        });
        if (!offered) return;
        // Everybody asks at the same time: so many are served side by side, the others wait.
        await member.Downloads.EnterAsync(context.RequestAborted);   // whoever opens many connections takes one place
        bool entered = false;
        try
        {
            await downloads.EnterAsync(context.RequestAborted);
            entered = true;
            RoundEntry round = board.Current().Round!;
            byte[] offer = round.WaitsFor(member) ? round.EncodedOffer : [];
            if (offer.Length == 0)
            {
                context.Response.StatusCode = StatusCodes.Status204NoContent;   // it was closed while this participant waited: the next one is asked for
                return;
            }

            context.Response.ContentType = Binary;
            using PacedAnswer answer = new(context, options, clock, offer.Length);
            await answer.WriteAsync(offer);
            await answer.FlushAsync();
        }
        finally
        {
            if (entered) downloads.Leave();
            member.Downloads.Leave();
        }
    }

    private async Task AnswerAsync(HttpContext context, Member member)
    {
        RoundEntry round = RoundOf(context, member);
        OfferAnswer answer = await ReadJsonAsync<OfferAnswer>(context);
        string reason = answer.Reason.Length > 200 ? answer.Reason[..200] : answer.Reason;
        if (!round.TryAnswer(member, answer.Accept, string.Concat(reason.Select(c => char.IsControl(c) ? '?' : c)))) throw Closed(round);
        await Problems.WriteJsonAsync(context, new { round = round.Number, accepted = answer.Accept });
    }

    private async Task TermsAsync(HttpContext context, Member member)
    {
        RoundEntry round = RoundOf(context, member);
        if (!await PollAsync(context, member, () => (round.Begun.Task.IsCompleted, round.Begun.Task))) return;
        (RoundActor actor, PartyId self) = await RunningAsync(round, member);
        context.Response.ContentType = Binary;
        await context.Response.Body.WriteAsync(RoundTermsCodec.Encode(actor.Terms, self), context.RequestAborted);
    }

    private async Task DeliverAsync(HttpContext context, Member member)
    {
        RoundEntry round = RoundOf(context, member);
        (RoundActor actor, PartyId self) = await RunningAsync(round, member);
        if (!int.TryParse(context.Request.Query["from"], NumberStyles.None, CultureInfo.InvariantCulture, out int from)) throw new FailureException(FailureCodes.InvalidValue, "from must be a whole number: how many envelopes of the round the participant has");
        Outbox outbox = actor.SeatOf(self).Outbox;
        bool any = await PollAsync(context, member, () =>
        {
            (Envelope[] waiting, Task more) = outbox.From(from);
            return (waiting.Length > 0 || actor.IsOver, more);   // of a stopped round too: its participants are wanted in the next
        });
        if (!any) return;
        Envelope[] envelopes = outbox.From(from).Envelopes;
        if (envelopes.Length == 0) throw Closed(round);
        context.Response.ContentType = Binary;
        (int count, long length) = FirstOf(envelopes);
        byte[] front = new byte[EnvelopeLimits.LengthBytes + EnvelopeCodec.HeaderBytes];
        using PacedAnswer answer = new(context, options, clock, length);
        foreach (Envelope envelope in envelopes.Take(count))
        {
            BinaryPrimitives.WriteInt32LittleEndian(front, EnvelopeCodec.EncodedBytes(envelope));
            EnvelopeCodec.EncodeHeader(envelope, front.AsSpan(EnvelopeLimits.LengthBytes));
            await answer.WriteAsync(front);
            await answer.WriteAsync(envelope.Payload);
        }

        await answer.FlushAsync();
    }

    // As many as one answer takes, at least one: the rest comes with the next request.
    private static (int Count, long Bytes) FirstOf(Envelope[] envelopes)
    {
        (int count, long bytes) = (0, 0);
        foreach (Envelope envelope in envelopes)
        {
            long longer = bytes + EnvelopeLimits.LengthBytes + EnvelopeCodec.EncodedBytes(envelope);
            if (count > 0 && longer > ChunkLimitBytes) break;
            (count, bytes) = (count + 1, longer);
        }

        return (count, bytes);
    }

    private async Task ReceiveAsync(HttpContext context, Member member)
    {
        RoundEntry round = RoundOf(context, member);
        (RoundActor actor, PartyId self) = await RunningAsync(round, member);
        if (!PhaseNames.TryParse((string)context.Request.RouteValues["phase"]!, out Phase phase)) throw new FailureException(FailureCodes.InvalidValue, $"phase must be one of {string.Join(", ", PhaseNames.All)}");
        if (actor.IsOver) throw Closed(round);
        Seat seat = actor.SeatOf(self);
        await seat.EnterAsync(context.RequestAborted);
        int accepted = 0;
        try
        {
            using TimedBody body = Body(context, actor.Limits.Body(phase, seat.HasRoom));
            bool hadRoom = seat.HasRoom;
            TimeSpan settled = TimeSpan.Zero;
            await foreach (Envelope envelope in body.EnvelopesAsync(phase, actor.Limits.Envelope(phase)))
            {
                // The transport vouches for the sender: nobody speaks for somebody else.
                if (envelope.From != self) throw new FailureException(FailureCodes.UnknownParty, $"an envelope says that it is from {envelope.From}; the token is of participant {self} of the round");
                if (!await actor.PostAsync(envelope, context.RequestAborted)) throw Closed(round);
                settled = clock.GetElapsedTime(body.LastRead);
                accepted++;
            }

            if (phase == Phase.MaskedInput && hadRoom) UploadMeter.Settled.Record(settled.TotalMilliseconds);
        }
        finally
        {
            seat.Leave();
        }

        await Problems.WriteJsonAsync(context, new { accepted });
    }

    // Holds a request open until there is something, the time is over (204) or the participant is gone.
    private async Task<bool> PollAsync(HttpContext context, Member member, Func<(bool There, Task Changed)> look)
    {
        using CancellationTokenSource timer = new(options.LongPoll, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, context.RequestAborted);
        while (true)
        {
            (bool there, Task changed) = look();
            if (there) return member.IsParticipant ? true : throw new FailureException(FailureCodes.NotAllowed, "the participant was revoked while it waited");
            try
            {
                await changed.WaitAsync(either.Token);
            }
            catch (OperationCanceledException)
            {
                if (context.RequestAborted.IsCancellationRequested) member.LastSeen = DateTimeOffset.UnixEpoch;   // its connection broke: gone until it comes back
                else context.Response.StatusCode = StatusCodes.Status204NoContent;
                return false;
            }
        }
    }

    private static async Task<(RoundActor Actor, PartyId Self)> RunningAsync(RoundEntry round, Member member)
    {
        if (!round.Begun.Task.IsCompleted) throw new FailureException(FailureCodes.RoundClosed, $"round {round.Number} has not begun");
        RoundActor actor = await round.Begun.Task ?? throw Closed(round);
        int index = round.PlaceOf(member);
        return index >= 0 ? (actor, new PartyId(index + 1)) : throw Closed(round);
    }

    private RoundEntry RoundOf(HttpContext context) => board.Find(long.Parse((string)context.Request.RouteValues["round"]!, CultureInfo.InvariantCulture))
        ?? throw new FailureException(FailureCodes.UnknownRound, $"there is no round {context.Request.RouteValues["round"]}");

    private RoundEntry RoundOf(HttpContext context, Member member)
    {
        RoundEntry round = RoundOf(context);
        return round.IsInvited(member) ? round : throw new FailureException(FailureCodes.NotAllowed, $"participant {member.Number} was not invited to round {round.Number}");
    }

    private static FailureException Closed(RoundEntry round) => new(FailureCodes.RoundClosed, round.Failure is { } failure
        ? $"round {round.Number} is over: {failure.Code}: {failure.Detail}"
        : $"round {round.Number} takes nothing more from this participant");

    private async Task<TValue> ReadJsonAsync<TValue>(HttpContext context)
    {
        using TimedBody timed = Body(context, JsonLimitBytes);
        byte[] body = await timed.BytesAsync();
        try
        {
            return JsonSerializer.Deserialize<TValue>(body, Problems.Strict) ?? throw new JsonException("null");
        }
        catch (JsonException)
        {
            throw new FailureException(FailureCodes.MalformedMessage, $"the body must be a JSON object with {string.Join(", ", typeof(TValue).GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)))}, each once and nothing else");
        }
    }

    // Own limits by phase and own clock instead of the server's general ones.
    private TimedBody Body(HttpContext context, long limit)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = limit + 1;
        return new TimedBody(context, options, clock, limit);
    }

    [LoggerMessage(Level = LogLevel.Debug, EventId = 1101, Message = "{Code} at {Route}")]
    private partial void LogRefused(FailureCode code, string route);

    [LoggerMessage(Level = LogLevel.Debug, EventId = 1102, Message = "The other side of {Route} is gone")]
    private partial void LogGone(string route);
}
