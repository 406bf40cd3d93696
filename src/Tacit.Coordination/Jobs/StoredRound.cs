using System.Text.Json;
using System.Text.Json.Serialization;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Planning;
using Tacit.Aggregation.Rounds;
using Tacit.Federation.Offers;
using Tacit.Learning.Models;

namespace Tacit.Coordination.Jobs;

/// <summary>The report of a round as it is stored: everything but the figures by class.</summary>
internal sealed record StoredRound(
    long Number, int Round, string Purpose, int Invited, string[] Included, StoredRound.Drop[] Dropped, StoredRound.Refusal[] Declined, StoredRound.Refusal? Aborted, long BytesReceived, double Seconds,
    long Weight, long Saturated, StoredRound.Figures? Metrics, PrivacySpending? Spent, string[] Incidents, DateTimeOffset? StartedAt = null)
{
    // A model that diverged has a loss beyond all numbers: that is a figure like another.
    private static readonly JsonSerializerOptions figures = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private const int MostTexts = 500;   // what participants can lengthen does not make a report too long to be stored

    internal sealed record Drop(string Participant, string Phase, bool Recovered);

    internal sealed record Refusal(string Name, string Reason);

    internal sealed record Figures(int Examples, double Accuracy, double Loss);

    public static string Write(FederatedRound round) => JsonSerializer.Serialize(new StoredRound(
        round.Number, round.Round, round.Purpose.ToString(), round.Invited, [.. round.Included], [.. round.Dropped.Select(drop => new Drop(drop.Participant, drop.Phase.Name(), drop.Recovered))],
        [.. round.Declined.Take(MostTexts).Select(answer => new Refusal(answer.Participant, answer.Reason))], round.Aborted is { } aborted ? new Refusal(aborted.Reason.Name, aborted.Detail) : null,
        round.BytesReceived, round.Elapsed.TotalSeconds, round.Weight, round.Saturated, round.Metrics is { } metrics ? new Figures(metrics.Examples, metrics.Accuracy, metrics.MeanLoss) : null,
        round.Spent, [.. round.Incidents.Take(MostTexts)], round.StartedAt), figures);

    public static FederatedRound Read(string job, string text)
    {
        try
        {
            StoredRound round = JsonSerializer.Deserialize<StoredRound>(text, figures) ?? throw new JsonException("null");
            return new FederatedRound
            {
                Number = round.Number,
                Round = round.Round,
                Purpose = Enum.Parse<RoundPurpose>(round.Purpose),
                Invited = round.Invited,
                Included = [.. round.Included],
                Dropped = [.. round.Dropped.Select(drop => (drop.Participant, PhaseNames.TryParse(drop.Phase, out Phase phase) ? phase : default, drop.Recovered))],
                Declined = [.. round.Declined.Select(answer => (answer.Name, answer.Reason))],
                Aborted = round.Aborted is { } aborted ? new RoundOutcome.Aborted(new FailureCode(aborted.Name), aborted.Reason, []) : null,
                BytesReceived = round.BytesReceived,
                Elapsed = TimeSpan.FromSeconds(round.Seconds),
                Weight = round.Weight,
                Saturated = round.Saturated,
                Metrics = round.Metrics is { } metrics ? new Evaluation(metrics.Examples, metrics.Accuracy, metrics.Loss, [], []) : null,
                Spent = round.Spent,
                Incidents = [.. round.Incidents],
                StartedAt = round.StartedAt,
            };
        }
        catch (Exception problem) when (problem is JsonException or ArgumentException or NullReferenceException)
        {
            throw new FailureException(FailureCodes.StorageCorrupt, $"a round's report of job {job} cannot be read", problem);
        }
    }
}
