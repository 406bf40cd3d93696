using System.Text.Json;
using System.Text.Json.Serialization;
using Tacit.Aggregation.Failures;

namespace Tacit.Coordination.Jobs;

/// <summary>A job as it is stored: what lists show of it, and what it can be read again from.</summary>
internal sealed record StoredJob(
    string Name, int Rounds, string Protocol, string Mode, string Mechanism, int Participants, double? Epsilon, double Delta, string Unit, string PlanText, string? Document)
{
    private static readonly JsonSerializerOptions strict = new() { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false, RespectRequiredConstructorParameters = true };

    public static StoredJob Of(FederatedJob job) => new(
        job.Name, job.Plan.Rounds, job.Plan.Protection.Protocol, job.Plan.Protection.Malicious ? "malicious" : "semi-honest", job.Plan.Privacy.Name, job.Participants,
        job.Plan.Privacy.Epsilon, job.Plan.Privacy.Delta, job.Plan.Privacy.Unit, job.PlanText, job.Document);

    public string Write() => JsonSerializer.Serialize(this, strict);

    public static StoredJob Read(string id, string text)
    {
        try
        {
            return JsonSerializer.Deserialize<StoredJob>(text, strict) ?? throw new JsonException("null");
        }
        catch (JsonException problem)
        {
            throw new FailureException(FailureCodes.StorageCorrupt, $"job {id} is stored in a form that cannot be read", problem);
        }
    }
}
