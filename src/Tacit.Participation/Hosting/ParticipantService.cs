using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Participation.Connections;
using Tacit.Participation.Training;

namespace Tacit.Participation.Hosting;

/// <summary>Takes part for as long as its host runs: in a worker, a service of the system, or beside a web application.</summary>
/// <remarks>
/// A coordinator that is not there is tried again, with pauses that grow to a minute. What does not pass by itself (a certificate, an invitation, the participant's own files) ends the
/// service with its exception, and so by default the host: a participant that silently takes part no more helps nobody.
/// </remarks>
public sealed partial class ParticipantService(HostedParticipant participant, ILogger<ParticipantService> log) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        BackOff pauses = new();
        while (true)
        {
            try
            {
                ParticipantConnection connection = await participant.Connect(stoppingToken);
                await using IAsyncDisposable owner = connection.Owner;
                pauses.Reset();
                LogTakesPart(participant.Name, connection.Client.Participant);
                await TrainingParticipant.RunAsync(connection.Client, offer => participant.Compute(offer, stoppingToken), FinishedAsync, stoppingToken);
            }
            catch (FailureException gone) when (gone.Code == FailureCodes.CoordinatorUnreachable)
            {
                TimeSpan pause = pauses.Next();
                LogLost(participant.Name, gone.Message, pause.TotalSeconds);
                await Task.Delay(pause, participant.Clock, stoppingToken);
            }
            catch (FailureException problem)
            {
                LogEnds(participant.Name, problem.Code, problem.Message);
                throw;
            }
        }
    }

    private Task FinishedAsync(RoundParticipation ended)
    {
        if (ended.Outcome is RoundOutcome.Aborted aborted) LogNotIncluded(participant.Name, aborted.Reason, aborted.Detail);
        else LogIncluded(participant.Name);
        return participant.Finished(ended);
    }

    [LoggerMessage(Level = LogLevel.Information, EventId = 1301, Message = "{Name} takes part as participant {Number}")]
    private partial void LogTakesPart(string name, int number);

    [LoggerMessage(Level = LogLevel.Information, EventId = 1302, Message = "{Name} is in the sum of the round")]
    private partial void LogIncluded(string name);

    [LoggerMessage(Level = LogLevel.Information, EventId = 1305, Message = "{Name} is not in the round: {Code}: {Detail}")]
    private partial void LogNotIncluded(string name, FailureCode code, string detail);

    [LoggerMessage(Level = LogLevel.Warning, EventId = 1303, Message = "{Name}: {Problem}; trying again in {Seconds} s")]
    private partial void LogLost(string name, string problem, double seconds);

    [LoggerMessage(Level = LogLevel.Error, EventId = 1304, Message = "{Name} takes part no more: {Code}: {Problem}")]
    private partial void LogEnds(string name, FailureCode code, string problem);
}
