using System.Collections.Immutable;
using Tacit.Coordination.Jobs;
using Tacit.Learning.Models;
using Tacit.Orchestration.Comparisons;

namespace Tacit.Orchestration;

/// <summary>What is served beside the coordinator, and what the program that serves it has to bring.</summary>
public sealed class OrchestrationOptions
{
    /// <summary>Port of the orchestrator's façade; 0 takes a free one.</summary>
    /// <value>None: the façade is off.</value>
    public int? OrchestratorPort { get; set; }

    /// <summary>Port of the façade for tries; 0 takes a free one.</summary>
    /// <value>None: the façade is off.</value>
    public int? TriesPort { get; set; }

    /// <summary>Folder with a plan for each value of <c>privacy</c> and <c>federation.json</c>; what is not there is taken from the embedded ones.</summary>
    /// <value>None: the embedded ones.</value>
    public string? PlanFolder { get; set; }

    /// <summary>Whether <c>/metrics</c> is answered without a token. For a scraper that cannot hold one, on a network that nobody else reaches.</summary>
    /// <value>No.</value>
    public bool MetricsAnonymous { get; set; }

    /// <summary>Reads plans, which this project does not know the language of.</summary>
    /// <value>None: nothing can be started.</value>
    public Func<PlanRequest, FederatedJob>? ReadPlan { get; set; }

    /// <summary>Trains centrally, plainly and securely on examples that the operator has, and compares.</summary>
    /// <value>None: comparisons answer NOT_IMPLEMENTED.</value>
    public Func<ComparisonRequest, IProgress<ComparisonRow>, CancellationToken, Task>? Compare { get; set; }

    /// <summary>The most participants that <see cref="Compare"/> has examples for.</summary>
    /// <value>1000.</value>
    public int MostCompared { get; set; } = 1000;
}

/// <summary>A plan that is to be run, as text with values to replace, and what the coordinator has to know of data it never sees.</summary>
/// <param name="Name">The file's name, for messages.</param>
/// <param name="Text">YAML.</param>
/// <param name="Settings">Values to replace, such as <c>privacy.epsilon=4</c>, in order.</param>
/// <param name="Input">The shape of one example.</param>
/// <param name="Classes">Classes of the task.</param>
/// <param name="Participants">Participants that have to be there before the first round.</param>
public sealed record PlanRequest(string Name, string Text, ImmutableArray<string> Settings, InputShape Input, int Classes, int Participants);
