using System.Text.Json;
using System.Text.Json.Serialization;
using Tacit.Aggregation.Failures;
using Tacit.Coordination.Jobs;
using Tacit.Federation.Jobs;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Learning.Models;

namespace Tacit.Cli.Federations;

/// <summary>A job as it is submitted and stored: the plan's text and what the coordinator has to know of data that it never sees.</summary>
/// <param name="Name">The plan's file, for messages.</param>
/// <param name="Plan">YAML.</param>
/// <param name="Participants">How many have to be there before the first round.</param>
/// <param name="Settings">Values to replace.</param>
/// <param name="Data">File or folder of this host with public examples to measure on; never over HTTP.</param>
/// <param name="Channels">Of one example, where there is no such data.</param>
/// <param name="Steps">Of one example; 1 for plain features.</param>
/// <param name="Classes">Classes of the task.</param>
internal sealed record JobDocument(string Name, string Plan, int Participants, string[]? Settings = null, string? Data = null, int? Channels = null, int? Steps = null, int? Classes = null)
{
    private const int MostParticipants = 1_000_000;

    private static readonly JsonSerializerOptions strict = new(JsonSerializerDefaults.Web)
    {
        AllowDuplicateProperties = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        NumberHandling = JsonNumberHandling.Strict,
        MaxDepth = 4,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public string Write() => JsonSerializer.Serialize(this, strict);

    /// <summary>Reads and checks a job.</summary>
    /// <param name="text">JSON.</param>
    /// <param name="submitted">Whether it came over HTTP: then it may not name files of this host.</param>
    /// <exception cref="FailureException">What is wrong with it.</exception>
    public static FederatedJob Read(string text, bool submitted)
    {
        JobDocument document;
        try
        {
            document = JsonSerializer.Deserialize<JobDocument>(text, strict) ?? throw new JsonException("null");
        }
        catch (JsonException problem)
        {
            throw new FailureException(FailureCodes.MalformedMessage, $"a job must be a JSON object with name, plan and participants, and may have settings, channels, steps and classes, each once and nothing else ({problem.Path})", problem);
        }

        if (submitted && document.Data is not null) throw new FailureException(FailureCodes.PathNotAllowed, "data names a path of the coordinator's host; over HTTP a job gives channels, steps and classes instead");
        return document.ToJob(submitted);
    }

    private FederatedJob ToJob(bool submitted)
    {
        if (Participants is < 2 or > MostParticipants) throw new FailureException(FailureCodes.InvalidValue, $"participants is {Participants}; it must be 2 to {MostParticipants}");
        LocalPlan local = new(string.IsNullOrWhiteSpace(Name) ? "plan.yaml" : Name, Plan, Settings ?? [], Data);
        TrainingPlan plan = local.Read();
        FederatedPlans.Check(plan);
        (InputShape shape, int classes, Dataset? test) = ShapeOf(local, plan, submitted);
        return new FederatedJob { Plan = plan, Input = shape, Classes = classes, Participants = Participants, Test = test, PlanText = local.Shown, Document = Write() };
    }

    private (InputShape, int, Dataset?) ShapeOf(LocalPlan local, TrainingPlan plan, bool submitted)
    {
        if (Channels is { } channels && Classes is { } classes)
        {
            if (channels is < 1 or > 1_000_000 || Steps is < 1 or > 1_000_000) throw new FailureException(FailureCodes.InvalidValue, $"channels is {channels} and steps is {Steps}; each must be 1 to 1000000");
            if (classes is < 2 or > 100_000) throw new FailureException(FailureCodes.InvalidValue, $"classes is {classes}; it must be 2 to 100000");
            return (new InputShape(channels, Steps ?? 1), classes, null);
        }

        if (submitted && plan.Data.Format != "synthetic-activity") throw new FailureException(FailureCodes.MissingValue, "channels and classes are missing: the coordinator has no data to read the shape of an example from");
        TrainTestSplit split = local.Load(plan);
        return (split.Train.InputShape, split.Train.ClassNames.Length, split.Test);
    }
}
